"""Lists of tickets as the desk sees them: filters, a stable order, a cursor, and nothing that the viewer may not"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from hotline.tickets import clocks, numbers, words
from hotline.tickets.access import Viewer
from hotline.tickets.categories import catalogue
from hotline.tickets.errors import NotPossible
from hotline.tickets.sealed import opened_summary
from hotline.tickets.shapes import OPEN_STATES
from hotline.tickets.tables import TicketClockRow, TicketDeskRow, TicketRow
from kit import clock
from knowledge import employer_names

View = Literal["mine", "desk", "unassigned", "overdue", "alerts", "waiting", "call_backs", "copied", "closed", "all"]
Sort = Literal["urgent", "newest", "oldest", "updated"]
VIEWS: tuple[View, ...] = (
    *("mine", "desk", "unassigned", "overdue", "alerts"),
    *("waiting", "call_backs", "copied", "closed", "all"),
)
PAGE = 50
MOST = 200


@dataclass(frozen=True)
class Filter:
    view: View = "desk"
    category: str = ""
    region: str = ""
    priority: str = ""
    channel: str = ""
    employer: str = ""
    owner: int | None = None
    person: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    sort: Sort = "urgent"
    cursor: str = ""
    limit: int = PAGE


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
    query = select(TicketRow).where(*_conditions(wanted, viewer))
    query = _ordered(query, wanted).limit(limit + 1)
    rows = list(session.scalars(query))
    more = len(rows) > limit
    due = _due(session, [row.id for row in rows[:limit]])
    lines = tuple(_line(session, row, due.get(row.id)) for row in rows[:limit])
    return Page(lines, _cursor(rows[limit - 1], wanted.sort) if more else "")


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


def _count(session: Session, wanted: Filter, viewer: Viewer) -> int:
    found = select(TicketRow.id).where(*_conditions(wanted, viewer)).limit(1000)
    return int(session.scalar(select(func.count()).select_from(found.subquery())) or 0)


def copied(session: Session, ticket_id: int) -> dict[str, str]:
    """The desks that look on, and why each does."""
    rows = session.scalars(select(TicketDeskRow).filter_by(ticket_id=ticket_id))
    return {row.desk_id: row.why for row in rows}


def _conditions(wanted: Filter, viewer: Viewer) -> list[ColumnElement[bool]]:
    made = [*_scope(wanted.view, viewer), *_view(wanted.view, viewer)]
    for name in ("category", "priority", "channel"):
        if value := getattr(wanted, name):
            made.append(getattr(TicketRow, name) == value)
    if wanted.region:
        made.append(or_(TicketRow.region == wanted.region, TicketRow.region.like(f"{wanted.region}-%")))
    if wanted.employer:
        made.append(_employer(wanted.employer))
    if wanted.owner is not None:
        made.append(TicketRow.owner_id == wanted.owner)
    if wanted.person is not None:
        made.append(TicketRow.person_id == wanted.person)
    if wanted.since is not None:
        made.append(TicketRow.opened_at >= wanted.since)
    if wanted.until is not None:
        made.append(TicketRow.opened_at < wanted.until)
    if wanted.words.strip():
        made.append(_words(wanted.words.strip()))
    return made


def _scope(view: View, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Only what the viewer's desks lead, look on, or what is his own."""
    made: list[ColumnElement[bool]] = []
    if view not in ("mine", "copied") and viewer.desk_ids is not None and viewer.role != "auditor":
        own: ColumnElement[bool] = TicketRow.desk_id.in_(viewer.desk_ids)
        if view in ("all", "closed"):
            looking = exists().where(
                TicketDeskRow.ticket_id == TicketRow.id, TicketDeskRow.desk_id.in_(viewer.desk_ids)
            )
            own = or_(own, TicketRow.owner_id == viewer.id, looking)
        made.append(own)
    if viewer.role not in ("lead", "auditor"):
        kept = [id for id, category in catalogue().categories.items() if category.restricted]
        free = or_(TicketRow.owner_id == viewer.id, and_(TicketRow.owner_id.is_(None), TicketRow.state == "open"))
        made.append(or_(TicketRow.category.not_in(kept), free))
    return made


def _view(view: View, viewer: Viewer) -> list[ColumnElement[bool]]:
    is_open = TicketRow.state.in_(OPEN_STATES)
    match view:
        case "mine":
            return [is_open, TicketRow.owner_id == viewer.id]
        case "desk":
            return [is_open]
        case "unassigned":
            return [TicketRow.state == "open", TicketRow.owner_id.is_(None)]
        case "overdue":
            return [is_open, TicketRow.id.in_(_late())]
        case "alerts":
            return [TicketRow.alert_id.is_not(None) if viewer.sees_alerts else TicketRow.id.is_(None)]
        case "waiting":
            return [TicketRow.state == "waiting"]
        case "call_backs":
            pending = select(TicketClockRow.ticket_id).where(
                TicketClockRow.done_at.is_(None), TicketClockRow.kind == clocks.CALL_BACK
            )
            return [TicketRow.id.in_(pending)]
        case "copied":
            looking = select(TicketDeskRow.ticket_id)
            if viewer.desk_ids is not None:
                looking = looking.where(TicketDeskRow.desk_id.in_(viewer.desk_ids))
            return [is_open, TicketRow.id.in_(looking)]
        case "closed":
            return [TicketRow.state == "closed"]
        case "all":
            return [TicketRow.state != "merged"]


def _late() -> Select[int]:
    return select(TicketClockRow.ticket_id).where(
        TicketClockRow.done_at.is_(None),
        TicketClockRow.paused_at.is_(None),
        TicketClockRow.due_at < clock.now(),
        TicketClockRow.kind.in_(clocks.OWN),
    )


def _employer(name: str) -> ColumnElement[bool]:

    return TicketRow.employer_key == employer_names.key(name)


def _words(asked: str) -> ColumnElement[bool]:
    """A ticket's number is found whole or misread; anything else by the blind index."""
    number = numbers.normalise(asked)
    if number is not None:
        return TicketRow.number == number
    holding = words.holding(asked)
    if holding is None:
        raise NotPossible("请至少写两个字来查")
    return TicketRow.id.in_(holding)


_ORDERS: dict[str, tuple[Any, ...]] = {
    "urgent": (TicketRow.priority, TicketRow.opened_at, TicketRow.id),
    "oldest": (TicketRow.opened_at, TicketRow.id),
    "newest": (TicketRow.opened_at, TicketRow.id),
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
