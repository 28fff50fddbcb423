"""`ChannelState` in memory: for the console twin and for tests of a channel without a database."""

from __future__ import annotations

import copy
import threading
from typing import Any

from kit import clock


class MemoryState:
    def __init__(self) -> None:
        self._known: dict[str, tuple[dict[str, Any], float | None]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            return self._get(key)

    def _get(self, key: str) -> dict[str, Any] | None:
        value, until = self._known.get(key, (None, None))
        if value is None or (until is not None and until <= clock.now().timestamp()):
            return None
        return copy.deepcopy(value)

    def put(self, key: str, value: dict[str, Any], ttl: float | None) -> None:
        with self._lock:
            self._put(key, value, ttl)

    def _put(self, key: str, value: dict[str, Any], ttl: float | None) -> None:
        until = None if ttl is None else clock.now().timestamp() + ttl
        self._known[key] = (copy.deepcopy(value), until)

    def put_new(self, key: str, value: dict[str, Any], ttl: float | None) -> bool:
        with self._lock:
            if self._get(key) is not None:
                return False
            self._put(key, value, ttl)
            return True

    def drop(self, key: str) -> None:
        with self._lock:
            self._known.pop(key, None)
