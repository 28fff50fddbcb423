"""The only place that reads the time.

Stored times are UTC and aware. Days that workers are told (deadlines, business hours, holidays, card dates)
are days in Asia/Shanghai, whatever the machine's zone is.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date a worker in China reads on the wall calendar."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the clock in China shows it."""
    return moment.astimezone(SHANGHAI)


def monotonic() -> float:
    """Seconds for leases and time-outs, which a changed wall clock must not disturb."""
    return time.monotonic()
