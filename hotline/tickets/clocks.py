"""The clocks of a ticket: first act, update, close, call back, revisits, and the legal limits of the matter.

Each clock is a row with the moment of its next step; escalation.py takes the steps. A clock that waits for the worker
is paused and holds the working seconds that remain; his next message starts it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from hotline.tickets import desks, settings
from hotline.tickets.schedule import Schedule, length
from hotline.tickets.shapes import Desk
from hotline.tickets.tables import DeskRow, TicketClockRow, TicketRow
from kit import clock

FIRST, UPDATE, CLOSE, CALL_BACK, WAITING = "first_act", "update", "close", "call_back", "waiting"
OWN = (FIRST, UPDATE, CLOSE)
LEGAL = "legal:"
REVISIT = "revisit:"
REMINDED, SUPERVISOR, ABOVE = 1, 2, 3
HUMAN_FIRST = ("assigned", "reply_out", "told", "transferred", "returned", "called_back", "note", "waiting", "changed")
TOLD_WORKER = ("reply_out", "told", "called_back")


@dataclass(frozen=True)
class Clock:
    """A clock as the desk shows it."""

    kind: str
    due_at: datetime | None
    is_paused: bool
    left: int | None
    level: int
    done_at: datetime | None
    last_day: date | None

    def is_overdue(self, now: datetime) -> bool:
        return self.done_at is None and not self.is_paused and self.due_at is not None and self.due_at < now


def of(session: Session, ticket_id: int) -> list[Clock]:
    """All clocks of a ticket, the next due first."""
    rows = session.scalars(
        select(TicketClockRow).filter_by(ticket_id=ticket_id).order_by(TicketClockRow.due_at, TicketClockRow.kind)
    )
    return [
        Clock(row.kind, row.due_at, row.paused_at is not None, row.left, row.level, row.done_at, row.last_day)
        for row in rows
    ]


def lengths(priority: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = settings.raw()["priorities"][priority]
    return found


def schedule_for(session: Session, row: TicketRow) -> Schedule:
    """The working time of the desk that has the ticket; P0 never sleeps."""
    desk = desk_of(session, row.desk_id)
    return settings.schedule_of(session, desk, around_the_clock=bool(lengths(row.priority).get("around_the_clock")))


def desk_of(session: Session, desk_id: str | None) -> Desk | None:
    found = session.get(DeskRow, desk_id) if desk_id else None
    return desks.shape(found) if found is not None else None


def start(session: Session, row: TicketRow, at: datetime, *, days_left: int | None = None, anew: bool = False) -> None:
    """Start the desk's own clocks, or start them again when the priority has changed. `anew` wants a first act once
    more: the ticket was opened again, or another desk has it."""
    rules, schedule = lengths(row.priority), schedule_for(session, row)
    for kind in OWN:
        if kind not in rules or (kind == FIRST and row.first_act_at is not None and not anew):
            continue
        due = schedule.add(at, length(_first(rules[kind], session, row, at), schedule))
        if kind == FIRST and days_left is not None and days_left <= rules.get("first_act_today_within", -1):
            due = min(due, max(at, schedule.end_of_day(at)))
        _put(session, row, kind, at, due, schedule)


def _first_again(session: Session, row: TicketRow, at: datetime) -> None:
    """Another desk has it: somebody there must look, while the clock of the whole matter runs on."""
    schedule = schedule_for(session, row)
    due = schedule.add(at, length(_first(lengths(row.priority)[FIRST], session, row, at), schedule))
    _put(session, row, FIRST, at, due, schedule)


def _first(given: Any, session: Session, row: TicketRow, at: datetime) -> str:
    """A length may differ in and out of the desk's hours."""
    if not isinstance(given, dict):
        return str(given)
    is_open = settings.schedule_of(session, desk_of(session, row.desk_id)).is_open(at)
    return str(given["in_hours"] if is_open else given["off_hours"])


def _put(session: Session, row: TicketRow, kind: str, at: datetime, due: datetime, schedule: Schedule) -> None:
    next_at = next_step(row.priority, due, 0, schedule)
    _set(session, row.id, kind, started_at=at, due_at=due, next_at=next_at)


def _set(session: Session, ticket_id: int, kind: str, **values: Any) -> None:
    """A clock that begins, or begins anew: nothing of an earlier run is left."""
    table = TicketClockRow.__table__
    fresh = {
        "due_at": None,
        "next_at": None,
        "last_day": None,
        "paused_at": None,
        "left_seconds": None,
        "done_at": None,
    }
    values = {**fresh, "level": 0, **values}
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
    made = insert.values(ticket_id=ticket_id, kind=kind, **values)
    session.execute(made.on_conflict_do_update(index_elements=["ticket_id", "kind"], set_=values))
    held = session.identity_map.get(identity_key(TicketClockRow, (ticket_id, kind)))
    if held is not None:
        session.expire(held)


def next_step(priority: str, due: datetime, level: int, schedule: Schedule) -> datetime | None:
    """When the clock does something next: remind before it is due, the supervisor when due, the desk above after."""
    rules = lengths(priority)
    if level == 0:
        return schedule.back(due, length(rules["remind"], schedule))
    if level == REMINDED:
        return due
    return schedule.add(due, length(rules["up"], schedule)) if level == SUPERVISOR else None


def follow(session: Session, row: TicketRow, kind: str, actor: str, body: Mapping[str, Any], at: datetime) -> None:
    """What an event means for the clocks; called for every event by the one place that writes them."""
    if actor.startswith("operator:") and kind in HUMAN_FIRST:
        row.first_act_at = row.first_act_at or at
        done(session, row.id, FIRST, at)
    if kind in TOLD_WORKER and UPDATE in lengths(row.priority):
        schedule = schedule_for(session, row)
        _put(session, row, UPDATE, at, schedule.add(at, length(str(lengths(row.priority)[UPDATE]), schedule)), schedule)
    if kind == "waiting":
        pause(session, row, at)
    elif kind in ("message_in", "resumed"):
        resume(session, row, at)
    elif kind in ("closed", "merged", "withdrawn"):
        stop(session, row, at)
        if kind == "closed":
            after_closing(session, row, actor, at)
    elif kind in ("reopened", "unmerged"):
        start(session, row, at, anew=True)
    elif kind in ("transferred", "returned"):
        _first_again(session, row, at)
    elif kind == "changed" and "priority" in body["set"]:
        start(session, row, at)
    elif kind == "called_back":
        _called_back(session, row, at)


def pause(session: Session, row: TicketRow, at: datetime) -> None:
    """The desk waits for the worker: its own clocks stand still, and one begins that reminds of the waiting."""
    schedule = schedule_for(session, row)
    for held in _running(session, row.id):
        if held.kind in (UPDATE, CLOSE) and held.due_at is not None:
            held.paused_at, held.left, held.next_at = at, schedule.between(at, held.due_at), None
    waits = settings.schedule_of(session, desk_of(session, row.desk_id))
    due = waits.add(at, length(settings.raw()["waiting_reminder"], waits))
    _put(session, row, WAITING, at, due, waits)


def resume(session: Session, row: TicketRow, at: datetime) -> None:
    """He wrote: what was left runs on from now."""
    schedule = schedule_for(session, row)
    for held in session.scalars(select(TicketClockRow).filter_by(ticket_id=row.id)):
        if held.kind == WAITING:
            held.done_at, held.next_at = at, None
        if held.paused_at is not None and held.left is not None and held.done_at is None:
            held.due_at = schedule.add(at, held.left)
            held.paused_at, held.left = None, None
            held.next_at = next_step(row.priority, held.due_at, held.level, schedule)
    session.flush()


def _running(session: Session, ticket_id: int) -> list[TicketClockRow]:
    return list(session.scalars(select(TicketClockRow).filter_by(ticket_id=ticket_id, done_at=None, paused_at=None)))


def done(session: Session, ticket_id: int, kind: str, at: datetime) -> None:
    session.execute(
        update(TicketClockRow)
        .where(TicketClockRow.ticket_id == ticket_id, TicketClockRow.kind == kind, TicketClockRow.done_at.is_(None))
        .values(done_at=at, next_at=None)
        .execution_options(synchronize_session="fetch")
    )


def stop(session: Session, row: TicketRow, at: datetime) -> None:
    """A closed ticket has no clocks; what was promised for afterwards is started by `after_closing`."""
    session.execute(
        update(TicketClockRow)
        .where(TicketClockRow.ticket_id == row.id, TicketClockRow.done_at.is_(None))
        .values(done_at=at, next_at=None, paused_at=None)
        .execution_options(synchronize_session="fetch")
    )


def after_closing(session: Session, row: TicketRow, actor: str, at: datetime) -> None:
    """A second person calls back for P0 and P1, and they are visited again days later. Who closes for the bot or by
    the worker's own wish starts nothing."""
    revisits = lengths(row.priority).get("revisit", ())
    if not actor.startswith("operator:") or not revisits:
        return
    call_back(session, row, at)
    office = settings.schedule_of(session, desk_of(session, row.desk_id))
    for days in revisits:
        day = clock.local(at).date() + timedelta(days=int(days))
        due = office.end_of_day(datetime.combine(day, time(12), clock.SHANGHAI))
        _put(session, row, f"{REVISIT}{days}", at, due, office)


def call_back(session: Session, row: TicketRow, at: datetime) -> None:
    """Somebody other than the handler has to ask the worker whether it is true."""
    office = settings.schedule_of(session, desk_of(session, row.desk_id))
    _put(session, row, CALL_BACK, at, office.add(at, length(settings.raw()["call_back"], office)), office)


def _called_back(session: Session, row: TicketRow, at: datetime) -> None:
    """The call that is due first is the one that was made."""
    waiting = [one for one in _running(session, row.id) if one.kind == CALL_BACK or one.kind.startswith(REVISIT)]
    for one in sorted(waiting, key=lambda held: held.due_at or at)[:1]:
        one.done_at, one.next_at = at, None
    session.flush()


def set_legal(session: Session, row: TicketRow, limits: Mapping[str, date]) -> None:
    """Put the limits of the matter beside the desk's clocks; a limit that has changed is counted anew."""
    for rule, last_day in limits.items():
        due = datetime.combine(last_day + timedelta(days=1), time(0), clock.SHANGHAI)
        next_at = legal_step(last_day, clock.today())
        now = clock.now()
        _set(session, row.id, f"{LEGAL}{rule}", started_at=now, due_at=due, next_at=next_at, last_day=last_day)


def legal_step(last_day: date, after: date, *, said: int | None = None) -> datetime | None:
    """When to warn next: at the desk's opening on the first warning day that has not been said yet."""
    for days in settings.raw()["legal"]["warn_at_days_left"]:
        if said is not None and days >= said:
            continue
        day = last_day - timedelta(days=days)
        if day >= after or days == 0:
            return datetime.combine(day, time(8, 30), clock.SHANGHAI)
    return None


def days_left(limits: Mapping[str, date]) -> int | None:
    """Until the nearest limit."""
    return min(((day - clock.today()).days for day in limits.values()), default=None)
