"""What a worker said yes to: a yes or no is a row with the notice's version; the newest row of a purpose holds."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.people.catalogue import catalogue
from hotline.people.tables import ConsentRow, PersonConversationRow, PersonFieldRow
from kit import clock


def consent(
    session: Session,
    *,
    conversation_id: str | None = None,
    person_id: int | None = None,
    purpose: str,
    version: str,
    yes: bool,
) -> None:
    """Write it down; a no also removes what only that yes allowed."""
    asked = catalogue().purpose(purpose)
    if person_id is None and conversation_id is not None:
        person_id = person_of(session, conversation_id)
    row = ConsentRow(
        conversation_id=conversation_id, person_id=person_id, purpose=asked.id, version=version, yes=yes, at=clock.now()
    )
    session.add(row)
    session.flush()
    subject = f"person:{person_id}" if person_id is not None else f"conversation:{conversation_id}"
    act = "consent.given" if yes else "consent.withdrawn"
    audit.record(session, f"worker:{conversation_id or '-'}", act, subject, {"purpose": purpose, "version": version})
    if not yes and person_id is not None:
        names = [field.name for field in catalogue().sealed.values() if field.purpose == asked]
        gone = delete(PersonFieldRow).where(PersonFieldRow.person_id == person_id, PersonFieldRow.field.in_(names))
        session.execute(gone.execution_options(synchronize_session="fetch"))


def has_consent(
    session: Session, purpose: str, *, conversation_id: str | None = None, person_id: int | None = None
) -> bool:
    """The newest answer to this purpose, on any road of the same person."""
    if person_id is None and conversation_id is not None:
        person_id = person_of(session, conversation_id)
    newest = (
        select(ConsentRow.yes)
        .where(ConsentRow.purpose == purpose, _his(conversation_id, person_id))
        .order_by(ConsentRow.id.desc())
        .limit(1)
    )
    return bool(session.scalar(newest))


def person_of(session: Session, conversation_id: str) -> int | None:
    return session.scalar(select(PersonConversationRow.person_id).filter_by(conversation_id=conversation_id))


def _his(conversation_id: str | None, person_id: int | None) -> ColumnElement[bool]:
    if person_id is None:
        return ConsentRow.conversation_id == conversation_id
    roads = select(PersonConversationRow.conversation_id).filter_by(person_id=person_id)
    return or_(ConsentRow.person_id == person_id, ConsentRow.conversation_id.in_(roads))
