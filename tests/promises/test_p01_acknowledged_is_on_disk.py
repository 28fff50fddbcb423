"""P1: an acknowledged message is on disk, whenever the gateway is killed."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from commands.bench.ack import _request
from hotline.migrations import run
from kit.db import Database
from kit.settings import ROOT
from tests.support.kannel import free_port

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("GONGYOU_TEST_ROUNDS", "20"))
CONNECTIONS = 20
SEED = 20261121


def start(url: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "commands", "bench", "ack", "--serve", str(port), "--database-url", url]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError("the gateway did not start")


class Platform(threading.Thread):
    """One connection that sends as fast as it is answered, and notes what was answered with 200."""

    def __init__(self, port: int, first: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._next = first
        self.acknowledged: list[str] = []

    def run(self) -> None:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                while True:
                    connection.sendall(_request(self._next))
                    answer = connection.recv(65536)
                    if not answer.startswith(b"HTTP/1.1 200"):
                        return
                    self.acknowledged.append(str(self._next))
                    self._next += 1
        except OSError:
            return  # the gateway was killed just now


@pytest.mark.timeout(900)
def test_killed_at_any_moment_the_gateway_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    url = f"sqlite:///{tmp_path / 'p1.db'}"
    database = Database(url)
    run.upgrade(database)
    database.close()
    acknowledged: set[str] = set()
    for number in range(ROUNDS):
        port = free_port()
        process = start(url, port)
        platforms = [Platform(port, number * 10_000_000 + each * 100_000 + 1) for each in range(CONNECTIONS)]
        for platform in platforms:
            platform.start()
        time.sleep(chance.uniform(0.05, 0.5))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for platform in platforms:
            platform.join(10)
            acknowledged.update(platform.acknowledged)

    with sqlite3.connect(tmp_path / "p1.db") as connection:
        stored = {row[0] for row in connection.execute("SELECT external_id FROM inbox")}
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert len(acknowledged) > ROUNDS * 10
    assert acknowledged - stored == set()
