"""How fast one channel is sent to, and when it is left alone: its rate and its circuit breaker."""

from __future__ import annotations

from kit import clock


class Pace:
    """A channel's messages a second, as whole tokens of a bucket that holds one second's worth."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = self._burst = max(1.0, rate)
        self._at = clock.monotonic()

    def room(self) -> int:
        now = clock.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return int(self._tokens)

    def spend(self, count: int) -> None:
        self._tokens -= count


class Breaker:
    """Opens after several failures in a row, whichever conversations they hit; then lets one attempt try.

    Each time the trial fails the pause doubles, up to a minute: a platform that is down is not hammered, and every
    message keeps its place meanwhile.
    """

    def __init__(self, after: int = 5, pause: float = 1.0, longest: float = 60.0) -> None:
        self._after, self._first, self._longest = after, pause, longest
        self._failures = 0
        self._pause = pause
        self._until = 0.0

    def room(self) -> int | None:
        """None: as many as you like. 0: leave it alone. 1: one may try."""
        if self._failures < self._after:
            return None
        return 0 if clock.monotonic() < self._until else 1

    def failed(self, at_least: float = 0.0, *, at_once: bool = False) -> bool:
        """Count a failure; True when this one opened the breaker. What was under way when it opened counts once."""
        was_open = self._failures >= self._after
        if was_open and clock.monotonic() < self._until:
            return False
        self._failures = self._after if at_once else self._failures + 1
        if self._failures < self._after:
            return False
        self._until = clock.monotonic() + max(self._pause, at_least)
        self._pause = min(self._pause * 2, self._longest)
        return not was_open

    def succeeded(self) -> None:
        self._failures = 0
        self._pause = self._first
