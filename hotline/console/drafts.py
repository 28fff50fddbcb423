"""What an operator has begun to write: kept for him, and a sign to others that he is writing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import people
from hotline.console.tables import DraftRow, OperatorRow
from kit import clock

FRESH = timedelta(seconds=20)
LONGEST = 8000


def keep(session: Session, operator_id: int, ticket_id: int, kind: str, text: str) -> None:
    """Kept sealed like every word about a worker; an empty one goes."""
    if not text.strip():
        drop(session, operator_id, ticket_id, kind)
        return
    session.merge(
        DraftRow(
            operator_id=operator_id,
            ticket_id=ticket_id,
            kind=kind,
            text=people.seal_text(session, None, text[:LONGEST]),
            at=clock.now(),
        )
    )


def find(session: Session, operator_id: int, ticket_id: int) -> dict[str, str]:
    """His drafts on a ticket, by kind."""
    rows = session.scalars(select(DraftRow).filter_by(operator_id=operator_id, ticket_id=ticket_id))
    return {row.kind: people.open_text(session, None, row.text) for row in rows}


def drop(session: Session, operator_id: int, ticket_id: int, kind: str) -> None:
    session.execute(delete(DraftRow).filter_by(operator_id=operator_id, ticket_id=ticket_id, kind=kind))


def typing(session: Session, ticket_id: int, *, but: int) -> list[str]:
    """Who else is writing to this worker right now."""
    names = (
        select(OperatorRow.name)
        .join(DraftRow, DraftRow.operator_id == OperatorRow.id)
        .where(
            DraftRow.ticket_id == ticket_id,
            DraftRow.kind == "reply",
            DraftRow.operator_id != but,
            DraftRow.at > clock.now() - FRESH,
        )
        .order_by(OperatorRow.name)
    )
    return list(session.scalars(names))
