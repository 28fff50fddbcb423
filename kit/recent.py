"""A small memory of recent things by key, bounded in number; what falls out is computed again by whoever needs it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._known: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: str, value: Value) -> None:
        with self._lock:
            self._known[key] = value
            self._known.move_to_end(key)
            while len(self._known) > self._keep:
                self._known.popitem(last=False)

    def find(self, key: str) -> Value | None:
        with self._lock:
            return self._known.get(key)

    def forget(self, key: str) -> None:
        with self._lock:
            self._known.pop(key, None)
