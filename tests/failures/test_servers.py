"""The database's primary dies and its standby takes over; the disk of the database fills up."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from bot.mailbox import inbox
from bot.mailbox.tables import InboxRow
from bot.messages import Incoming
from hotline.migrations import run
from kit import clock
from kit.db import Database
from tests.support.hosts import Network
from tests.support.postgres import Postgres
from tests.support.promise import count
from tests.support.stack import wait_for

pytestmark = [pytest.mark.hosts, pytest.mark.postgres, pytest.mark.slow]

SYNCHRONOUS = "-c synchronous_commit=on -c 'synchronous_standby_names=standby' -c wal_level=replica"


class Sender:
    """A platform: sends one message after the other, repeats what was not acknowledged, remembers what was."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.acknowledged: set[str] = set()
        self.refusals = 0
        self._number = 0

    def send(self) -> bool:
        message = Incoming(
            channel="telegram",
            account="bot",
            address=f"w{self._number % 7}",
            external_id=str(self._number),
            text="工资",
        )
        try:
            with self.database.transaction() as session:
                inbox.accept(session, message, now=clock.now(), key="k")
        except Exception:  # whatever it is: the platform hears no 200 and comes again
            self.refusals += 1
            return False
        self.acknowledged.add(str(self._number))
        self._number += 1
        return True

    def stored(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(InboxRow.external_id)))


@contextmanager
def folders(*names: str) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="gongyou-servers-", ignore_cleanup_errors=True) as whole:
        Path(whole).chmod(0o755)
        made = [Path(whole) / name for name in names]
        for folder in made:
            folder.mkdir()
        yield made


def test_the_standby_takes_over_and_nothing_acknowledged_is_missing() -> None:
    """A commit is acknowledged when the standby has it, so the primary may die at any moment."""
    with folders("primary", "standby") as (first, second), Network() as network:
        one, two = network.host(2), network.host(3)
        with Postgres(first, one.address, one.inside) as primary:
            standby = Postgres(second, two.address, two.inside)
            database = Database(primary.url)
            run.upgrade(database)
            database.close()
            standby.follow(primary)
            primary.stop()
            primary.options = SYNCHRONOUS
            primary.start()
            hosts = f"{primary.address}:{primary.port},{standby.address}:{standby.port}"
            sender = Sender(Database(f"postgresql://gongyou@{hosts}/postgres"))
            wait_for(sender.send, 240, "the pair takes messages")
            for _ in range(count(50, 2000)):
                sender.send()
            try:
                with one.cut():  # the host is gone in the middle of everything
                    began = time.monotonic()
                    stop = threading.Timer(1.0, standby.promote)
                    stop.start()
                    wait_for(sender.send, 240, "the standby takes messages")
                    took = time.monotonic() - began
                    stop.join()
                    for _ in range(20):
                        sender.send()
                    stored = sender.stored()
                    sender.database.close()
            finally:
                standby.stop("immediate")

    assert sender.acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
    assert took < 200


def test_the_disk_of_the_database_fills_up() -> None:
    """Refused while it is full, taken again when there is room; what was acknowledged stays."""
    with folders("disk") as (disk,):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(disk)], check=True)
        try:
            _fill_and_free(disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill_and_free(disk: Path) -> None:
    with Postgres(disk) as server:
        sender = Sender(Database(server.url))
        run.upgrade(sender.database)
        for _ in range(20):
            assert sender.send()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE big (text text)")
        filler = disk / "filler"
        with filler.open("wb") as file:
            free = os.statvfs(disk)
            file.write(b"\0" * (free.f_bavail * free.f_frsize))
        with psycopg.connect(server.url, autocommit=True) as connection, pytest.raises(psycopg.Error):
            for _ in range(200):  # whoever else writes much fills the last of the log's segments
                connection.execute("INSERT INTO big SELECT repeat(md5(n::text), 40) FROM generate_series(1, 2000) n")
        wait_for(lambda: not sender.send(), 240, "a full disk is refused")
        filler.unlink()
        if not server.is_up():
            server.start()
        wait_for(sender.send, 240, "it takes messages again")
        stored = sender.stored()
        sender.database.close()

    assert sender.acknowledged <= set(stored)
