"""Workers as the desk knows them. Everything personal is sealed under a key of the person's own (PIPL 6, 29, 47)."""

from hotline.people.catalogue import catalogue
from hotline.people.consents import consent, has_consent, person_of
from hotline.people.copying import by_link, export, export_conversation, is_link, make_link, readable
from hotline.people.erasing import erase, erase_conversation, finish, replay, when_erased, withdraw
from hotline.people.errors import ConsentMissing, PeopleError, PersonErased, UnknownField
from hotline.people.fields import (
    by_kind,
    for_conversation,
    held,
    living,
    mask,
    masked,
    new_person,
    note_child,
    person_by,
    person_by_phone,
    phone_marks,
    reveal,
    roads_of,
    seal,
)
from hotline.people.keeping import end_what_is_over
from hotline.people.register import Whose, register
from hotline.people.sealing import GONE, Damaged, open_text, seal_text

__all__ = [
    "GONE",
    "ConsentMissing",
    "Damaged",
    "PeopleError",
    "PersonErased",
    "UnknownField",
    "Whose",
    "by_kind",
    "by_link",
    "catalogue",
    "consent",
    "end_what_is_over",
    "erase",
    "erase_conversation",
    "export",
    "export_conversation",
    "finish",
    "for_conversation",
    "has_consent",
    "held",
    "is_link",
    "living",
    "make_link",
    "mask",
    "masked",
    "new_person",
    "note_child",
    "open_text",
    "person_by",
    "person_by_phone",
    "person_of",
    "phone_marks",
    "readable",
    "register",
    "replay",
    "reveal",
    "roads_of",
    "seal",
    "seal_text",
    "when_erased",
    "withdraw",
]
