"""The only place that reads the time.

Stored times are UTC and aware. Days that workers are told (deadlines, business hours, holidays, card dates)
are days in Asia/Shanghai, whatever the machine's zone is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


_followed: tuple[datetime, float] | None = None


def follow(moment: datetime, *, at: float) -> None:
    """From now on count from a moment that another clock showed when `monotonic()` was `at`: beyond one machine all
    hosts count by the database's clock, and a changed wall clock disturbs nobody."""
    global _followed
    _followed = (moment.astimezone(UTC), at)


@contextmanager
def travelling() -> Iterator[None]:
    """For what is lived through afterwards (the demo's month): inside, `follow` may go back; then all is as before.
    Only for a process that does nothing else meanwhile."""
    global _followed
    before = _followed
    try:
        yield
    finally:
        _followed = before


def astray() -> float:
    """Seconds by which this machine's own clock differs from the one that we follow."""
    return (datetime.now(UTC) - now()).total_seconds()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _followed is None:
        return datetime.now(UTC)
    moment, at = _followed
    return moment + timedelta(seconds=monotonic() - at)


def today() -> date:
    """The date a worker in China reads on the wall calendar."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the clock in China shows it."""
    return moment.astimezone(SHANGHAI)


def monotonic() -> float:
    """Seconds for leases and time-outs, which a changed wall clock must not disturb."""
    return time.monotonic()
