"""Texts that operators send often; what stands in braces is filled in when one is inserted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.console.tables import CannedReplyRow
from hotline.tickets.shapes import Ticket
from knowledge.regions import load_tree
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "canned_replies.yml"
VARIABLES = ("number", "code", "employer", "place", "category")


@dataclass(frozen=True)
class CannedReply:
    title: str
    text: str
    id: int | None = None
    desk_id: str = ""
    categories: tuple[str, ...] = ()


def every(session: Session) -> list[CannedReply]:
    """Those of the desks; the shipped ones until somebody has written the first."""
    rows = session.scalars(select(CannedReplyRow).order_by(CannedReplyRow.title)).all()
    if not rows:
        return shipped()
    return [CannedReply(row.title, row.text, row.id, row.desk_id, tuple(row.categories)) for row in rows]


def shipped() -> list[CannedReply]:
    raw = read_yaml(FILE)
    return [
        CannedReply(one["title"], one["text"], categories=tuple(one.get("categories", ()))) for one in raw["replies"]
    ]


def for_ticket(session: Session, ticket: Ticket) -> list[CannedReply]:
    """Those that fit, filled in; what is not known stays in braces for the operator to see."""
    known = values(ticket)
    return [
        CannedReply(one.title, fill(one.text, known), one.id)
        for one in every(session)
        if one.desk_id in ("", ticket.desk_id) and (not one.categories or ticket.category in one.categories)
    ]


def values(ticket: Ticket) -> dict[str, str]:
    place = load_tree().full_title(ticket.region) if ticket.region else ticket.place
    return {"number": ticket.number, "code": ticket.code, "employer": ticket.employer, "place": place}


def fill(text: str, known: Mapping[str, str]) -> str:
    """Plain replacement, no template language: an operator's text can run nothing."""
    for name, value in known.items():
        if value:
            text = text.replace("{" + name + "}", value)
    return text
