"""Lists of tickets as the desk sees them: filters, a stable order, a cursor, and nothing that the viewer may not"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from hotline.tickets.access import Viewer
from hotline.tickets.errors import NotPossible
from hotline.tickets.filters import VIEWS, Filter, Sort, View, conditions
from hotline.tickets.sealed import opened_summary
from hotline.tickets.tables import TicketClockRow, TicketDeskRow, TicketRow
from kit import clock

__all__ = ["VIEWS", "Filter", "Page", "TicketLine", "View", "copied", "counts", "find", "lines"]

MOST = 200


@dataclass(frozen=True)
class TicketLine:
    """One line of a list."""

    id: int
    number: str
    category: str
    group: str
    priority: str
    state: str
    summary: str
    people_count: int
    region: str | None
    place: str
    employer: str
    channel: str
    desk_id: str | None
    owner_id: int | None
    alert_id: int | None
    master_id: int | None
    version: int
    opened_at: datetime
    updated_at: datetime
    first_act_at: datetime | None
    due_at: datetime | None = None
    due_kind: str = ""
    is_overdue: bool = False


@dataclass(frozen=True)
class Page:
    lines: tuple[TicketLine, ...]
    next: str = ""
    total: int | None = field(default=None)


def find(session: Session, wanted: Filter, viewer: Viewer) -> Page:
    """A page of tickets, the next page's cursor with it."""
    limit = max(1, min(wanted.limit, MOST))
    rows = list(session.scalars(asked_for(session, wanted, viewer).limit(limit + 1)))
    more = len(rows) > limit
    due = _due(session, [row.id for row in rows[:limit]])
    lines = tuple(_line(session, row, due.get(row.id)) for row in rows[:limit])
    return Page(lines, _cursor(rows[limit - 1], wanted.sort) if more else "")


def asked_for(session: Session, wanted: Filter, viewer: Viewer) -> Select[TicketRow]:
    """All tickets that were asked for, in their order, from the cursor on."""
    return _ordered(select(TicketRow).where(*conditions(session, wanted, viewer)), wanted)


def lines(session: Session, ids: Collection[int]) -> dict[int, TicketLine]:
    """Some tickets as lines, whoever may see them: the caller asks `access.may`."""
    due = _due(session, list(ids))
    rows = session.scalars(select(TicketRow).where(TicketRow.id.in_(ids)))
    return {row.id: _line(session, row, due.get(row.id)) for row in rows}


def counts(session: Session, viewer: Viewer) -> dict[str, int]:
    """How many tickets stand in the views of the left side."""
    shown: tuple[View, ...] = ("mine", "desk", "unassigned", "overdue", "waiting", "call_backs")
    if viewer.sees_alerts:
        shown = (*shown, "alerts")
    return {view: _count(session, Filter(view=view), viewer) for view in shown}


def how_many(session: Session, wanted: Filter, viewer: Viewer) -> int:
    """How many tickets a list holds for this viewer; beyond a thousand it counts no further."""
    return _count(session, wanted, viewer)


def _count(session: Session, wanted: Filter, viewer: Viewer) -> int:
    found = select(TicketRow.id).where(*conditions(session, wanted, viewer)).limit(1000)
    return int(session.scalar(select(func.count()).select_from(found.subquery())) or 0)


def copied(session: Session, ticket_id: int) -> dict[str, str]:
    """The desks that look on, and why each does."""
    rows = session.scalars(select(TicketDeskRow).filter_by(ticket_id=ticket_id))
    return {row.desk_id: row.why for row in rows}


_ORDERS: dict[str, tuple[Any, ...]] = {
    "urgent": (TicketRow.priority, TicketRow.opened_at, TicketRow.id),
    "oldest": (TicketRow.id,),
    "newest": (TicketRow.id,),
    "updated": (TicketRow.updated_at, TicketRow.id),
}
_BACKWARDS = ("newest", "updated")


def _ordered(query: Select[Any], wanted: Filter) -> Select[Any]:
    columns = _ORDERS[wanted.sort]
    if wanted.cursor:
        at = tuple_(*columns)
        values = _read_cursor(wanted.cursor, wanted.sort)
        query = query.where(at < values if wanted.sort in _BACKWARDS else at > values)
    return query.order_by(*(column.desc() if wanted.sort in _BACKWARDS else column for column in columns))


def _cursor(row: TicketRow, sort: Sort) -> str:
    values = [getattr(row, column.key) for column in _ORDERS[sort]]
    shown = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(shown).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, sort: Sort) -> Any:
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        times = [isinstance(column.key, str) and column.key.endswith("_at") for column in _ORDERS[sort]]
        values = [
            datetime.fromisoformat(value) if is_time else value for value, is_time in zip(raw, times, strict=True)
        ]
    except (ValueError, binascii.Error) as error:
        raise NotPossible("这一页已经过期，请从第一页看起") from error
    return tuple_(*values)


def _due(session: Session, ids: Sequence[int]) -> dict[int, tuple[datetime, str]]:
    """The next of our own clocks of each ticket."""
    rows = session.execute(
        select(TicketClockRow.ticket_id, TicketClockRow.due_at, TicketClockRow.kind).where(
            TicketClockRow.ticket_id.in_(ids),
            TicketClockRow.done_at.is_(None),
            TicketClockRow.paused_at.is_(None),
            TicketClockRow.due_at.is_not(None),
        )
    )
    found: dict[int, tuple[datetime, str]] = {}
    for ticket_id, due_at, kind in rows:
        if due_at is not None and (ticket_id not in found or due_at < found[ticket_id][0]):
            found[ticket_id] = (due_at, kind)
    return found


def _line(session: Session, row: TicketRow, due: tuple[datetime, str] | None) -> TicketLine:
    own = ("due_at", "due_kind", "is_overdue")
    values = {name: getattr(row, name) for name in TicketLine.__dataclass_fields__ if name not in own}
    values["summary"] = opened_summary(session, row.person_id, row.summary)
    if due is None:
        return TicketLine(**values)
    return TicketLine(**values, due_at=due[0], due_kind=due[1], is_overdue=due[0] < clock.now())
