"""Finding one ticket: by id, by conversation, or by the number and code that a worker holds."""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.tickets.errors import TicketNotFound
from hotline.tickets.shapes import OPEN_STATES, Ticket, ticket_of
from hotline.tickets.tables import TicketRow
from kit import clock

MOST_WRONG_CODES = 5
LOCKED_FOR = timedelta(hours=1)


def get(session: Session, ticket_id: int) -> Ticket:
    row = session.get(TicketRow, ticket_id, populate_existing=True)
    if row is None:
        raise TicketNotFound(f"没有工单 {ticket_id}")
    return ticket_of(row)


def find_open(session: Session, conversation_id: str) -> Ticket | None:
    """The newest ticket of a conversation that is not closed."""
    row = session.scalars(
        select(TicketRow)
        .where(TicketRow.conversation_id == conversation_id, TicketRow.state.in_(OPEN_STATES))
        .order_by(TicketRow.id.desc())
        .limit(1)
    ).one_or_none()
    return ticket_of(row) if row else None


def of_conversation(session: Session, conversation_id: str, limit: int = 20) -> list[Ticket]:
    """All tickets of a conversation, the newest first."""
    rows = session.scalars(
        select(TicketRow).filter_by(conversation_id=conversation_id).order_by(TicketRow.id.desc()).limit(limit)
    )
    return [ticket_of(row) for row in rows]


def find_by_number(session: Session, number: str) -> Ticket | None:
    row = session.scalars(select(TicketRow).filter_by(number=number)).one_or_none()
    return ticket_of(row) if row else None


def is_code(ticket: Ticket, code: str) -> bool:
    return hmac.compare_digest(ticket.code, code)


def prove(session: Session, number: str, code: str) -> Ticket | None:
    """The ticket, for whoever knows its number and its code; guessing locks the number for an hour."""
    row = session.scalars(select(TicketRow).filter_by(number=number).with_for_update()).one_or_none()
    now = clock.now()
    if row is None or (row.codes_locked_until is not None and row.codes_locked_until > now):
        return None
    if hmac.compare_digest(row.code, code):
        row.wrong_codes = 0
        return ticket_of(row)
    row.wrong_codes += 1
    if row.wrong_codes >= MOST_WRONG_CODES:
        row.wrong_codes, row.codes_locked_until = 0, now + LOCKED_FOR
    return None


def list_open(session: Session, limit: int = 200) -> list[Ticket]:
    rows = session.scalars(
        select(TicketRow)
        .where(TicketRow.state.in_(OPEN_STATES))
        .order_by(TicketRow.priority, TicketRow.opened_at)
        .limit(limit)
    )
    return [ticket_of(row) for row in rows]
