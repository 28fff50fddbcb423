"""A ring reaches other processes; a cut wire wakes everybody when it is whole again; all count by one clock."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from bot.mailbox.wake import Bell
from bot.mailbox.wire import Wire
from kit import clock
from kit.db import Database

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_followed", None)


@pytest.fixture
def bells(postgres: Database) -> Iterator[tuple[Bell, Bell]]:
    """The bells of two processes."""
    pair = Bell(), Bell()
    wires = [Wire(postgres, bell) for bell in pair]
    for wire in wires:
        wire.start()
    until(lambda: all(bell.count("inbox") > 0 for bell in pair))  # each rings once when it is connected
    yield pair
    for wire in wires:
        wire.stop()


def until(state: Callable[[], bool]) -> None:
    deadline = clock.monotonic() + 30
    while not state():
        if clock.monotonic() > deadline:
            pytest.fail("not within 30 s")
        threading.Event().wait(0.01)


def test_a_ring_wakes_the_threads_of_another_process(bells: tuple[Bell, Bell]) -> None:
    here, there = bells
    seen = there.count("inbox")
    here.ring("inbox")

    assert there.wait("inbox", seen, 30)
    assert here.count("inbox") == 2  # its own ring is not carried back


def test_a_conversation_is_heard_in_another_process(bells: tuple[Bell, Bell]) -> None:
    here, there = bells

    async def hear() -> bool:
        with there.listening("conversation:c1") as ear:
            for number in range(400):  # more than one note holds
                here.ring(f"conversation:{number}")
            here.ring("conversation:c1")
            return await ear.wait(30)

    assert asyncio.run(hear())


def test_after_a_cut_everybody_looks_again(postgres: Database, bells: tuple[Bell, Bell]) -> None:
    here, there = bells
    seen = there.count("inbox")
    with postgres.transaction() as session:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        assert len(session.execute(text(cut)).all()) == 2

    assert there.wait("inbox", seen, 30)
    seen = there.count("outbox")
    until(lambda: here.ring("outbox") is None and there.count("outbox") > seen)


def test_a_process_whose_clock_is_wrong_counts_by_the_database(postgres: Database) -> None:
    right = clock.now()
    with time_machine.travel(right + timedelta(minutes=10)):
        wire = Wire(postgres, Bell())
        wire.start()
        wire.stop()

        assert abs((clock.now() - right).total_seconds()) < 60
        assert 540 < clock.astray() < 660


def test_sqlite_has_no_wire(sqlite: Database) -> None:
    bell = Bell()
    Wire(sqlite, bell).start()

    assert bell.carry is None
