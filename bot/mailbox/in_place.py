"""A reply carried by the answer to the webhook that brought the message, instead of by the relay.

The rows are written as sent before the platform has read them: when the connection breaks, the platform repeats the
webhook, and the repeat finds the same rows and gets the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox.inbox import OPEN as INBOX_OPEN
from bot.mailbox.tables import DeliveryRow, InboxRow, OutboxRow
from bot.messages import Outgoing

OUTCOME = "in_place"


@dataclass(frozen=True)
class Replies:
    """The replies to one message: `is_over` when no more will come, `rows` those that may be carried in place."""

    is_over: bool
    rows: tuple[int, ...] = ()
    messages: tuple[Outgoing, ...] = ()


def find(session: Session, inbox_id: int) -> Replies:
    rows = list(session.scalars(select(OutboxRow).where(OutboxRow.inbox_id == inbox_id).order_by(OutboxRow.seq)))
    is_open = session.scalar(select(InboxRow.state).where(InboxRow.id == inbox_id)) in INBOX_OPEN
    if not rows or not any(row.done for row in rows):
        return Replies(is_over=not is_open)
    if not all(_is_ours(session, row) for row in rows):
        return Replies(is_over=True)
    return Replies(True, tuple(row.id for row in rows), tuple(Outgoing.from_dict(row.body) for row in rows))


def _is_ours(session: Session, row: OutboxRow) -> bool:
    """Untouched by the relay and with nothing older before it, or carried in place already."""
    if row.state == "sent":
        carried = select(DeliveryRow.id).where(DeliveryRow.outbox_id == row.id, DeliveryRow.outcome == OUTCOME)
        return session.scalar(carried.limit(1)) is not None
    older = select(OutboxRow.id).where(
        OutboxRow.conversation_id == row.conversation_id,
        OutboxRow.seq < row.seq,
        OutboxRow.state.in_(("new", "taken", "waiting")),
        OutboxRow.inbox_id.is_distinct_from(row.inbox_id),
    )
    return row.state == "new" and row.attempts == 0 and session.scalar(older.limit(1)) is None


def record(session: Session, replies: Replies, *, now: datetime) -> bool:
    """Write the rows as sent; False when the relay was faster with any of them, and then nothing may be carried."""
    mine = update(OutboxRow).where(OutboxRow.id.in_(replies.rows), OutboxRow.state == "new", OutboxRow.attempts == 0)
    moved = session.execute(
        mine.values(state="sent", finished_at=now, attempts=1, fence=OutboxRow.fence + 1)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    written = list(moved)
    session.add_all(DeliveryRow(outbox_id=row, at=now, outcome=OUTCOME) for row in written)
    return len(written) in (0, len(replies.rows))
