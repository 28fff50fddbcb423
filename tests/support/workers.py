"""Worker processes of the tests' own, to be killed, stopped and brought back; and what their turns' log says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bot.channels.base import Channel
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow
from kit.db import Database
from kit.settings import ROOT
from tests.support.asgi import Caller
from tests.support.fake_channel import FakeChannel


class WorkerProcess:
    def __init__(self, database: Database, log: Path, **options: float) -> None:
        command = [sys.executable, "-m", "tests.support.worker_process", database.url, str(log)]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        # Read on: a pipe that nobody empties stops a process that logs as soon as it is full.
        threading.Thread(target=deque, args=(self._process.stdout, 0), daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def worker_process(database: Database, log: Path, **options: float) -> Iterator[WorkerProcess]:
    running = WorkerProcess(database, log, **options)
    try:
        yield running
    finally:
        running.kill()


@dataclass(frozen=True)
class Line:
    what: str
    at: float
    pid: int
    thread: int
    conversation: str
    text: str


def read_log(log: Path) -> list[Line]:
    return [Line(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def door(database: Database, channel: Channel | None = None) -> Caller:
    """A gateway's webhook door as it is after a start."""
    from starlette.applications import Starlette

    receive = Receive(database, [channel or FakeChannel()], "https://gongyou.example", "key")
    return Caller(Starlette(routes=receive.routes()))


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state)).all())


def is_drained(database: Database) -> bool:
    return not {"new", "taken"} & set(states(database))
