"""Takes the steps of clocks: a reminder to whoever handles the ticket, then to the supervisor, then the desk above.

Run as a duty by one process at a time. Each clock is one transaction, and its level says what was already done, so a
restart between two steps repeats nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from bot.messages import Outgoing
from hotline.tickets import clocks, events, settings
from hotline.tickets.shapes import SYSTEM
from hotline.tickets.tables import DeskRow, TicketClockRow, TicketDeskRow, TicketRow
from kit import clock
from kit.db import Database

AT_ONCE = 200
MOVES = (clocks.FIRST, clocks.CLOSE)
MOVED_UP = "你这件事原来的{old}没能按时办好，现在由{new}接着办。工单号不变，还是 {number}，不用重新说。"


def run(database: Database) -> int:
    """Take every step that is due; returns how many."""
    now = clock.now()
    with database.reading() as session:
        due = list(
            session.execute(
                select(TicketClockRow.ticket_id, TicketClockRow.kind)
                .where(TicketClockRow.next_at <= now, TicketClockRow.done_at.is_(None))
                .order_by(TicketClockRow.next_at)
                .limit(AT_ONCE)
            )
        )
    for ticket_id, kind in due:
        with database.transaction() as session:
            step(session, ticket_id, kind, now)
    return len(due)


def step(session: Session, ticket_id: int, kind: str, now: datetime) -> None:
    """One step of one clock, if it is still due."""
    row = events.load(session, ticket_id)
    held = session.get(TicketClockRow, (ticket_id, kind), populate_existing=True)
    if held is None or held.done_at is not None or held.next_at is None or held.next_at > now:
        return
    if kind.startswith(clocks.LEGAL):
        _warn_of_limit(session, row, held)
    elif kind == clocks.WAITING:
        held.level, held.next_at = clocks.REMINDED, None
        _remind(session, row, held)
    else:
        _climb(session, row, held, now)


def _climb(session: Session, row: TicketRow, held: TicketClockRow, now: datetime) -> None:
    """The next level of a clock of ours; levels whose time has passed as well are taken one after the other."""
    schedule = clocks.schedule_for(session, row)
    assert held.due_at is not None
    held.level += 1
    held.next_at = clocks.next_step(row.priority, held.due_at, held.level, schedule)
    level = held.level
    session.flush()
    if level < clocks.ABOVE or not _go_up(session, row, held):
        _remind(session, row, held)


def _remind(session: Session, row: TicketRow, held: TicketClockRow) -> None:
    to = "owner" if held.level == clocks.REMINDED and row.owner_id is not None else "lead"
    body = {"clock": held.kind, "level": held.level, "to": "above" if held.level == clocks.ABOVE else to}
    kind = "reminded" if row.state in ("open", "waiting") else "time_noted"
    events.append(session, row, kind, SYSTEM, body)


def _go_up(session: Session, row: TicketRow, held: TicketClockRow) -> bool:
    """To the desk above: it leads when nothing was done or nothing came of it, else it looks on."""
    old = session.get(DeskRow, row.desk_id) if row.desk_id else None
    above = session.get(DeskRow, old.parent) if old is not None and old.parent else None
    if old is None or above is None or row.state not in ("open", "waiting"):
        return False
    if held.kind not in MOVES:
        copy_to(session, row.id, above.id, "above")
        return False
    copy_to(session, row.id, old.id, "before")
    kind = held.kind
    events.append(session, row, "escalated", SYSTEM, {"desk": above.id, "from": old.id, "clock": kind})
    if row.conversation_id is not None:
        text = MOVED_UP.format(old=old.title, new=above.title, number=row.number)
        notice = Outgoing(kind="info", text=text, sender="system", ticket=row.number)
        outbox.queue(session, row.conversation_id, notice, key=f"up:{row.id}:{row.version}", now=clock.now(), done=True)
    clocks.start(session, row, clock.now(), anew=True)
    return True


def copy_to(session: Session, ticket_id: int, desk_id: str, why: str) -> None:
    """Let another desk see the ticket."""
    if session.get(TicketDeskRow, (ticket_id, desk_id)) is None:
        session.add(TicketDeskRow(ticket_id=ticket_id, desk_id=desk_id, why=why))
        session.flush()


def _warn_of_limit(session: Session, row: TicketRow, held: TicketClockRow) -> None:
    """A legal limit comes near: it makes the ticket urgent, and on the last days the desk above looks on."""
    assert held.last_day is not None
    left = (held.last_day - clock.today()).days
    days = [day for day in settings.raw()["legal"]["warn_at_days_left"] if day >= left]
    held.level = len(days)
    held.next_at = clocks.legal_step(held.last_day, clock.today(), said=min(days, default=None))
    kind, level = held.kind, held.level
    session.flush()
    if row.state not in ("open", "waiting"):
        return
    events.append(session, row, "reminded", SYSTEM, {"clock": kind, "days_left": left, "level": level, "to": "lead"})
    if row.priority > "P1":
        body = {"set": {"priority": "P1"}, "was": {"priority": row.priority}, "reason": f"法定期限还剩{left}天"}
        events.append(session, row, "changed", SYSTEM, body)
    desk = session.get(DeskRow, row.desk_id) if row.desk_id else None
    if left <= 1 and desk is not None and desk.parent:
        copy_to(session, row.id, desk.parent, "above")
