"""The policy base in force together with its index: what actions and the desk ask, swapped as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.base import Base
from knowledge.citations import LawNames
from knowledge.encoder import Encoder
from knowledge.schema import Card
from knowledge.search import Entry, Index


@dataclass(frozen=True)
class Knowledge:
    base: Base
    index: Index


def law_names(base: Base) -> LawNames:
    return LawNames(
        {
            law.id: (law.short, law.title, *law.names, *([law.number] if law.number else []))
            for law in base.laws.values()
        }
    )


def entry_of(card: Card) -> Entry:
    """A card as the index holds it: found by its title, its short answer and every way in which workers ask."""
    return Entry(
        id=card.id,
        kind="card",
        topic=card.topic,
        region=card.region,
        title=card.title,
        lines=(card.title, *card.ask),
        cites=tuple((ref.law, ref.article) for ref in card.refs if ref.law and ref.article),
        start=card.in_force.since,
        until=card.in_force.until,
    )


def entries(base: Base) -> Iterator[Entry]:
    for card in base.versions.values():
        if card.status == "published":
            yield entry_of(card)


def of_base(base: Base, encoder: Encoder | None) -> Knowledge:
    return Knowledge(base, Index.of(entries(base), encoder=encoder, laws=law_names(base)))
