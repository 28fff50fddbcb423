"""How much one worker and one address may send; crisis words always pass (the caller decides which those are)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from kit import clock


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """Token buckets by key, bounded in number; the one longest unused is forgotten first."""

    def __init__(self, rate: float, burst: float, keep: int = 20_000) -> None:
        self._rate, self._burst, self._keep = rate, burst, keep
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one token; 0.0 when there was one, else the seconds until there is."""
        now = clock.monotonic()
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
            self._buckets.move_to_end(key)
            bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
            bucket.at = now
            while len(self._buckets) > self._keep:
                self._buckets.popitem(last=False)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0.0
            return (1 - bucket.tokens) / self._rate
