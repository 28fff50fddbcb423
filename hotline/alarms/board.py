"""Alarms as the desk sees them: those that ring for somebody, those of the last days, and who was called when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from hotline.alarms.tables import AlarmCallRow, AlarmRow
from hotline.tickets.access import Viewer
from hotline.tickets.tables import TicketRow
from hotline.warnings.tables import AlertRow
from kit import clock

SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Alarm:
    """`name` is the ticket's number or the alert's title; `thing` what to open: ("ticket", 17)."""

    id: int
    cause: str
    thing: tuple[str, int]
    name: str
    desk_id: str | None
    at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: int | None


@dataclass(frozen=True)
class Call:
    at: datetime
    desk_id: str
    operator_id: int | None
    as_what: str
    way: str


def raised(session: Session, viewer: Viewer) -> list[Alarm]:
    """What rings for him: of his desks, or for which he was called, and nobody has acknowledged."""
    query = select(AlarmRow).where(AlarmRow.acknowledged_at.is_(None), _his(viewer)).order_by(AlarmRow.id)
    return [_alarm(session, row) for row in session.scalars(query)]


def recent(session: Session, viewer: Viewer) -> list[Alarm]:
    """What is over, the newest first."""
    since = clock.now() - SHOWN_FOR
    query = select(AlarmRow).where(AlarmRow.acknowledged_at > since, _his(viewer)).order_by(AlarmRow.id.desc())
    return [_alarm(session, row) for row in session.scalars(query.limit(100))]


def find(session: Session, alarm_id: int, viewer: Viewer) -> Alarm | None:
    row = session.scalars(select(AlarmRow).where(AlarmRow.id == alarm_id, _his(viewer))).one_or_none()
    return None if row is None else _alarm(session, row)


def calls(session: Session, alarm_id: int) -> list[Call]:
    rows = session.scalars(select(AlarmCallRow).filter_by(alarm_id=alarm_id).order_by(AlarmCallRow.id))
    return [Call(**{name: getattr(row, name) for name in Call.__dataclass_fields__}) for row in rows]


def _his(viewer: Viewer) -> ColumnElement[bool]:
    """A desk on the road that the calls have taken, with alerts for those who see alerts; and whoever was called."""
    made: ColumnElement[bool] = true()
    if viewer.desk_ids is not None:
        passed = _called(AlarmCallRow.desk_id.in_(viewer.desk_ids))
        made = or_(AlarmRow.desk_id.in_(viewer.desk_ids), passed)
    if not viewer.sees_alerts:
        made = and_(made, AlarmRow.cause == "P0")
    return or_(made, _called(AlarmCallRow.operator_id == viewer.id))


def _called(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(AlarmCallRow.id).where(AlarmCallRow.alarm_id == AlarmRow.id, condition).exists()


def _alarm(session: Session, row: AlarmRow) -> Alarm:
    kind, _, number = row.subject.partition(":")
    column = TicketRow.number if kind == "ticket" else AlertRow.title
    of = TicketRow.id if kind == "ticket" else AlertRow.id
    name = session.scalar(select(column).where(of == int(number))) or ""
    over = row.acknowledged_at, row.acknowledged_by
    return Alarm(row.id, row.cause, (kind, int(number)), name, row.desk_id, row.at, *over)
