"""Which conversation got which version of a card, so that a correction can be told to those who got the old text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.policy.tables import AnswerRow
from kit import clock
from knowledge.base import Base


@dataclass(frozen=True)
class Recalled:
    """A conversation that was given a version which is no longer in force."""

    conversation: str
    card: str
    version: str
    at: datetime


def record_answer(session: Session, conversation: str, message: str, card: str, version: str) -> None:
    """Once for each message and card, however often the turn runs."""
    held = select(AnswerRow.id).where(AnswerRow.message_id == message, AnswerRow.card == card)
    if session.scalar(held) is None:
        row = AnswerRow(conversation_id=conversation, message_id=message, card=card, version=version, at=clock.now())
        session.add(row)
        session.flush()


def recall(session: Session, base: Base, card: str) -> list[Recalled]:
    """Who got a version of this card that is not served any more, latest first."""
    serving = {one.version for one in base.versions.values() if one.id == card and one.status == "published"}
    rows = session.scalars(select(AnswerRow).where(AnswerRow.card == card).order_by(AnswerRow.at.desc()))
    return [Recalled(row.conversation_id, row.card, row.version, row.at) for row in rows if row.version not in serving]
