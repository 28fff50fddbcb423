"""P1: an acknowledged message is on disk, whenever the gateway is killed."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import select, text

from bot.mailbox.tables import InboxRow
from commands.bench.ack import _request
from kit.db import Database
from kit.settings import ROOT
from tests.support.kannel import free_port
from tests.support.promise import Record, count
from tests.support.stack import wait_for

pytestmark = pytest.mark.slow

ROUNDS = {"sqlite": count(5, 50), "postgres": count(2, 15)}
CONNECTIONS = 20
SEED = 20261121


def start(url: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "commands", "bench", "ack", "--serve", str(port), "--database-url", url]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 120
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
            with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
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
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_killed_at_any_moment_the_gateway_loses_nothing_it_acknowledged(
    engine: str, request: pytest.FixtureRequest, record_property: Record
) -> None:
    database: Database = request.getfixturevalue(engine)
    chance = random.Random(SEED)
    rounds = ROUNDS[engine]
    acknowledged: set[str] = set()
    for number in range(rounds):
        acknowledged |= one_kill(database, number, chance.randint(15, 300))

    with database.reading() as session:
        stored = set(session.scalars(select(InboxRow.external_id)))
        if database.is_sqlite:
            assert session.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
    assert len(acknowledged) > rounds * 10
    assert acknowledged - stored == set()
    record_property("measured", f"{engine}: {rounds} kills, {len(acknowledged)} acknowledged, 0 lost")


def one_kill(database: Database, number: int, after: int) -> set[str]:
    """Start, send from many connections, kill after so many answers; returns what was acknowledged."""
    port = free_port()
    process = start(database.url, port)
    platforms = [Platform(port, number * 10_000_000 + each * 100_000 + 1) for each in range(CONNECTIONS)]
    for platform in platforms:
        platform.start()
    wait_for(lambda: sum(len(platform.acknowledged) for platform in platforms) >= after, 120, "the load runs")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for platform in platforms:
        platform.join(10)
    return {name for platform in platforms for name in platform.acknowledged}
