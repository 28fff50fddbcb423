"""A person's sealed fields: stored when he said yes, shown masked, opened only as an act on record."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow
from hotline import audit
from hotline.people import keys, sealing
from hotline.people.catalogue import SealedField, catalogue
from hotline.people.consents import has_consent, person_of
from hotline.people.errors import ConsentMissing, PersonErased
from hotline.people.tables import PersonConversationRow, PersonFieldRow, PersonRow
from kit import clock
from kit.settings import derived_secret

HIDDEN = "已填写，点“查看”才显示"


def new_person(session: Session) -> int:
    """Somebody the desk knows without a conversation of ours: a caller."""
    row = PersonRow(key_id=keys.store().new(), created_at=clock.now())
    session.add(row)
    session.flush()
    return row.id


def living() -> Select[int]:
    """The people who were not deleted, as a part of other queries."""
    return select(PersonRow.id).where(PersonRow.key_id.is_not(None))


def for_conversation(session: Session, conversation_id: str) -> int:
    """The person of a conversation, made at need; nothing personal is stored by this."""
    known = person_of(session, conversation_id)
    if known is not None:
        return known
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"conversation_id": conversation_id, "person_id": new_person(session)}
    session.execute(insert(PersonConversationRow).values(row).on_conflict_do_nothing())
    return session.get_one(PersonConversationRow, conversation_id).person_id


def person_by(session: Session, field: str, value: str) -> int | None:
    """Who has this value in a field by which people may be found."""
    if not catalogue().field(field).find:
        return None
    rows = select(PersonFieldRow.person_id).filter_by(field=field, blind=_blind(field, value))
    return session.scalar(rows.order_by(PersonFieldRow.person_id).limit(1))


def person_by_phone(session: Session, phone: str) -> int | None:
    return person_by(session, "phone", phone)


def phone_marks(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """For each person whose phone is known the mark that two persons with the same phone share."""
    rows = select(PersonFieldRow.person_id, PersonFieldRow.blind).where(
        PersonFieldRow.field == "phone", PersonFieldRow.person_id.in_(person_ids), PersonFieldRow.blind.is_not(None)
    )
    return {person_id: f"phone:{blind}" for person_id, blind in session.execute(rows)}


def seal(session: Session, person_id: int, field: str, value: str) -> None:
    """Store one field; refused when the catalogue does not know it or the worker has not said yes to its purpose."""
    known = catalogue().field(field)
    row = session.get_one(PersonRow, person_id)
    if row.key_id is None or row.restricted_at is not None:
        raise PersonErased(f"person {person_id} was deleted or is restricted; nothing more is stored of him")
    _check_consent(session, row, known)
    session.merge(
        PersonFieldRow(
            person_id=person_id,
            field=field,
            value=sealing.seal_with(row.key_id, field, value),
            blind=_blind(field, value) if known.find else None,
            at=clock.now(),
        )
    )
    session.flush()


def _check_consent(session: Session, row: PersonRow, field: SealedField) -> None:
    if field.purpose.needs_yes and not has_consent(session, field.purpose.id, person_id=row.id):
        raise ConsentMissing(f"{field.title}：先问他同不同意“{field.purpose.title}”")
    if row.is_child and field.purpose.basis != "emergency" and not has_consent(session, "guardian", person_id=row.id):
        raise ConsentMissing(f"{field.title}：不满14岁，先要家长或监护人同意（个信§31）")


def note_child(session: Session, person_id: int) -> None:
    """Under fourteen: what was sealed without a guardian's yes goes, and nothing more is sealed before it."""
    session.get_one(PersonRow, person_id).is_child = True
    if not has_consent(session, "guardian", person_id=person_id):
        safe = [one.name for one in catalogue().sealed.values() if one.purpose.basis == "emergency"]
        gone = delete(PersonFieldRow).where(PersonFieldRow.person_id == person_id, PersonFieldRow.field.not_in(safe))
        session.execute(gone.execution_options(synchronize_session="fetch"))
    audit.record(session, "system", "person.is_child", f"person:{person_id}")


def held(session: Session, person_id: int) -> list[str]:
    """The names of the fields that are stored of him."""
    names = select(PersonFieldRow.field).filter_by(person_id=person_id)
    return list(session.scalars(names.order_by(PersonFieldRow.field)))


def by_kind(session: Session) -> dict[str, list[int]]:
    """For each kind of data the people of whom some is stored: whom a leak concerns."""
    found: dict[str, set[int]] = {}
    for person_id, field in session.execute(select(PersonFieldRow.person_id, PersonFieldRow.field)):
        found.setdefault(catalogue().field(field).kind, set()).add(person_id)
    return {kind: sorted(persons) for kind, persons in found.items()}


def roads_of(session: Session, person_id: int) -> list[tuple[str, str]]:
    """Over which channel and conversation a person can be told something."""
    query = (
        select(ConversationRow.channel, ConversationRow.id)
        .join(PersonConversationRow, PersonConversationRow.conversation_id == ConversationRow.id)
        .where(PersonConversationRow.person_id == person_id)
    )
    return [(channel, conversation) for channel, conversation in session.execute(query)]


def masked(session: Session, person_id: int, field: str) -> str:
    """As the desk sees it without asking; empty when there is nothing."""
    known = catalogue().field(field)
    value = _opened(session, person_id, field)
    return mask(known.mask, value) if value else ""


def reveal(session: Session, person_id: int, field: str, *, actor: str, why: str) -> str:
    """The value in clear. That somebody looked, and why, goes on record in the same transaction."""
    value = _opened(session, person_id, field)
    if value:
        audit.record(session, actor, "field.revealed", f"person:{person_id}", {"field": field, "why": why[:120]})
    return value


def _opened(session: Session, person_id: int, field: str) -> str:
    row = session.get(PersonFieldRow, (person_id, field))
    return "" if row is None else sealing.open_with(field, row.value) or ""


def mask(kind: str, value: str) -> str:
    match kind:
        case "phone":
            digits = re.sub(r"\D", "", value)
            return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "****"
        case "name":
            return value[:1] + "*" * max(1, min(len(value) - 1, 3))
        case "number":
            return f"****{value[-2:]}" if len(value) > 6 else "****"
        case _:
            return HIDDEN


def _blind(field: str, value: str) -> str:
    """A keyed hash of the value as everybody would write it: found by equality, readable by nobody."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", value)).casefold()
    if field == "phone":
        plain = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", plain)
    return hmac.new(_index_key(), f"{field}:{plain}".encode(), hashlib.sha256).hexdigest()


def _index_key() -> bytes:
    return derived_secret("blind index").encode()
