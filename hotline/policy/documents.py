"""Official documents at the desk: pasted by one person, looked at and put in force by another, then found by search.

Their words never go to a worker; they are what cards are written from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.policy import texts
from hotline.policy.errors import NotAllowed, PolicyError, UnknownRecord
from hotline.policy.tables import DocumentDraftRow, DocumentRow, PassageRow
from kit import clock
from knowledge.regions import RegionTree


@dataclass(frozen=True)
class Draft:
    id: int
    name: str
    text: str
    author: str
    created_at: datetime


@dataclass(frozen=True)
class Held:
    id: int
    title: str
    number: str | None
    issuer: str | None
    issued: date | None
    region: str
    is_draft: bool
    passages: int


@dataclass(frozen=True)
class Part:
    heading: str
    text: str


def paste(session: Session, name: str, text: str, author: str) -> int:
    """Keep a text for the second person; what cannot be read as a document is refused now."""
    if texts.is_held(session, texts.read_document(session, text, name)):
        raise PolicyError("这份文件已经有了，一字不差")
    row = DocumentDraftRow(name=name, text=text, author=author, created_at=clock.now())
    session.add(row)
    session.flush()
    return row.id


def drafts(session: Session) -> list[Draft]:
    return [_draft(row) for row in session.scalars(select(DocumentDraftRow).order_by(DocumentDraftRow.id.desc()))]


def draft(session: Session, draft_id: int) -> Draft:
    return _draft(_row(session, draft_id))


def publish(session: Session, draft_id: int, reviewer: str, tree: RegionTree) -> None:
    """Served from now on; whoever pasted it needs another pair of eyes."""
    row = _row(session, draft_id)
    if row.author == reviewer:
        raise NotAllowed("自己贴的要请另一位同事看过再用")
    texts.keep_document(session, tree, texts.read_document(session, row.text, row.name), row.name)
    session.delete(row)


def discard(session: Session, draft_id: int) -> None:
    session.delete(_row(session, draft_id))


def every(session: Session, limit: int = 300) -> list[Held]:
    """What is served, the newest day first."""
    counted = select(func.count()).where(PassageRow.document_id == DocumentRow.id).scalar_subquery()
    query = select(DocumentRow, counted).order_by(DocumentRow.issued.desc().nulls_last(), DocumentRow.id.desc())
    return [_held(row, count) for row, count in session.execute(query.limit(limit))]


def passages(session: Session, document_id: int) -> tuple[Held, list[Part]]:
    row = session.get(DocumentRow, document_id)
    if row is None:
        raise UnknownRecord("没有这份文件")
    found = session.scalars(select(PassageRow).filter_by(document_id=document_id).order_by(PassageRow.ordinal))
    parts = [Part(one.heading, one.text) for one in found]
    return _held(row, len(parts)), parts


def _row(session: Session, draft_id: int) -> DocumentDraftRow:
    row = session.get(DocumentDraftRow, draft_id)
    if row is None:
        raise UnknownRecord("没有这份稿，可能已经有人发布或去掉了")
    return row


def _draft(row: DocumentDraftRow) -> Draft:
    return Draft(row.id, row.name, row.text, row.author, row.created_at)


def _held(row: DocumentRow, count: int) -> Held:
    said = {name: getattr(row, name) for name in ("id", "title", "number", "issuer", "issued", "region", "is_draft")}
    return Held(**said, passages=count)
