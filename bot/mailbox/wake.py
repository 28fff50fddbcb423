"""Wakes those who wait for new rows, so that nobody has to poll fast.

The rows are the truth: a lost wake-up costs the sleeper's own time-out, never a message. A sleeper notes where the
count stood before it looked at the rows, so that a ring between the look and the sleep is not missed. Beyond one
process bot/mailbox/wire.py carries every ring to the others.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


class Ear:
    """One coroutine's ear on a topic; what rang since the last `wait` counts."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.event = asyncio.Event()

    async def wait(self, timeout: float) -> bool:
        try:
            await asyncio.wait_for(self.event.wait(), timeout)
        except TimeoutError:
            return False
        self.event.clear()
        return True


class Bell:
    """Rings topics; threads wait with `count` and `wait`, coroutines with `listening`."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings: defaultdict[str, int] = defaultdict(int)
        self._ears: defaultdict[str, set[Ear]] = defaultdict(set)
        self.carry: Callable[[str], None] | None = None  # set while there are other processes to tell

    def ring(self, topic: str) -> None:
        self.ring_here(topic)
        carry = self.carry
        if carry is not None:
            carry(topic)

    def ring_all(self, shared: Iterable[str]) -> None:
        """Wake everybody here: rings may have been missed."""
        with self._condition:
            heard = set(self._ears)
        for topic in {*shared, *heard}:
            self.ring_here(topic)

    def ring_here(self, topic: str) -> None:
        """In this process only."""
        with self._condition:
            if not topic.startswith("conversation:"):  # threads wait for shared topics only
                self._rings[topic] += 1
            self._condition.notify_all()
            ears = list(self._ears.get(topic, ()))
        for ear in ears:
            if not ear.loop.is_closed():
                ear.loop.call_soon_threadsafe(ear.event.set)

    def count(self, topic: str) -> int:
        with self._condition:
            return self._rings[topic]

    def wait(self, topic: str, seen: int, timeout: float) -> bool:
        """Sleep until the topic has rung more often than `seen`; False when the time ran out."""
        with self._condition:
            return self._condition.wait_for(lambda: self._rings[topic] != seen, timeout)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Ear]:
        ear = Ear()
        with self._condition:
            self._ears[topic].add(ear)
        try:
            yield ear
        finally:
            with self._condition:
                self._ears[topic].discard(ear)
                if not self._ears[topic]:
                    del self._ears[topic]


bell = Bell()
