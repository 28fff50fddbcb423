"""The threads that answer: one looks for the next row, as many as there are rows answer at once."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bot.gateway.converse import Workers
from bot.mailbox.inbox import Claimed
from bot.mailbox.wake import bell
from kit import clock
from kit.settings import Settings
from tests.support.stack import wait_for

THREADS = 3


class Looked:
    """Rows to be had one by one, and who looked for them."""

    def __init__(self) -> None:
        self.rows: deque[Claimed] = deque()
        self.looking = 0
        self.most_looking = 0
        self.answered: list[int] = []
        self.together = threading.Barrier(THREADS)

    def claim(self, limit: int = 1, *, newest_first: bool = False) -> list[Claimed]:
        self.looking += 1
        self.most_looking = max(self.most_looking, self.looking)
        time.sleep(0.01)
        found = [self.rows.popleft()] if self.rows else []
        self.looking -= 1
        return found

    def answer(self, row: Claimed) -> None:
        self.together.wait(60)
        self.answered.append(row.inbox_id)


@contextmanager
def at_work(rows: Looked) -> Iterator[None]:
    workers = Workers(rows, Settings(worker_threads=THREADS))  # type: ignore[arg-type]
    workers.start()
    try:
        yield
    finally:
        workers.stop(60)


def _row(number: int) -> Claimed:
    return Claimed(number, f"c{number}", 1, 1, 0, clock.now(), "web", "a", {})


def test_one_looks_at_a_time_and_all_answer_at_once() -> None:
    rows = Looked()
    with at_work(rows):
        rows.rows.extend(_row(n) for n in range(THREADS))
        bell.ring("inbox")
        wait_for(lambda: sorted(rows.answered) == list(range(THREADS)), 60, "all rows are answered")
    assert rows.most_looking == 1


def test_whoever_is_done_wakes_the_one_who_looks() -> None:
    """The next row of a conversation can be taken from that moment on, and nobody else rings for it."""
    rows = Looked()
    rows.together = threading.Barrier(1)
    before = bell.count("inbox")
    with at_work(rows):
        rows.rows.append(_row(1))
        wait_for(lambda: rows.answered == [1], 60, "the row is answered")
        wait_for(lambda: bell.count("inbox") > before, 60, "whoever answered has rung")
