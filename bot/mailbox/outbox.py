"""Stages 6 and 7: a message to a worker is queued once, delivered in order, each attempt recorded.

`queue` takes an Outgoing and nothing else: a note has no road to a worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, case, select, update
from sqlalchemy.orm import Session

from bot.mailbox.due import is_due
from bot.mailbox.inbox import LeaseLost
from bot.mailbox.tables import ConversationRow, DeliveryRow, InboxRow, OutboxRow
from bot.messages import Outgoing

OPEN = ("new", "taken", "waiting")
PULLED = ("web",)  # the page fetches its messages by seq: a row that is stored is a row that is sent
# The webhook that brought a message may carry its answer while the platform waits (seconds): the relay leaves it alone.
ANSWERED_IN_PLACE = {"wechat": 4.5}
# Built once, because every message that comes in asks it.
_WAITING = (
    select(ConversationRow.__table__.c.channel)
    .join(OutboxRow.__table__, OutboxRow.__table__.c.conversation_id == ConversationRow.__table__.c.id)
    .where(OutboxRow.__table__.c.conversation_id == bindparam("conversation"))
    .where(OutboxRow.__table__.c.state == "waiting")
)


@dataclass(frozen=True)
class Parcel:
    """An outbox row that this worker may deliver until the lease ends."""

    outbox_id: int
    conversation_id: str
    channel: str
    account: str
    address: str
    seq: int
    fence: int
    attempts: int
    body: dict[str, Any]
    done: bool
    created_at: datetime
    claimed_at: datetime


def queue(
    session: Session,
    conversation_id: str,
    outgoing: Outgoing,
    *,
    key: str,
    now: datetime,
    done: bool = False,
    inbox_id: int | None = None,
) -> int | None:
    """Put a message on its way; the same key twice has one effect. Returns its seq, or None for a repeat."""
    if not isinstance(outgoing, Outgoing):
        raise TypeError(f"only an Outgoing may reach a worker, not {type(outgoing).__name__}")
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
        return None
    seq, channel = session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(next_seq=ConversationRow.next_seq + 1)
        .returning(ConversationRow.next_seq, ConversationRow.channel)
    ).one()
    session.add(
        OutboxRow(
            conversation_id=conversation_id,
            seq=seq - 1,
            key=key,
            inbox_id=inbox_id,
            body=outgoing.as_dict(),
            done=done,
            created_at=now,
            run_at=max(now, _held_until(session, channel, inbox_id) or now),
            state="sent" if channel in PULLED else "new",
            finished_at=now if channel in PULLED else None,
        )
    )
    session.flush()
    return int(seq) - 1


def _held_until(session: Session, channel: str, inbox_id: int | None) -> datetime | None:
    if inbox_id is None or channel not in ANSWERED_IN_PLACE:
        return None
    received_at = session.scalar(select(InboxRow.received_at).where(InboxRow.id == inbox_id))
    return None if received_at is None else received_at + timedelta(seconds=ANSWERED_IN_PLACE[channel])


_DUE = (
    select(OutboxRow.id)
    .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
    .where(ConversationRow.channel.in_(bindparam("channels", expanding=True)), is_due(OutboxRow, OPEN))
    .order_by(OutboxRow.id)
    .limit(bindparam("most", type_=Integer))
)


def claim(session: Session, *, now: datetime, lease: float, limit: int, channels: tuple[str, ...]) -> list[Parcel]:
    """Take the oldest open row of up to `limit` conversations on these channels.

    A row whose lease ended had a worker that died or hung: it may have been sent already, and is marked so.
    """
    candidates = _DUE
    if session.get_bind().dialect.name == "postgresql":
        candidates = candidates.with_for_update(of=OutboxRow, skip_locked=True)
    ids = list(session.scalars(candidates, {"now": now, "channels": channels, "most": limit}))
    if not ids:
        return []
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids))
        .values(
            possibly_twice=case((OutboxRow.state == "taken", True), else_=OutboxRow.possibly_twice),
            state="taken",
            lease_until=now + timedelta(seconds=lease),
            attempts=OutboxRow.attempts + 1,
            fence=OutboxRow.fence + 1,
        )
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        select(OutboxRow, ConversationRow)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(OutboxRow.id.in_(ids))
        .order_by(OutboxRow.id)
        .execution_options(populate_existing=True)
    )
    return [_parcel(row, conversation, now) for row, conversation in rows]


def _parcel(row: OutboxRow, conversation: ConversationRow, now: datetime) -> Parcel:
    return Parcel(
        outbox_id=row.id,
        conversation_id=row.conversation_id,
        channel=conversation.channel,
        account=conversation.account,
        address=conversation.address,
        seq=row.seq,
        fence=row.fence,
        attempts=row.attempts,
        body=row.body,
        done=row.done,
        created_at=row.created_at,
        claimed_at=now,
    )


@dataclass(frozen=True)
class Attempt:
    """How one attempt ended; `state` is what becomes of the row."""

    outcome: str
    state: str
    took_ms: int = 0
    detail: str = ""
    platform_id: str = ""
    retry_at: datetime | None = None
    possibly_twice: bool = False


def record(session: Session, parcel: Parcel, attempt: Attempt, *, now: datetime) -> None:
    """Write the attempt and the row's new state, or raise LeaseLost when the fence has moved on."""
    state = attempt.state
    if state == "waiting" and _wrote_since(session, parcel):
        state = "new"  # he wrote while we tried: what he opened is open, and nobody would wake this row again
    values: dict[str, Any] = {"state": state, "lease_until": None}
    if attempt.state in ("sent", "undeliverable"):
        values["finished_at"] = now
    if attempt.retry_at is not None:
        values["run_at"] = attempt.retry_at
    if attempt.possibly_twice:
        values["possibly_twice"] = True
    result = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == parcel.outbox_id, OutboxRow.fence == parcel.fence, OutboxRow.state == "taken")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"outbox row {parcel.outbox_id} is held by another worker now")
    session.add(
        DeliveryRow(
            outbox_id=parcel.outbox_id,
            at=now,
            took_ms=attempt.took_ms,
            outcome=attempt.outcome,
            detail=attempt.detail[:2000],
            platform_id=attempt.platform_id,
        )
    )


def _wrote_since(session: Session, parcel: Parcel) -> bool:
    last = session.scalar(select(ConversationRow.last_in_at).where(ConversationRow.id == parcel.conversation_id))
    return last is not None and last > parcel.claimed_at


def report(session: Session, outbox_id: int, *, delivered: bool, detail: str, now: datetime) -> str | None:
    """A platform's late word on a message it had taken. Returns the conversation when it did not arrive after all."""
    row = session.get(OutboxRow, outbox_id)
    if row is None:
        return None
    outcome = "delivered" if delivered else "not_delivered"
    session.add(DeliveryRow(outbox_id=outbox_id, at=now, outcome=outcome, detail=detail[:2000]))
    if delivered or row.state != "sent":
        return None
    row.state = "undeliverable"
    return row.conversation_id


def release(session: Session, conversation_id: str, *, now: datetime) -> int:
    """The worker has written: what waited for an open window may go now. Returns how many messages waited.

    Where a webhook's answer can carry them, the relay gives it the time to.
    """
    channels = session.connection().execute(_WAITING, {"conversation": conversation_id}).scalars().all()
    if not channels:
        return 0
    until = now + timedelta(seconds=ANSWERED_IN_PLACE.get(channels[0], 0.0))
    released = (
        update(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id, OutboxRow.state == "waiting")
        .values(state="new", run_at=until)
    )
    session.execute(released.execution_options(synchronize_session=False))
    return len(channels)


def after(session: Session, conversation_id: str, seq: int, *, limit: int = 100) -> list[OutboxRow]:
    """What a web page has not seen yet."""
    rows = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id, OutboxRow.seq > seq)
        .order_by(OutboxRow.seq)
        .limit(limit)
    )
    return list(rows)
