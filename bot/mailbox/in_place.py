"""A reply carried by the answer to the webhook that brought the message, instead of by the relay.

The rows are written as sent before the platform has read them: when the connection breaks, the platform repeats the
webhook, and the repeat finds the same rows and gets the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox.inbox import OPEN as INBOX_OPEN
from bot.mailbox.outbox import OPEN as OUTBOX_OPEN
from bot.mailbox.tables import DeliveryRow, InboxRow, OutboxRow
from bot.messages import Outgoing

OUTCOME = "in_place"


@dataclass(frozen=True)
class Replies:
    """What may be carried: `is_over` when no more will come, `was_carried` when a repeat must get the same again."""

    is_over: bool
    rows: tuple[int, ...] = ()
    messages: tuple[Outgoing, ...] = ()
    was_carried: bool = False

    def first(self, count: int) -> Replies:
        return replace(self, rows=self.rows[:count], messages=self.messages[:count])


def find(session: Session, inbox_id: int) -> Replies:
    """The replies to a message, after whatever still waits in the conversation: order holds here too."""
    again = _carried(session, inbox_id)
    if again:
        return _replies(again, was_carried=True)
    state, conversation_id = session.execute(
        select(InboxRow.state, InboxRow.conversation_id).where(InboxRow.id == inbox_id)
    ).one()
    own = select(OutboxRow).where(OutboxRow.inbox_id == inbox_id).order_by(OutboxRow.seq)
    rows = list(session.scalars(own))
    if not any(row.done for row in rows):
        return Replies(is_over=state not in INBOX_OPEN)
    before = select(OutboxRow).where(
        OutboxRow.conversation_id == conversation_id, OutboxRow.seq < rows[0].seq, OutboxRow.state.in_(OUTBOX_OPEN)
    )
    rows = [*session.scalars(before.order_by(OutboxRow.seq)), *rows]
    if any(row.state != "new" for row in rows):  # the relay has them, or had
        return Replies(is_over=True)
    return _replies(rows, was_carried=False)


def _carried(session: Session, inbox_id: int) -> list[OutboxRow]:
    """What an earlier answer to the same webhook carried."""
    mark = DeliveryRow.outbox_id == OutboxRow.id, DeliveryRow.outcome == OUTCOME
    own = select(OutboxRow.conversation_id).where(OutboxRow.inbox_id == inbox_id).limit(1).scalar_subquery()
    carried = (
        select(OutboxRow)
        .join(DeliveryRow, mark[0])
        .where(mark[1], DeliveryRow.platform_id == str(inbox_id), OutboxRow.conversation_id == own)
        .order_by(OutboxRow.seq)
    )
    return list(session.scalars(carried))


def _replies(rows: list[OutboxRow], *, was_carried: bool) -> Replies:
    messages = tuple(Outgoing.from_dict(row.body) for row in rows)
    return Replies(True, tuple(row.id for row in rows), messages, was_carried)


def record(session: Session, replies: Replies, inbox_id: int, *, now: datetime) -> bool:
    """Write the rows as sent; False when the relay was faster with any of them, and then nothing may be carried."""
    mine = update(OutboxRow).where(OutboxRow.id.in_(replies.rows), OutboxRow.state == "new")
    moved = session.execute(
        mine.values(state="sent", finished_at=now, attempts=OutboxRow.attempts + 1, fence=OutboxRow.fence + 1)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    written = list(moved)
    marks = [DeliveryRow(outbox_id=row, at=now, outcome=OUTCOME, platform_id=str(inbox_id)) for row in written]
    session.add_all(marks)
    return len(written) == len(replies.rows)
