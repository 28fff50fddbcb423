"""What an editor should look at again: facts past their review date, and what nobody has checked against a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.base import Base
from knowledge.schema import Verified

REVIEW_DAYS = 180
# Minimum wages are raised without much notice, and phone numbers die silently.
SOONER_DAYS = 120
SOONER_FACTS = frozenset({"minimum_wage"})


@dataclass(frozen=True)
class Due:
    """Something past its review date."""

    path: str
    what: str
    verified_on: date | None
    days: int


def review_days(fact: str = "") -> int:
    """How long a check lasts."""
    return SOONER_DAYS if fact in SOONER_FACTS else REVIEW_DAYS


def is_due(verified: Verified | None, days: int, on: date) -> bool:
    return verified is None or (on - verified.on).days > days


def stale(base: Base, on: date) -> Iterator[Due]:
    """Everything past its review date on a day."""
    for card in base.versions.values():
        if card.status == "published" and is_due(card.verified, REVIEW_DAYS, on):
            yield Due(card.path, card.title, card.verified.on, REVIEW_DAYS)
    for fact in base.facts.values():
        if is_due(fact.verified, review_days(fact.fact), on):
            yield Due(fact.path, fact.title, fact.verified.on, review_days(fact.fact))
    for parameter in base.params.values():
        if parameter.verified is not None and is_due(parameter.verified, REVIEW_DAYS, on):
            yield Due(parameter.path, parameter.title, parameter.verified.on, REVIEW_DAYS)
    for law in base.laws.values():
        if is_due(law.verified, REVIEW_DAYS, on):
            yield Due(f"knowledge/data/laws/{law.id}.yml", law.title, law.verified.on, REVIEW_DAYS)
    for office in base.offices.values():
        if is_due(office.verified, SOONER_DAYS, on):
            checked = office.verified.on if office.verified else None
            yield Due(office.path, f"{office.id} {office.title}", checked, SOONER_DAYS)


def unverified(base: Base) -> Iterator[str]:
    """Sentences nobody has checked, and references not checked against a text."""
    for card in base.versions.values():
        for entry in card.unverified:
            yield f"{card.path}: 没核实：{entry.text}（{entry.why}）"
        for ref in card.refs:
            law = base.laws.get(ref.law or "")
            if ref.checked == "leaf_table" or (law is not None and law.checked == "leaf_table"):
                name = law.short if law else ref.law
                yield f"{card.path}: 没对过原文：《{name}》" + (f"第{ref.article}条" if ref.article else "")
    for fact in base.facts.values():
        if fact.verified.mark == "press":
            yield f"{fact.path}: 只有媒体报道：{fact.title}"
