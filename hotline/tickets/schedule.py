"""Counts working time: a desk's hours on the working days of its region, moved days and holidays included.

A year whose notice is not out yet is counted by weekends and the holidays with a fixed date; a clock must run on, and
the notice comes before the days do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hotline.tickets.errors import TicketError
from kit import clock
from knowledge.calendar import Calendar

_LENGTH = re.compile(r"(\d+)([mhd])\Z")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)\Z")


class BadLength(TicketError):
    """clocks.yml holds a length that cannot be read."""


@dataclass(frozen=True)
class Schedule:
    """When a desk works. `around_the_clock` ones count every second."""

    calendar: Calendar
    start: time = time(8, 30)
    end: time = time(17, 30)
    days_off: frozenset[date] = frozenset()
    around_the_clock: bool = False

    @property
    def day_seconds(self) -> int:
        """A whole working day."""
        if self.around_the_clock:
            return 24 * 3600
        return (self.end.hour * 60 + self.end.minute - self.start.hour * 60 - self.start.minute) * 60

    def is_workday(self, day: date) -> bool:
        return day not in self.days_off and self.calendar.provisional_workday(day) == day

    def is_open(self, moment: datetime) -> bool:
        here = clock.local(moment)
        if self.around_the_clock:
            return True
        return self.is_workday(here.date()) and self.start <= here.time() < self.end

    def add(self, moment: datetime, seconds: int) -> datetime:
        """The moment by which so many working seconds have passed."""
        if self.around_the_clock:
            return moment + timedelta(seconds=seconds)
        at = self._next_open(moment)
        while True:
            closes = _at(clock.local(at).date(), self.end)
            left = int((closes - at).total_seconds())
            if seconds <= left:
                return at + timedelta(seconds=seconds)
            seconds -= left
            at = self._next_open(closes)

    def back(self, moment: datetime, seconds: int) -> datetime:
        """The moment so many working seconds before."""
        if self.around_the_clock:
            return moment - timedelta(seconds=seconds)
        day = clock.local(moment).date()
        while True:
            if self.is_workday(day):
                opens, until = _at(day, self.start), min(moment, _at(day, self.end))
                had = max(0, int((until - opens).total_seconds()))
                if seconds <= had:
                    return until - timedelta(seconds=seconds)
                seconds -= had
            day -= timedelta(days=1)

    def between(self, first: datetime, last: datetime) -> int:
        """Working seconds from one moment to another; none when the second is not later."""
        if self.around_the_clock:
            return max(0, int((last - first).total_seconds()))
        total, day = 0, clock.local(first).date()
        while day <= clock.local(last).date():
            if self.is_workday(day):
                opens, closes = max(first, _at(day, self.start)), min(last, _at(day, self.end))
                total += max(0, int((closes - opens).total_seconds()))
            day += timedelta(days=1)
        return total

    def end_of_day(self, moment: datetime) -> datetime:
        """The last second of the day it is in China."""
        return _at(clock.local(moment).date() + timedelta(days=1), time(0)) - timedelta(seconds=1)

    def _next_open(self, moment: datetime) -> datetime:
        here = clock.local(moment)
        day = here.date()
        if self.is_workday(day) and here.time() < self.end:
            return max(moment, _at(day, self.start))
        day += timedelta(days=1)
        while not self.is_workday(day):
            day += timedelta(days=1)
        return _at(day, self.start)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.SHANGHAI)


def hours(text: str) -> tuple[time, time]:
    """08:30-17:30 as two times."""
    match = _HOURS.match(text)
    if match is None:
        raise BadLength(f"办公时间写的是 {text}，要像 08:30-17:30")
    try:
        return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError as wrong:
        raise BadLength(f"没有 {text} 这样的钟点") from wrong


def length(text: str, schedule: Schedule) -> int:
    """15m, 24h or 3d in working seconds of a schedule."""
    match = _LENGTH.match(str(text))
    if match is None:
        raise BadLength(f"时限写的是 {text}，要像 15m、24h、1d")
    unit: Mapping[str, Any] = {"m": 60, "h": 3600, "d": schedule.day_seconds}
    return int(match[1]) * int(unit[match[2]])
