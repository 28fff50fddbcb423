"""Wakes those who wait for new rows, so that nobody has to poll fast.

The rows are the truth: a lost wake-up costs the sleeper's own time-out, never a message.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict


class Bell:
    """Rings topics; threads wait with `wait`, coroutines with `wait_async`."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings: defaultdict[str, int] = defaultdict(int)
        self._waiters: defaultdict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def ring(self, topic: str) -> None:
        with self._condition:
            self._rings[topic] += 1
            self._condition.notify_all()
            waiters = list(self._waiters.get(topic, ()))
        for loop, event in waiters:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def wait(self, topic: str, timeout: float) -> bool:
        """Sleep until the topic rings; False when the time ran out."""
        with self._condition:
            seen = self._rings[topic]
            return self._condition.wait_for(lambda: self._rings[topic] != seen, timeout)

    async def wait_async(self, topic: str, timeout: float) -> bool:
        event = asyncio.Event()
        waiter = (asyncio.get_running_loop(), event)
        with self._condition:
            self._waiters[topic].add(waiter)
        try:
            await asyncio.wait_for(event.wait(), timeout)
            return True
        except TimeoutError:
            return False
        finally:
            with self._condition:
                self._waiters[topic].discard(waiter)
                if not self._waiters[topic]:
                    del self._waiters[topic]
                    self._rings.pop(topic, None) if topic.startswith("conversation:") else None


bell = Bell()
