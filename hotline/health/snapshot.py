"""What the rows say about the present: queues, the last hour's turns and deliveries, tickets, duties, processes.

Words of people are never read here, only states, kinds and times.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, DeliveryRow, InboxRow, OutboxRow
from hotline.health.tables import ProcessRow
from hotline.policy import current
from hotline.tickets.tables import TicketClockRow, TicketRow
from kit import duties

LATELY = timedelta(hours=1)
MOST_TURNS = 20_000  # of a busier hour the latest are enough for a median
SILENT_AFTER = timedelta(seconds=30)
DUTY_GRACE = 60.0


@dataclass(frozen=True)
class Queue:
    """Rows that wait, and for how long the oldest has waited beyond its due time."""

    name: str
    rows: int
    oldest_s: float


@dataclass(frozen=True)
class Process:
    id: str
    roles: str
    started_at: datetime
    seen_at: datetime
    is_silent: bool
    about: dict[str, Any]


@dataclass(frozen=True)
class Health:
    at: datetime
    queues: tuple[Queue, ...]
    turns: int
    turn_p50_s: float
    turn_p95_s: float
    answers: dict[str, int]
    deliveries: dict[tuple[str, str], int]
    windows_shut: dict[str, int]
    undeliverable: dict[str, int]
    buried: int
    tickets: dict[str, int]
    clocks_over: dict[str, int]
    tickets_with_alert: int
    duties: tuple[duties.Standing, ...]
    processes: tuple[Process, ...]
    policy_version: int


def take(session: Session, now: datetime) -> Health:
    since = now - LATELY
    turns = _turns(session, since)
    return Health(
        at=now,
        queues=(_inbox(session, now), *_outbox(session, now)),
        turns=len(turns),
        turn_p50_s=_share(turns, 0.5),
        turn_p95_s=_share(turns, 0.95),
        answers=_answers(session, since),
        deliveries=_deliveries(session, since),
        windows_shut=_by_channel(session, "waiting"),
        undeliverable=_by_channel(session, "undeliverable"),
        buried=session.scalar(select(func.count()).where(InboxRow.state == "buried")) or 0,
        tickets=_counted(session, select(TicketRow.state, func.count()).group_by(TicketRow.state)),
        clocks_over=_clocks_over(session, now),
        tickets_with_alert=_with_alert(session),
        duties=tuple(duties.standings(session, now, DUTY_GRACE)),
        processes=_processes(session, now),
        policy_version=current.counter(session).last,
    )


def _inbox(session: Session, now: datetime) -> Queue:
    oldest = select(func.count(), func.min(InboxRow.received_at)).where(InboxRow.state.in_(inbox.OPEN))
    rows, since = session.execute(oldest).one()
    return Queue("inbox", rows, _age(since, now))


def _outbox(session: Session, now: datetime) -> list[Queue]:
    open_rows = (
        select(ConversationRow.channel, func.count(), func.min(OutboxRow.created_at))
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(OutboxRow.state.in_(("new", "taken")), ConversationRow.channel != "web")
        .group_by(ConversationRow.channel)
        .order_by(ConversationRow.channel)
    )
    return [Queue(f"outbox {channel}", rows, _age(since, now)) for channel, rows, since in session.execute(open_rows)]


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _turns(session: Session, since: datetime) -> list[float]:
    """Seconds from a message's arrival to the end of its turn, sorted."""
    ended = (
        select(InboxRow.received_at, InboxRow.finished_at)
        .where(InboxRow.state == "done", InboxRow.received_at >= since)
        .order_by(InboxRow.id.desc())
        .limit(MOST_TURNS)
    )
    return sorted((end - start).total_seconds() for start, end in session.execute(ended) if end is not None)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _answers(session: Session, since: datetime) -> dict[str, int]:
    kind = OutboxRow.body["kind"].as_string()
    return _counted(session, select(kind, func.count()).where(OutboxRow.created_at >= since).group_by(kind))


def _counted(session: Session, query: Select[str, int]) -> dict[str, int]:
    return {str(name): int(number) for name, number in session.execute(query)}


def _deliveries(session: Session, since: datetime) -> dict[tuple[str, str], int]:
    tried = (
        select(ConversationRow.channel, DeliveryRow.outcome, func.count())
        .join(OutboxRow, OutboxRow.id == DeliveryRow.outbox_id)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(DeliveryRow.at >= since)
        .group_by(ConversationRow.channel, DeliveryRow.outcome)
    )
    return {(channel, outcome): number for channel, outcome, number in session.execute(tried)}


def _by_channel(session: Session, state: str) -> dict[str, int]:
    rows = (
        select(ConversationRow.channel, func.count())
        .join(OutboxRow, OutboxRow.conversation_id == ConversationRow.id)
        .where(OutboxRow.state == state)
        .group_by(ConversationRow.channel)
    )
    return _counted(session, rows)


def _clocks_over(session: Session, now: datetime) -> dict[str, int]:
    """By the kind of clock; all legal clocks are one kind here, since their names grow with the law."""
    over = (
        select(TicketClockRow.kind)
        .join(TicketRow, TicketRow.id == TicketClockRow.ticket_id)
        .where(TicketClockRow.due_at < now, TicketClockRow.done_at.is_(None), TicketClockRow.paused_at.is_(None))
        .where(TicketRow.closed_at.is_(None))
    )
    return dict(Counter(kind.partition(":")[0] for kind in session.scalars(over)))


def _with_alert(session: Session) -> int:
    open_ones = select(func.count()).where(TicketRow.alert_id.is_not(None), TicketRow.closed_at.is_(None))
    return session.scalar(open_ones) or 0


def _processes(session: Session, now: datetime) -> tuple[Process, ...]:
    rows = session.scalars(select(ProcessRow).order_by(ProcessRow.id))
    return tuple(
        Process(row.id, row.roles, row.started_at, row.seen_at, row.seen_at < now - SILENT_AFTER, dict(row.about))
        for row in rows
    )
