"""A real Kannel: bearerbox, smsbox and fakesmsc as the phone, on free loopback ports, ended with the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote_to_bytes

FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
NUMBER = "12351"
CONFIG = """group = core
admin-port = {admin}
admin-password = made-up
admin-allow-ip = 127.0.0.1
admin-deny-ip = *.*.*.*
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = *.*.*.*
store-location = {folder}/store
store-type = file

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
global-sender = {number}

group = sendsms-user
username = gongyou
password = made-up
concatenation = true
max-messages = 3

group = sms-service
keyword = default
catch-all = true
max-messages = 0
concatenation = true
get-url = "{hook}?from=%p&to=%P&id=%I&time=%t&coding=%c&bytes=%b"
"""


class KannelMissing(Exception):
    """Kannel or its fake SMSC is not installed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class KannelServer:
    def __init__(self, folder: Path, hook: str) -> None:
        if shutil.which("bearerbox") is None or not FAKESMSC.exists():
            raise KannelMissing("packages kannel and kannel-extras (requirements/system.txt)")
        self._folder = folder
        self._ports = {name: free_port() for name in ("admin", "box", "smsc", "send")}
        self._config = folder / "kannel.conf"
        self._config.write_text(CONFIG.format(folder=folder, number=NUMBER, hook=hook, **self._ports))
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports['send']}"

    def __enter__(self) -> KannelServer:
        self._run("bearerbox", ["bearerbox", "-v", "1", str(self._config)], self._ports["box"])
        self._run("smsbox", ["smsbox", "-v", "1", str(self._config)], self._ports["send"])
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._started):
            process.terminate()
        for process in self._started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _run(self, name: str, command: list[str], port: int | None) -> None:
        environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"}
        with (self._folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        self._started.append(process)
        deadline = time.monotonic() + 20
        while port is not None and not _listens(port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{name} did not start:\n{(self._folder / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def phone(self, message: str = "", *, stay: bool = True) -> None:
        """The worker's phone: sends one message if given, and stays on so that ours reach it."""
        count = "1" if message else "0"
        words = [message] if message else ["1 2 text unused"]
        host = ["-H", "127.0.0.1", "-r", str(self._ports["smsc"]), "-i", "0.1", "-m", count]
        self._run("phone", [str(FAKESMSC), *host, *words], None)

    def phone_log(self) -> str:
        return (self._folder / "phone.log").read_text(errors="replace")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ucs2(encoded: str) -> str:
    return unquote_to_bytes(encoded.replace("+", " ")).decode("utf-16-be")
