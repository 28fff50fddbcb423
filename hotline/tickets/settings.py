"""What clocks.yml says: the lengths of the clocks and the triggers of urgency, read once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hotline.policy import calendars
from hotline.tickets.schedule import Schedule, hours
from hotline.tickets.shapes import Desk
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "clocks.yml"


@lru_cache(maxsize=1)
def raw() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(FILE)
    return found


def schedule_of(session: Session, desk: Desk | None, *, around_the_clock: bool = False) -> Schedule:
    """When a desk works; without a desk, the hours of the whole hotline."""
    start, end = hours(desk.hours if desk else raw()["hours"])
    off = frozenset(date.fromisoformat(day) for day in (desk.days_off if desk else ()))
    return Schedule(calendars.in_force(session), start, end, off, around_the_clock)
