"""Finished rows leave the mailbox, without their words, so that what is claimed stays small; later they are deleted.

A row stays at least thirty days, because a platform's repeat is known by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.mailbox.tables import DeliveryRow, InboxArchiveRow, InboxRow, OutboxArchiveRow, OutboxRow

AT_ONCE = 500
FINISHED_IN = ("done", "buried")
FINISHED_OUT = ("sent", "undeliverable", "ended")


def archive(session: Session, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Move up to `limit` incoming and as many outgoing messages that were finished before then."""
    return _archive_inbox(session, before, limit) + _archive_outbox(session, before, limit)


def _archive_inbox(session: Session, before: datetime, limit: int) -> int:
    old = select(InboxRow).where(InboxRow.finished_at < before, InboxRow.state.in_(FINISHED_IN))
    rows = list(session.scalars(old.order_by(InboxRow.id).limit(limit)))
    names = InboxArchiveRow.__table__.columns.keys()
    session.add_all([InboxArchiveRow(**{name: getattr(row, name) for name in names}) for row in rows])
    _delete(session, InboxRow, [row.id for row in rows])
    return len(rows)


def _archive_outbox(session: Session, before: datetime, limit: int) -> int:
    old = select(OutboxRow).where(OutboxRow.finished_at < before, OutboxRow.state.in_(FINISHED_OUT))
    rows = list(session.scalars(old.order_by(OutboxRow.id).limit(limit)))
    ids = [row.id for row in rows]
    attempts = _attempts(session, ids)
    names = [name for name in OutboxArchiveRow.__table__.columns.keys() if name != "deliveries"]  # noqa: SIM118
    session.add_all(
        OutboxArchiveRow(**{name: getattr(row, name) for name in names}, deliveries=attempts.get(row.id, []))
        for row in rows
    )
    session.execute(
        delete(DeliveryRow).where(DeliveryRow.outbox_id.in_(ids)).execution_options(synchronize_session=False)
    )
    _delete(session, OutboxRow, ids)
    return len(rows)


def _attempts(session: Session, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session.scalars(select(DeliveryRow).where(DeliveryRow.outbox_id.in_(ids)).order_by(DeliveryRow.id)):
        found.setdefault(row.outbox_id, []).append({"at": row.at.isoformat(), "outcome": row.outcome})
    return found


def _delete(session: Session, table: type[InboxRow] | type[OutboxRow], ids: list[int]) -> None:
    session.flush()
    session.execute(delete(table).where(table.id.in_(ids)).execution_options(synchronize_session=False))
    session.expire_all()


def delete_archived(session: Session, *, before: datetime) -> None:
    for table in (InboxArchiveRow, OutboxArchiveRow):
        old = delete(table).where(table.finished_at < before)
        session.execute(old.execution_options(synchronize_session=False))
