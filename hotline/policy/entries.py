"""What search is given: an entry a published card, an entry a passage of an imported document."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.policy.heard import heard
from hotline.policy.tables import DocumentRow, PassageRow
from knowledge.base import Base
from knowledge.citations import LawNames
from knowledge.schema import Card
from knowledge.search import Entry

SHORTEST = 6
_FIGURE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_SENTENCE = re.compile(r"(?<=[。！？])|\n")


def entry_of(card: Card) -> Entry:
    """Title, short answer, every way of asking and what people said; the articles that it cites; its days."""
    return Entry(
        id=card.id,
        kind="card",
        topic=card.topic,
        region=card.region,
        title=card.title,
        lines=(card.title, card.short, *card.ask, *heard().get(card.id, ())),
        cites=tuple((ref.law, ref.article) for ref in card.refs if ref.law and ref.article),
        start=card.in_force.since,
        until=card.in_force.until,
        body=_sentences(card),
        cues=card.cues,
        learned=card.id in heard(),
    )


def _sentences(card: Card) -> tuple[str, ...]:
    """What the card says, cut into sentences, without the figures that depend on place and day."""
    parts = [part for text in (card.answer, card.law) for part in _SENTENCE.split(_FIGURE.sub("", text))]
    parts += [_FIGURE.sub("", text) for text in (*card.steps, *card.limits)]
    return tuple(part.strip() for part in parts if len(part.strip()) >= SHORTEST)


def entries_of(base: Base) -> list[Entry]:
    """Every published card, of every region and day; search filters by both."""
    return [entry_of(card) for card in base.versions.values() if card.status == "published"]


def passages_of(session: Session) -> list[Entry]:
    """Passages of imported documents under the document's title, which also says when it is a draft for comment."""
    rows = session.execute(select(PassageRow, DocumentRow).join(DocumentRow)).all()
    return [
        Entry(
            id=f"document.{document.id}.{passage.ordinal}",
            kind="passage",
            topic="document",
            region=document.region,
            title=document.title,
            lines=(passage.text,),
            start=document.issued,
        )
        for passage, document in rows
    ]


def law_names(base: Base) -> LawNames:
    """Short name first: it is what a reason shows."""
    return LawNames(
        {
            law.id: (law.short, law.title, *law.names, *([law.number] if law.number else []))
            for law in base.laws.values()
        }
    )
