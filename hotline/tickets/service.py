"""What can be done to a ticket. Services take a session and never commit; ORM rows do not leave this package."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from bot.mailbox.tables import ConversationRow
from bot.messages import Outgoing
from hotline.tickets import numbers
from hotline.tickets.tables import PresenceRow, TicketEventRow, TicketRow
from kit import clock

PRESENT_FOR = timedelta(minutes=3)


class TicketError(Exception):
    """Base of what can go wrong with a ticket; the message says what to do."""


class TicketNotFound(TicketError):
    pass


class TicketClosed(TicketError):
    pass


class TicketChanged(TicketError):
    """Somebody else changed the ticket meanwhile: load it again."""


class NoWayToReply(TicketError):
    """The ticket has no conversation, so there is no channel to answer on."""


@dataclass(frozen=True)
class Ticket:
    id: int
    number: str
    code: str
    conversation_id: str | None
    category: str
    priority: str
    reason: str
    state: str
    owner_id: int | None
    version: int
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    seq: int
    kind: str
    at: datetime
    actor: str
    body: dict[str, Any]


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(**{name: getattr(row, name) for name in Ticket.__dataclass_fields__})


def _row(session: Session, ticket_id: int) -> TicketRow:
    row = session.get(TicketRow, ticket_id, populate_existing=True)
    if row is None:
        raise TicketNotFound(f"there is no ticket {ticket_id}")
    return row


def _append(session: Session, row: TicketRow, kind: str, actor: str, body: dict[str, Any]) -> None:
    """Add an event and move the version on; a stale version means that somebody was faster."""
    now = clock.now()
    moved = session.execute(
        update(TicketRow)
        .where(TicketRow.id == row.id, TicketRow.version == row.version)
        .values(version=row.version + 1, next_seq=row.next_seq + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise TicketChanged(f"ticket {row.number} was changed by somebody else; load it again")
    session.add(TicketEventRow(ticket_id=row.id, seq=row.next_seq, kind=kind, at=now, actor=actor, body=body))
    session.flush()
    session.refresh(row)


def open_ticket(
    session: Session,
    *,
    key: str,
    conversation_id: str | None,
    category: str = "T-OTHER",
    priority: str = "P2",
    reason: str = "asked",
    facts: dict[str, Any] | None = None,
    attach: bool = True,
) -> Ticket:
    """Open a ticket once per key. With `attach` what the worker writes from now on joins it; the bot goes on answering
    until an operator takes the conversation over by claiming or replying."""
    known = session.scalars(select(TicketRow).filter_by(key=key)).one_or_none()
    if known is not None:
        return _ticket(known)
    now = clock.now()
    row = TicketRow(
        number=numbers.next_number(session, clock.today()),
        code=numbers.new_code(),
        key=key,
        conversation_id=conversation_id,
        category=category,
        priority=priority,
        reason=reason,
        opened_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    _append(session, row, "opened", "bot", facts or {})
    if conversation_id is not None and attach:
        _set_owner(session, conversation_id, "bot", row.id)
    return _ticket(row)


def _set_owner(session: Session, conversation_id: str, owner: str, ticket_id: int | None) -> None:
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(owner=owner, ticket_id=ticket_id)
        .execution_options(synchronize_session=False)
    )


def find_open(session: Session, conversation_id: str) -> Ticket | None:
    """The newest ticket of a conversation that is not closed."""
    row = session.scalars(
        select(TicketRow)
        .where(TicketRow.conversation_id == conversation_id, TicketRow.state != "closed")
        .order_by(TicketRow.id.desc())
        .limit(1)
    ).one_or_none()
    return _ticket(row) if row else None


def find_by_number(session: Session, number: str) -> Ticket | None:
    row = session.scalars(select(TicketRow).filter_by(number=number)).one_or_none()
    return _ticket(row) if row else None


def is_code(ticket: Ticket, code: str) -> bool:
    return hmac.compare_digest(ticket.code, code)


def note_presence(session: Session, operator_id: int) -> None:
    """An operator is at the desk right now; the bot's words depend on it."""
    session.merge(PresenceRow(operator_id=operator_id, seen_at=clock.now()))


def somebody_is_on_call(session: Session) -> bool:
    since = clock.now() - PRESENT_FOR
    return session.scalar(select(PresenceRow.operator_id).where(PresenceRow.seen_at > since).limit(1)) is not None


def get(session: Session, ticket_id: int) -> Ticket:
    return _ticket(_row(session, ticket_id))


def list_open(session: Session, limit: int = 200) -> list[Ticket]:
    rows = session.scalars(
        select(TicketRow)
        .where(TicketRow.state != "closed")
        .order_by(TicketRow.priority, TicketRow.opened_at)
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def thread(session: Session, ticket_id: int) -> list[Event]:
    rows = session.scalars(select(TicketEventRow).filter_by(ticket_id=ticket_id).order_by(TicketEventRow.seq))
    return [Event(row.seq, row.kind, row.at, row.actor, row.body) for row in rows]


def message_in(session: Session, ticket_id: int, text: str, *, inbox_id: int) -> None:
    """The worker wrote while a person owns his conversation: his words join the thread."""
    row = _row(session, ticket_id)
    if row.state == "closed":
        raise TicketClosed(f"ticket {row.number} is closed")
    if row.state == "waiting":
        row.state = "open"
    _append(session, row, "message_in", "worker", {"text": text, "inbox": inbox_id})


def add_words(session: Session, ticket_id: int, text: str, *, inbox_id: int) -> None:
    """What the worker goes on writing while his ticket waits; a closed ticket takes no more."""
    row = _row(session, ticket_id)
    if row.state != "closed":
        _append(session, row, "message_in", "worker", {"text": text, "inbox": inbox_id})


def claim(session: Session, ticket_id: int, operator_id: int, *, version: int) -> Ticket:
    """Take a ticket; refused when it has changed since the operator saw it."""
    row = _row(session, ticket_id)
    if row.version != version:
        raise TicketChanged(f"ticket {row.number} was changed by somebody else; load it again")
    row.owner_id = operator_id
    _append(session, row, "assigned", f"operator:{operator_id}", {"to": operator_id})
    if row.conversation_id is not None:
        _set_owner(session, row.conversation_id, "person", row.id)
    return _ticket(row)


def reply(session: Session, ticket_id: int, operator_id: int, text: str, *, key: str) -> None:
    """Answer the worker on the channel he wrote from."""
    row = _row(session, ticket_id)
    if row.state == "closed":
        raise TicketClosed(f"ticket {row.number} is closed; reopen it to reply")
    if row.conversation_id is None:
        raise NoWayToReply(f"ticket {row.number} has no conversation to answer in")
    outgoing = Outgoing(kind="reply", text=text, sender="operator", ticket=row.number)
    queued = outbox.queue(session, row.conversation_id, outgoing, key=key, now=clock.now(), done=True)
    if queued is None:
        return
    if row.owner_id is None:
        row.owner_id = operator_id
    _set_owner(session, row.conversation_id, "person", row.id)
    _append(session, row, "reply_out", f"operator:{operator_id}", {"text": text, "seq": queued})


def note(session: Session, ticket_id: int, operator_id: int, text: str) -> None:
    """Write for colleagues only: nothing here touches the outbox."""
    _append(session, _row(session, ticket_id), "note", f"operator:{operator_id}", {"text": text})


def give_back(session: Session, ticket_id: int, operator_id: int, summary: str) -> None:
    """Let the bot answer again; the worker is told who is speaking from now on."""
    row = _row(session, ticket_id)
    _append(session, row, "given_back", f"operator:{operator_id}", {"summary": summary})
    if row.conversation_id is None:
        return
    _set_owner(session, row.conversation_id, "bot", row.id)
    notice = Outgoing(
        kind="info",
        text="同事先忙到这里，现在由工友小助手接着回答你。需要找人，随时发“转人工”。",
        sender="system",
    )
    outbox.queue(
        session, row.conversation_id, notice, key=f"given_back:{row.id}:{row.next_seq}", now=clock.now(), done=True
    )


def close(session: Session, ticket_id: int, actor: str, outcome: str) -> None:
    """Close a ticket with what was done; the conversation goes back to the bot."""
    row = _row(session, ticket_id)
    if row.state == "closed":
        raise TicketClosed(f"ticket {row.number} is closed already")
    row.state = "closed"
    row.closed_at = clock.now()
    _append(session, row, "closed", actor, {"outcome": outcome})
    if row.conversation_id is not None:
        _set_owner(session, row.conversation_id, "bot", None)


def close_untouched(session: Session, key: str, outcome: str) -> None:
    """Close a fallback ticket when the bot could answer after all and no person has touched it."""
    row = session.scalars(select(TicketRow).filter_by(key=key)).one_or_none()
    if row is None or row.state == "closed" or row.owner_id is not None:
        return
    kinds = set(session.scalars(select(TicketEventRow.kind).filter_by(ticket_id=row.id)))
    if kinds <= {"opened"}:
        close(session, row.id, "bot", outcome)
