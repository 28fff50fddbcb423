"""How long sealed fields are kept: the catalogue's keep_days, and not a day longer (PIPL 19, 47)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.people.catalogue import catalogue
from hotline.people.tables import CopyLinkRow, PersonFieldRow
from kit import clock
from kit.db import Database


def end_what_is_over(database: Database) -> None:
    """The duty `end sealed fields`."""
    with database.transaction() as session:
        for field in catalogue().sealed.values():
            _end(session, field.name, field.purpose.keep_days)
        session.execute(delete(CopyLinkRow).where(CopyLinkRow.expires_at < clock.now()))


def _end(session: Session, field: str, keep_days: int) -> None:
    over = PersonFieldRow.field == field, PersonFieldRow.at < clock.now() - timedelta(days=keep_days)
    count = len(session.scalars(select(PersonFieldRow.person_id).where(*over)).all())
    if count:
        session.execute(delete(PersonFieldRow).where(*over))
        audit.record(session, "system", "fields.ended", f"field:{field}", {"people": count})
