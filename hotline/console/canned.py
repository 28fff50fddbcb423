"""Texts that operators send often; what stands in braces is filled in when one is inserted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.console.errors import NotThere
from hotline.console.tables import CannedReplyRow
from hotline.tickets.shapes import Ticket
from kit import clock
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


def keep(session: Session, number: str, title: str, text: str, categories: Sequence[str]) -> int:
    """Write one, or change one. The first that is written brings the shipped ones along, so that none is lost."""
    if not session.scalar(select(func.count()).select_from(CannedReplyRow)):
        for one in shipped():
            session.add(_row(one.title, one.text, one.categories))
        session.flush()
    row = session.get(CannedReplyRow, int(number)) if number.isdecimal() else None
    if row is None:
        row = _row(title, text, categories)
        session.add(row)
    row.title, row.text, row.categories, row.updated_at = title, text, list(categories), clock.now()
    session.flush()
    return row.id


def _row(title: str, text: str, categories: Sequence[str]) -> CannedReplyRow:
    return CannedReplyRow(title=title, text=text, categories=list(categories), updated_at=clock.now())


def remove(session: Session, number: int) -> None:
    row = session.get(CannedReplyRow, number)
    if row is None:
        raise NotThere("没有这条常用回复")
    session.delete(row)
