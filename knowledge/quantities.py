"""The kinds of things that `knowledge.numbers` finds in a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Found:
    """Where it stands in the text, and whether it was said loosely."""

    start: int
    end: int
    text: str
    approximate: bool


@dataclass(frozen=True)
class Amount(Found):
    """Money in 元; `per` is hour, day, week, month or year where the words say so."""

    value: Decimal
    per: str | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Day(Found):
    """A day, or the first day of a month or year; `last` is that month's or year's last day."""

    value: date
    precision: str
    last: date


@dataclass(frozen=True)
class Span(Found):
    """From one day to another, both counted."""

    first: Day
    last: Day


@dataclass(frozen=True)
class Duration(Found):
    """A length of time. Weeks are days; half a month is fifteen days."""

    years: int
    months: int
    days: int

    @property
    def in_months(self) -> Decimal:
        """The whole length in months, days at thirty to the month."""
        return Decimal(self.years * 12 + self.months) + Decimal(self.days) / 30

    @property
    def in_years(self) -> Decimal:
        """The whole length in years."""
        return self.in_months / 12


@dataclass(frozen=True)
class Hours(Found):
    """Hours; `per` is day, week or month where the words say so."""

    value: Decimal
    per: str | None = None


@dataclass(frozen=True)
class Count(Found):
    """People, times, pieces, years of age, grades, per cent."""

    value: Decimal
    unit: str


Thing = Amount | Day | Span | Duration | Hours | Count
