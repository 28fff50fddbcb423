"""Sealing: AES-256-GCM under a person's own key. The sealed text names its key, so that it opens after a merge, too.

`s1.<key id>.<base64 of nonce and ciphertext>`; the label (a field's name, `text`) is bound in, so that a sealed phone
cannot be passed off as a note.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from hotline.people import keys
from hotline.people.errors import PeopleError, PersonErased
from hotline.people.tables import PersonRow

SEALED = "s1."
GONE = "［已按本人要求删除］"
NOBODY = "nobody"  # texts of no person: a failure's ticket before anybody is known


class Damaged(PeopleError):
    """The sealed text was changed, or belongs elsewhere."""


def seal_with(key_id: str, label: str, text: str) -> str:
    key = keys.store().find(key_id)
    if key is None:
        raise PersonErased("this person was deleted; a new conversation begins a new one")
    nonce = os.urandom(keys.NONCE)
    closed = nonce + key.encrypt(nonce, text.encode("utf-8", "surrogatepass"), label.encode())
    return f"{SEALED}{key_id}.{base64.b64encode(closed).decode()}"


def open_with(label: str, token: str) -> str | None:
    """The words, or None when their key was destroyed."""
    _, key_id, closed = token.split(".", 2)
    key = keys.store().find(key_id)
    if key is None:
        return None
    raw = base64.b64decode(closed)
    try:
        return key.decrypt(raw[: keys.NONCE], raw[keys.NONCE :], label.encode()).decode("utf-8", "surrogatepass")
    except InvalidTag as error:
        raise Damaged(f"a sealed {label} does not open: the row was changed or moved") from error


def seal_text(session: Session, person_id: int | None, text: str) -> str:
    """Words of a thread, sealed under the person's key."""
    if person_id is None:
        keys.store().ensure(NOBODY)
        return seal_with(NOBODY, "text", text)
    return seal_with(key_of(session, person_id), "text", text)


def open_text(session: Session, person_id: int | None, token: str) -> str:
    """What was sealed; a fixed word when the person was deleted. Words from before sealing pass as they are."""
    if not token.startswith(SEALED):
        return token
    opened = open_with("text", token)
    return GONE if opened is None else opened


def key_of(session: Session, person_id: int) -> str:
    key_id = session.get_one(PersonRow, person_id).key_id
    if key_id is None:
        raise PersonErased(f"person {person_id} was deleted")
    return key_id
