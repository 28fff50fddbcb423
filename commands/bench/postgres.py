"""A PostgreSQL of one's own for benches and tests: fresh, in a temporary folder, on loopback, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg


class PostgresMissing(Exception):
    """No PostgreSQL server is installed here."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    """The folder of initdb: on PATH, or where Debian keeps versions."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise PostgresMissing("initdb was not found")
    return versions[-1].parent


class Postgres:
    """PostgreSQL refuses to run as root, so root runs it as the user `postgres`."""

    def __init__(self, folder: Path, address: str = "127.0.0.1", inside: Sequence[str] = ()) -> None:
        """`inside` is put before every command: `ip netns exec NAME` makes it a server on a host of its own."""
        self._bin = _programs()
        self._data = folder / "data"
        self.address = address
        self.port = free_port()
        self.url = f"postgresql://gongyou@{address}:{self.port}/postgres"
        self.options = ""
        self._inside = list(inside)
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            self._as_user = ["runuser", "-u", "postgres", "--"]
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            for parent in folder.parents[:3]:
                if parent.stat().st_uid == 0 and Path(tempfile.gettempdir()) in parent.parents:
                    parent.chmod(0o755)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._inside, *self._as_user, str(self._bin / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def __enter__(self) -> Postgres:
        self._run("initdb", "-D", str(self._data), "-U", "gongyou", "-A", "trust", "-E", "UTF8", "--no-sync")
        if self.address != "127.0.0.1":
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write("host all,replication all samenet trust\n")
        self.start()
        return self

    def follow(self, primary: Postgres) -> Postgres:
        """Become a standby of another server, from a copy of it."""
        source = f"host={primary.address} port={primary.port} user=gongyou application_name=standby"
        self._run("pg_basebackup", "-D", str(self._data), "-d", source, "-R", "-X", "stream", "-c", "fast")
        self.start()
        return self

    def promote(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "promote")

    def is_up(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses={self.address} -c unix_socket_directories= "
        options += f"-c max_connections=200 {self.options}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped as by a power cut; started again, however the block ends."""
        self.stop("immediate")
        try:
            yield
        finally:
            self.start()

    def __exit__(self, *_: object) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
