"""Messages that were given up: what came in and crashed us five times, what went out and no platform took. A person
sees them, tries them again, or ends them because he helped the worker in another way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow, DeliveryRow, InboxRow, OutboxRow
from kit import clock


@dataclass(frozen=True)
class Buried:
    inbox_id: int
    conversation_id: str
    channel: str
    received_at: datetime
    error: str


@dataclass(frozen=True)
class Undelivered:
    outbox_id: int
    conversation_id: str
    channel: str
    created_at: datetime
    outcome: str
    possibly_twice: bool


def listed(session: Session, limit: int = 200) -> list[Buried]:
    rows = session.scalars(select(InboxRow).filter_by(state="buried").order_by(InboxRow.id.desc()).limit(limit))
    return [Buried(row.id, row.conversation_id, row.channel, row.received_at, row.error) for row in rows]


def retry(session: Session, inbox_id: int) -> bool:
    """Back into the inbox with all its attempts; False when it is not given up."""
    fresh = {"attempts": 0, "crashes": 0, "run_at": clock.now(), "finished_at": None, "error": ""}
    return _move(session, InboxRow, inbox_id, "buried", state="new", **fresh)


def discard(session: Session, inbox_id: int) -> bool:
    return _move(session, InboxRow, inbox_id, "buried", state="done", error="discarded by a person")


def undelivered(session: Session, limit: int = 200) -> list[Undelivered]:
    """Replies that did not get through, the newest first, with what the platform said last."""
    query = (
        select(OutboxRow, ConversationRow.channel)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(OutboxRow.state == "undeliverable")
        .order_by(OutboxRow.id.desc())
        .limit(limit)
    )
    return [
        Undelivered(row.id, row.conversation_id, channel, row.created_at, _last(session, row.id), row.possibly_twice)
        for row, channel in session.execute(query)
    ]


def _last(session: Session, outbox_id: int) -> str:
    tries = select(DeliveryRow.outcome).filter_by(outbox_id=outbox_id).order_by(DeliveryRow.id.desc()).limit(1)
    return session.scalar(tries) or ""


def send_again(session: Session, outbox_id: int) -> bool:
    """Back on its way with all its attempts; False when it is not given up."""
    now = clock.now()
    return _move(session, OutboxRow, outbox_id, "undeliverable", state="new", attempts=0, run_at=now, finished_at=None)


def end(session: Session, outbox_id: int) -> bool:
    return _move(session, OutboxRow, outbox_id, "undeliverable", state="ended")


def _move(session: Session, rows: type[InboxRow] | type[OutboxRow], row_id: int, was: str, **values: object) -> bool:
    """Only a row that still stands where it was given up: somebody else may have been quicker."""
    row = update(rows).where(rows.id == row_id, rows.state == was)
    result = session.execute(row.values(**values).execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]
