"""Killing any one process during a conversation loses no acknowledged message and doubles no reply."""

import random
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from tests.support.stack import Stack, Worker, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.slow]

ROUNDS = 20
SEED = 20261121


def send_until_acknowledged(worker: Worker, text: str, client_id: str) -> None:
    """What the page's script does: the same id again until the gateway says 202."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        try:
            if worker.send(text, client_id=client_id).status_code == httpx.codes.ACCEPTED:
                return
        except httpx.HTTPError:
            pass  # the gateway was killed just now
        time.sleep(0.2)
    raise AssertionError(f"never acknowledged: {client_id}")


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "gongyou.db", timeout=10) as database:
        return list(database.execute(query))


@pytest.mark.timeout(900)
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged: list[str] = []
    with Stack(tmp_path) as stack, stack.client(timeout=30) as http:
        worker = Worker(http)
        worker.ask("你好")
        for number in range(ROUNDS):
            victim = chance.choice(["app", "app", "rasa"])
            for step in range(3):
                client_id = f"r{number}-{step}"
                send_until_acknowledged(worker, f"第{number}轮第{step}句，工资还没发", client_id)
                acknowledged.append(client_id)
                if step == chance.randrange(3):
                    time.sleep(chance.uniform(0, 0.15))
                    stack.kill(victim)
            time.sleep(chance.uniform(0, 1.0))
        wait_for(lambda: _nothing_open(stack), 300, "every message is answered")
        seen = _everything(stack, worker)

    stored = {str(row[0]).partition(":")[2] for row in rows(tmp_path, "SELECT external_id FROM inbox")}
    assert set(acknowledged) <= stored
    assert rows(tmp_path, "SELECT state, count(*) FROM inbox GROUP BY state") == [("done", len(acknowledged) + 1)]
    turns = rows(tmp_path, "SELECT inbox_id, count(*) FROM outbox WHERE key LIKE 'turn:%' GROUP BY inbox_id")
    assert len(turns) == len(acknowledged) + 1
    assert {count for _, count in turns} == {1}
    assert [message["seq"] for message in seen] == list(range(1, len(seen) + 1))


def _nothing_open(stack: Stack) -> bool:
    return rows(stack.folder, "SELECT count(*) FROM inbox WHERE state IN ('new', 'taken')") == [(0,)]


def _everything(stack: Stack, worker: Worker) -> list[dict[str, object]]:
    """What a page that was just opened again sees."""
    with stack.client() as http:
        fresh = Worker(http)
        fresh.session = worker.session
        while fresh.read():
            pass
    return fresh.seen
