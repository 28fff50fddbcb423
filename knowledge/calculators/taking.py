"""What a message named, as a field takes it: an amount as a month's wage, days as hours, a month as its days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.numbers import Amount, Count, Day, Duration, Hours, Thing

from .fields import Field
from .result import plain

WHOLE_DAYS = ("restday_hours", "holiday_hours")  # 周末上了四天: days of the length that most people mean, said back
HOURS_A_DAY = 8
RANGE = re.compile(r"元?块?(?:到|至|~|～|-|—|或者?|、)")


def value_for(one: Field, thing: Thing, today: date) -> Any:
    """A thing as the field takes it, None when it is of another kind."""
    if one.type in ("money", "wage") and isinstance(thing, Amount):
        return _money(one, thing)
    if one.type in ("date", "month") and isinstance(thing, Day):
        if one.type == "month":
            return None if thing.precision == "year" else thing.value.isoformat()[:7]
        return None if thing.precision == "year" else _day(one, thing)
    if one.type not in ("count", "whole", "term"):
        return None
    if isinstance(thing, Duration):
        return str(thing.days * HOURS_A_DAY) if _is_whole_days(one, thing) else _length(one.name, thing)
    if isinstance(thing, Hours) and "hours" in one.name:
        return plain(thing.value)
    if isinstance(thing, Count) and (one.name, thing.unit) in COUNTED:
        return plain(thing.value)
    return None


def _is_whole_days(one: Field, thing: Duration) -> bool:
    return one.name in WHOLE_DAYS and bool(thing.days) and not (thing.years or thing.months)


COUNTED = {
    ("grade", "级"),
    ("workers", "人"),
    ("headcount", "人"),
    ("laid_off", "人"),
    ("agreed_percent", "%"),
    ("babies", "胎"),
}


def _day(one: Field, thing: Day) -> str:
    """A month named for a day: its first day, or its last one where something ended."""
    ending = one.name in ("last_day", "employment_ended", "to")
    return (thing.last if ending else thing.value).isoformat()


def _money(one: Field, thing: Amount) -> str | None:
    """A month's wage from a month's or a year's figure; a day's or an hour's is asked about, not multiplied."""
    if one.type == "wage" and thing.per == "year":
        return plain((thing.value / 12).quantize(Decimal("0.01")))
    if one.type == "wage" and thing.per in ("day", "hour", "week"):
        return None
    if one.name == "hourly_paid" and thing.per not in ("hour", None):
        return None
    return plain(thing.value)


def _length(name: str, thing: Duration) -> str | None:
    """A duration in the field's unit."""
    if name.endswith("years"):
        return plain(thing.in_years.quantize(Decimal("0.1")))
    if name.endswith("months"):
        return plain(thing.in_months.quantize(Decimal("0.1")))
    if "days" in name and not thing.years and not thing.months:
        return str(thing.days)
    return None


def without_upper_ends(text: str, things: list[Thing]) -> list[Thing]:
    """五千到六千: the lower end is taken, and said back because it is loose; the upper one is no fact of its own."""
    kept: list[Thing] = []
    for thing in things:
        last = kept[-1] if kept else None
        if isinstance(thing, Amount) and isinstance(last, Amount) and RANGE.fullmatch(text[last.end : thing.start]):
            kept[-1] = replace(last, approximate=True, end=thing.end, text=text[last.start : thing.end])
        else:
            kept.append(thing)
    return kept
