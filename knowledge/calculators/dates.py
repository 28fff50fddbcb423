"""Counting months and limits as the law counts them (民法典 Articles 200 to 203, 劳动合同法 Article 47)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from knowledge.calendar import Calendar

HALF = Decimal("0.5")


def add_months(day: date, months: int) -> date:
    """The same day number so many months later, else the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_text(index: int) -> str:
    """A month counted from year zero as 2026-12."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


@dataclass(frozen=True)
class Service:
    """Time worked, first and last day both counted."""

    years: int
    months: int
    days: int

    @property
    def words(self) -> str:
        """三年零四个月, in figures."""
        parts = [(self.years, "年"), (self.months, "个月"), (self.days, "天")]
        return "".join(f"{number}{unit}" for number, unit in parts if number) or "0天"

    @property
    def severance_months(self) -> Decimal:
        """A month's wage a full year; six months or more a whole one; less than six months half."""
        if self.months >= 6:
            return Decimal(self.years + 1)
        return Decimal(self.years) + (HALF if self.months or self.days else Decimal(0))


def service(first: date, last: date) -> Service:
    """From the first day of work to the last one, both counted."""
    end = last + timedelta(days=1)
    whole = whole_months(first, end)
    return Service(whole // 12, whole % 12, (end - add_months(first, whole)).days)


def whole_months(first: date, end: date) -> int:
    """How many whole months lie between two days; `end` is the day after the last one."""
    count = (end.year - first.year) * 12 + end.month - first.month + 1
    while add_months(first, count) > end:
        count -= 1
    return count


@dataclass(frozen=True)
class Deadline:
    """The last day of a limit, and the earlier day that is safe to aim for."""

    last_day: date
    safer_day: date
    days_left: int
    note: str | None = None

    @property
    def in_time(self) -> bool:
        """The last day itself still counts."""
        return self.days_left >= 0

    @property
    def urgent(self) -> bool:
        """Shown in red: thirty days or fewer are left, or it has just passed."""
        return self.days_left <= URGENT_DAYS


URGENT_DAYS = 30
SAFE_MARGIN = {"day": 3, "month": 7, "year": 14}


def deadline(event: date, amount: int, unit: str, today: date, calendar: Calendar) -> Deadline:
    """A limit of days, months or years after an event, which itself is not counted."""
    if unit == "day":
        nominal = event + timedelta(days=amount)
    else:
        nominal = add_months(event, amount * 12 if unit == "year" else amount)
    return ending(nominal, unit, today, calendar)


def ending(nominal: date, unit: str, today: date, calendar: Calendar) -> Deadline:
    """A limit whose nominal last day is known; a day off moves it to the first working day after it."""
    last = calendar.provisional_workday(nominal)
    note = None
    if not calendar.holds(nominal.year):
        note = f"{nominal.year}年放假安排还没公布，只按周末推算，请不要等到最后几天。"
    elif last != nominal:
        note = f"{nominal.isoformat()}是休息日，顺延到之后第一个工作日{last.isoformat()}。"
    safer = nominal - timedelta(days=SAFE_MARGIN[unit])
    while safer.weekday() >= 5 or (calendar.holds(safer.year) and not calendar.is_workday(safer)):
        safer -= timedelta(days=1)
    if safer < today <= last:
        safer = today
    return Deadline(last, safer, (last - today).days, note)
