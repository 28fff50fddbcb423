"""What a report is asked for and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from hotline.tickets.tables import TicketRow
from kit import clock

# What the keys of a table are, so that pages and files can put names to them.
Keys = Literal["category", "region", "channel", "priority", "operator", "clock", "desk", "words"]
Value = int | float | str | None


@dataclass(frozen=True)
class Span:
    """The days in China that a report covers, both included, and the desks that its reader may see (None: all)."""

    since: date
    until: date
    desk_ids: frozenset[str] | None = None

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.since, time(0), clock.SHANGHAI)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.until + timedelta(days=1), time(0), clock.SHANGHAI)

    @property
    def before(self) -> Span:
        """As many days directly before these, to compare with."""
        days = (self.until - self.since).days + 1
        return Span(self.since - timedelta(days=days), self.since - timedelta(days=1), self.desk_ids)

    def opened(self) -> list[ColumnElement[bool]]:
        """Tickets opened in these days; one that was merged into another counts there."""
        return [TicketRow.opened_at >= self.begins, TicketRow.opened_at < self.ends, *self.counted()]

    def closed(self) -> list[ColumnElement[bool]]:
        return [TicketRow.closed_at >= self.begins, TicketRow.closed_at < self.ends, *self.counted()]

    def counted(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [TicketRow.merged_into.is_(None)]
        if self.desk_ids is not None:
            conditions.append(TicketRow.desk_id.in_(self.desk_ids))
        return conditions


@dataclass(frozen=True)
class Line:
    """One line of a table; the first value is the one that its bar shows."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    keys: Keys
    title: str  # of the column with the keys
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def most(self) -> float:
        """The longest bar."""
        return max((float(line.values[0] or 0) for line in self.lines if _is_number(line.values[0])), default=0.0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


@dataclass(frozen=True)
class Report:
    """`serves` names the rows of the source documents' list that this report answers (docs/reports.md)."""

    id: str
    title: str
    words: str
    make: Callable[[Session, Span], Table]
    serves: tuple[str, ...] = ()
