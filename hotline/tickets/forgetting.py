"""What becomes of tickets when their worker is deleted, and when their time is over (promises P28, P30).

The number, the category and the dates stay for the count; every word is sealed under his key and goes with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from hotline import people
from hotline.tickets import events
from hotline.tickets.conversations import set_owner
from hotline.tickets.shapes import OPEN_STATES, SYSTEM
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit import clock
from kit.db import Database

AT_ONCE = 100


@people.when_erased
def close_his(session: Session, whose: people.Whose) -> None:
    """His open tickets close without a word: there is nothing left to work on, and nobody to tell."""
    his = or_(TicketRow.conversation_id.in_(whose.conversations), TicketRow.person_id == whose.person_id)
    for row in session.scalars(select(TicketRow).where(his, TicketRow.state.in_(OPEN_STATES))).all():
        events.append(session, row, "closed", SYSTEM, {})
        if row.conversation_id is not None:
            set_owner(session, row.conversation_id, "bot", None)


def end_old(database: Database) -> int:
    """The duty `end old tickets`: whoever had his last ticket closed longer ago than the catalogue says is deleted."""
    before = clock.now() - timedelta(days=people.catalogue().purpose("ticket").keep_days)
    with database.reading() as session:
        found = _whose_time_is_over(session, before)
    for person_id in found:
        with database.transaction() as session:
            people.erase(session, person_id, reason="retention")
    with database.transaction() as session:
        _empty_nobodys(session, before)
    return len(found)


def _whose_time_is_over(session: Session, before: datetime) -> list[int]:
    is_open = func.sum(case((TicketRow.state.in_(OPEN_STATES), 1), else_=0))
    last = func.max(func.coalesce(TicketRow.closed_at, TicketRow.updated_at))
    query = (
        select(TicketRow.person_id)
        .where(TicketRow.person_id.in_(people.living()))
        .group_by(TicketRow.person_id)
        .having(last < before, is_open == 0)
        .limit(AT_ONCE)
    )
    return [person_id for person_id in session.scalars(query) if person_id is not None]


def _empty_nobodys(session: Session, before: datetime) -> None:
    """Tickets of no person have no key to destroy: their words are removed one by one."""
    over = select(TicketRow.id).where(
        TicketRow.person_id.is_(None), TicketRow.state.not_in(OPEN_STATES), TicketRow.closed_at < before
    )
    session.execute(update(TicketEventRow).where(TicketEventRow.ticket_id.in_(over)).values(body={}))
    session.execute(
        update(TicketRow)
        .where(TicketRow.id.in_(over), TicketRow.summary != "")
        .values(summary="", place="", employer="")
    )
