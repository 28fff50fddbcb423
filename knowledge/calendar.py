"""Days off, statutory holidays and moved working days, one YAML file a year.

A year whose notice is not out yet raises CalendarMissing: counting working days in it would be a guess. A limit that
only ends in such a year can still be told with `provisional_workday`, which knows weekends and the holidays whose
date the measures fix, and the caller must say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data" / "calendars"
KEYS = {"year", "source", "statutory", "days_off", "workdays"}
# 全国年节及纪念日放假办法 Article 2: the holidays with a fixed date, in the version in force since 2025.
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
SATURDAY = 5


class CalendarError(Exception):
    """Something is wrong with the calendar or with what was asked of it."""


class CalendarMissing(CalendarError):
    """The holidays of a year are not known, so nothing can be counted over it."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"还没有收录{year}年的放假安排，请等国务院通知公布后补上 knowledge/data/calendars/{year}.yml")


@dataclass(frozen=True)
class Year:
    """One year's notice."""

    year: int
    source: str
    statutory: Mapping[date, str]
    days_off: Mapping[date, str]
    workdays: frozenset[date]


@dataclass(frozen=True)
class Calendar:
    """The years that we hold."""

    years: Mapping[int, Year] = field(default_factory=dict)

    def year(self, number: int) -> Year:
        """The notice of a year, or CalendarMissing."""
        if number not in self.years:
            raise CalendarMissing(number)
        return self.years[number]

    def holds(self, number: int) -> bool:
        """Whether the year's notice is in."""
        return number in self.years

    def is_statutory(self, day: date) -> bool:
        """A day with triple pay (劳动法 Article 44, item 3)."""
        return day in self.year(day.year).statutory

    def is_workday(self, day: date) -> bool:
        """Whether offices and most employers work that day."""
        notice = self.year(day.year)
        if day in notice.workdays:
            return True
        return day.weekday() < SATURDAY and day not in notice.days_off and day not in notice.statutory

    def next_workday(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after it."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def previous_workday(self, day: date) -> date:
        """The last working day before a day."""
        day -= timedelta(days=1)
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days there are from first to last, both counted."""
        return sum(1 for day in days(first, last) if self.is_workday(day))

    def add_workdays(self, day: date, count: int) -> date:
        """The day on which a limit of working days ends; the first day is not counted."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def provisional_workday(self, day: date) -> date:
        """The first day from `day` on that weekends and fixed holidays leave, for a year without its notice."""
        while not self._open(day):
            day += timedelta(days=1)
        return day

    def _open(self, day: date) -> bool:
        if self.holds(day.year):
            return self.is_workday(day)
        return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS

    def warnings(self, today: date) -> list[str]:
        """What whoever runs the service must be told at start: years that the next twelve months need."""
        needed = {today.year, (today + timedelta(days=365)).year}
        return [
            f"缺少{year}年放假安排：涉及{year}年工作日的计算会停下，落在{year}年的期限只按周末推算。"
            for year in sorted(needed)
            if not self.holds(year)
        ]


def days(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both counted."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def read_year(path: Path) -> Year:
    """One file, checked."""
    return year_of(yaml.safe_load(path.read_text(encoding="utf-8")), path.as_posix())


def year_of(data: Any, name: str) -> Year:
    """One year from what its file holds; `name` is the file's."""
    if not isinstance(data, dict) or set(data) != KEYS:
        raise CalendarError(f"{name}: 只能有这些键 {sorted(KEYS)}")
    if Path(name).stem != str(data["year"]):
        raise CalendarError(f"{name}: 文件名和 year 不一致")
    statutory, days_off, workdays = (data[key] or {} for key in ("statutory", "days_off", "workdays"))
    if not (isinstance(statutory, dict) and isinstance(days_off, dict) and isinstance(workdays, list | dict)):
        raise CalendarError(f"{name}: statutory 和 days_off 要写 日期: 名称，workdays 一行一个日期")
    year, listed = data["year"], (*statutory, *days_off, *workdays)
    strays = [day for day in listed if not isinstance(day, date) or day.year != year]
    if strays:
        raise CalendarError(f"{name}: {strays[0]} 不是{year}年的日期")
    both = sorted(set(days_off) & set(workdays))
    if both:
        raise CalendarError(f"{name}: {both[0]} 又放假又上班")
    return Year(year, str(data["source"]), dict(statutory), dict(days_off), frozenset(workdays))


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> Calendar:
    """All years of a folder, read once."""
    years = [read_year(path) for path in sorted(folder.glob("*.yml"))]
    return Calendar({one.year: one for one in years})
