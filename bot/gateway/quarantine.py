"""A message that has crashed its worker before is answered alone, so that it takes nobody with it.

All that is under way in a process dies with it, and each of those messages counts a crash. Without this, a healthy one
that is claimed beside a poisonous one again and again would be given up with it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.mailbox.inbox import SUSPECT


class Quarantine:
    """Each waits `patience` seconds at most: a suspect that hangs must not stop the others."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._moved = threading.Condition()
        self._under_way = 0
        self._is_shut = False

    @contextmanager
    def place(self, crashes: int) -> Iterator[None]:
        is_suspect = crashes >= SUSPECT
        with self._moved:
            self._moved.wait_for(lambda: not self._is_shut, self._patience)
            if is_suspect:
                self._is_shut = True
                self._moved.wait_for(lambda: self._under_way == 0, self._patience)
            self._under_way += 1
        try:
            yield
        finally:
            with self._moved:
                self._under_way -= 1
                self._is_shut = self._is_shut and not is_suspect
                self._moved.notify_all()
