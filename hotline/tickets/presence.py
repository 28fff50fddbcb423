"""Who is at the desk right now; the bot's words depend on it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import rota
from hotline.tickets.tables import PresenceRow
from kit import clock

PRESENT_FOR = timedelta(minutes=3)


def note_presence(session: Session, operator_id: int) -> None:
    session.merge(PresenceRow(operator_id=operator_id, seen_at=clock.now()))


def somebody_is_on_call(session: Session) -> bool:
    """Somebody will hear of danger now: he is at the desk, or the rota has him and his duty phone rings."""
    return somebody_is_here(session) or rota.somebody_can_be_called(session, clock.now())


def somebody_is_here(session: Session) -> bool:
    """An operator has the desk's pages open right now."""
    since = clock.now() - PRESENT_FOR
    return session.scalar(select(PresenceRow.operator_id).where(PresenceRow.seen_at > since).limit(1)) is not None
