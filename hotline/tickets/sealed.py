"""What of a ticket is sealed: every word that people wrote, under the worker's key; lists and clocks need none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from hotline import people
from hotline.tickets.categories import catalogue

# Parts of an event that stay in clear: ids, desks, states. Everything else is sealed as one.
CLEAR = ("to", "desk", "from", "into", "ticket", "number", "master", "clock", "level", "days_left", "score", "avoid",
         "handler", "inbox", "seq", "seqs", "told", "kind", "satisfied", "representatives")  # fmt: skip
SEALED = "sealed"
SUMMARY_BYTES = 380  # sealed and encoded this still fits its column


def seal(session: Session, person_id: int | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """An event's body as it is stored."""
    clear = {name: value for name, value in body.items() if name in CLEAR}
    rest = {name: value for name, value in body.items() if name not in CLEAR}
    if not rest:
        return clear
    return {**clear, SEALED: _sealed(session, person_id, json.dumps(rest, ensure_ascii=False, default=str))}


def _sealed(session: Session, person_id: int | None, text: str) -> str:
    """Under the worker's key; what the desk still writes about somebody who was deleted is about nobody."""
    try:
        return people.seal_text(session, person_id, text)
    except people.PersonErased:
        return people.seal_text(session, None, text)


def open_body(session: Session, person_id: int | None, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The body again; of a person who was deleted only the frame is left."""
    if SEALED not in stored:
        return dict(stored)
    opened = people.open_text(session, person_id, stored[SEALED])
    rest = {"text": opened} if opened == people.GONE else json.loads(opened)
    return {**{name: value for name, value in stored.items() if name != SEALED}, **rest}


def summary(session: Session, person_id: int | None, text: str) -> str:
    """One sentence for the lists, sealed."""
    cut = text.encode()[:SUMMARY_BYTES].decode(errors="ignore")
    return _sealed(session, person_id, cut) if cut else ""


def opened_summary(session: Session, person_id: int | None, stored: str) -> str:
    return people.open_text(session, person_id, stored) if stored else ""


def take_private(session: Session, person_id: int | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is personal where it belongs, and leave out what he has not said yes to; the rest goes with the ticket.

    What is left out is named, so that the operator knows to ask.
    """
    kept: dict[str, Any] = {}
    withheld: list[str] = []
    for name, value in facts.items():
        field = catalogue().fields.get(name)
        if field is not None and field.private:
            _seal_field(session, person_id, name, value, withheld)
        elif _may_stay(session, person_id, name):
            kept[name] = value
        else:
            withheld.append(name)
    return {**kept, "withheld": withheld} if withheld else kept


def _seal_field(session: Session, person_id: int | None, name: str, value: Any, withheld: list[str]) -> None:
    try:
        if person_id is None:
            raise people.ConsentMissing(name)
        people.seal(session, person_id, name, str(value))
    except people.ConsentMissing:
        withheld.append(name)


def _may_stay(session: Session, person_id: int | None, name: str) -> bool:
    """Sensitive facts of a ticket (when he was hurt) need a yes of their own."""
    purpose = people.catalogue().in_ticket.get(name)
    if purpose is None or purpose.basis != "separate":
        return True
    return person_id is not None and people.has_consent(session, purpose.id, person_id=person_id)
