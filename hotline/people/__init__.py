"""Workers as the desk knows them. Everything personal is sealed under a key of the person's own (PIPL 6, 29, 47)."""

from hotline.people.catalogue import catalogue
from hotline.people.consents import consent, has_consent, person_of
from hotline.people.errors import ConsentMissing, PeopleError, PersonErased, UnknownField
from hotline.people.fields import (
    for_conversation,
    held,
    mask,
    masked,
    new_person,
    note_child,
    person_by,
    person_by_phone,
    reveal,
    seal,
)
from hotline.people.sealing import GONE, Damaged, open_text, seal_text

__all__ = [
    "GONE",
    "ConsentMissing",
    "Damaged",
    "PeopleError",
    "PersonErased",
    "UnknownField",
    "catalogue",
    "consent",
    "for_conversation",
    "has_consent",
    "held",
    "mask",
    "masked",
    "new_person",
    "note_child",
    "open_text",
    "person_by",
    "person_by_phone",
    "person_of",
    "reveal",
    "seal",
    "seal_text",
]
