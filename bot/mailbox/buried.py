"""Messages that were given up after five crashes: seen, tried again, or ended by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox.tables import InboxRow
from kit import clock


@dataclass(frozen=True)
class Buried:
    inbox_id: int
    conversation_id: str
    channel: str
    received_at: datetime
    error: str


def listed(session: Session, limit: int = 200) -> list[Buried]:
    rows = session.scalars(select(InboxRow).filter_by(state="buried").order_by(InboxRow.id.desc()).limit(limit))
    return [Buried(row.id, row.conversation_id, row.channel, row.received_at, row.error) for row in rows]


def retry(session: Session, inbox_id: int) -> bool:
    """Back into the inbox with all its attempts; False when it is not given up."""
    return _move(session, inbox_id, state="new", attempts=0, crashes=0, run_at=clock.now(), finished_at=None, error="")


def discard(session: Session, inbox_id: int) -> bool:
    return _move(session, inbox_id, state="done", error="discarded by a person")


def _move(session: Session, inbox_id: int, **values: object) -> bool:
    row = update(InboxRow).where(InboxRow.id == inbox_id, InboxRow.state == "buried")
    result = session.execute(row.values(**values).execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]
