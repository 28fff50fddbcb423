"""Questions that the bot answered badly or not at all: what the desk reads to see which card is missing.

The words are masked before they come here and go with the worker's other words when he has them deleted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.policy.tables import MissRow
from kit import clock
from knowledge.encoder import normalise

Reason = Literal["not_this", "not_useful", "not_understood"]
LONGEST = 200
LOOK_BACK = timedelta(days=60)
_MARKS = re.compile(r"[^\w一-鿿]+")


@dataclass(frozen=True)
class Group:
    """One question that was missed several times, in its latest words."""

    question: str
    count: int
    card: str | None
    last_at: datetime


def normal(question: str) -> str:
    """Questions that differ only in marks, spaces, width or case are one."""
    return _MARKS.sub("", normalise(question))[:LONGEST]


def record(
    session: Session,
    *,
    message_id: str,
    conversation_id: str,
    reason: Reason,
    question: str,
    card: str | None = None,
    topic: str = "",
    region: str | None = None,
) -> None:
    """Once a message, however often the turn runs; a question without words is not worth a row."""
    key = normal(question)
    if not key or session.scalar(select(MissRow.id).where(MissRow.message_id == message_id)) is not None:
        return
    session.add(
        MissRow(
            message_id=message_id,
            conversation_id=conversation_id,
            at=clock.now(),
            reason=reason,
            question=question[:LONGEST],
            normal=key,
            card=card or None,
            topic=topic,
            region=region,
        )
    )
    session.flush()


def groups(session: Session, since: datetime, limit: int = 50) -> list[Group]:
    """The questions missed most often since a moment, each with the card that was shown for it."""
    count = func.count(MissRow.id)
    rows = session.execute(
        select(func.max(MissRow.id), count)
        .where(MissRow.at >= since)
        .group_by(MissRow.normal)
        .order_by(count.desc(), func.max(MissRow.id).desc())
        .limit(limit)
    ).all()
    found = {row.id: row for row in session.scalars(select(MissRow).where(MissRow.id.in_([row[0] for row in rows])))}
    return [Group(found[id].question, many, found[id].card, found[id].at) for id, many in rows]


def forget(session: Session, conversation_id: str) -> None:
    """The worker's words are deleted here too."""
    session.execute(delete(MissRow).where(MissRow.conversation_id == conversation_id))
