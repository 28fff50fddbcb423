"""The desk's feed: what happened, numbered in the order of the commits, so that a reader can go on from a number.

A sequence alone has gaps that fill late on PostgreSQL: the transaction with the lower number may commit second, and a
reader that has gone past it never sees it. The numbers are therefore given at the commit, under an advisory lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

import hotline.audit  # noqa: F401 - its listener must come first in every process, or two commits could deadlock
from bot.mailbox.wake import bell
from hotline.tickets.tables import DeskFeedRow

LOCK = 0x6465736B  # "desk"
_PENDING = "desk_feed"
_TOLD = "desk_feed_told"


@dataclass(frozen=True)
class Told:
    """One line of the feed."""

    seq: int
    kind: str
    at: datetime
    ticket_id: int | None
    event_seq: int | None
    alert_id: int | None
    desk_id: str | None


def tell(session: Session, kind: str, at: datetime, **about: Any) -> None:
    """Put a line into the feed when this transaction commits: ticket_id, event_seq, desk_id or alert_id."""
    session.info.setdefault(_PENDING, []).append({"kind": kind, "at": at, **about})


@event.listens_for(Session, "before_commit")
def _number(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    empty = dict.fromkeys(("ticket_id", "event_seq", "alert_id", "desk_id"))
    lines = [{**empty, **line} for line in session.info.pop(_PENDING)]
    session.execute(insert(DeskFeedRow), lines)
    session.info[_TOLD] = True


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_PENDING, None)


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop(_TOLD, False):
        bell.ring("desk")


def after(session: Session, seq: int, limit: int = 200) -> list[Told]:
    """What was told since a number."""
    rows = session.scalars(select(DeskFeedRow).where(DeskFeedRow.seq > seq).order_by(DeskFeedRow.seq).limit(limit))
    return [Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__}) for row in rows]


def last(session: Session) -> int:
    """The newest number: where a page that opens now begins."""
    return int(session.scalar(select(func.max(DeskFeedRow.seq))) or 0)
