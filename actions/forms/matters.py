"""Several matters in one sentence (“我要反映三件事”): each becomes a ticket of its own category, all linked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.answer import ticket_for
from actions.pick import NEAR, hits_for
from actions.turn import Turn, World
from hotline.tickets.categories import catalogue

_SEVERAL = re.compile(r"[几两二三四五2-5](?:件|个)事|另外|还有一件|一是|第一|其次|[①②]|1[、.．]")
_CUTS = re.compile(
    r"[，,。；;\n]|另外|还有一件(?:是|事)?|[一二三四五]是|第[一二三四五](?:是|件)?|其次|[①-⑤]|[1-5][、.．]"
)
_ONLY_COUNTS = re.compile(r"^.{0,8}[几两二三四五2-5](?:件|个)事.{0,4}$")
MOST = 3
SHORTEST = 4


@dataclass(frozen=True)
class Matter:
    category: str
    words: str


def several(turn: Turn, world: World, told: str) -> list[Matter]:
    """The matters that the sentence counts up, by the ticket of the card nearest to each; none when it tells of one."""
    if not _SEVERAL.search(told):
        return []
    found: dict[str, Matter] = {}
    for clause in _CUTS.split(told):
        words = clause.strip("：:、 ")
        category = None if len(words) < SHORTEST or _ONLY_COUNTS.match(words) else _category(turn, world, words)
        if category is not None:
            found.setdefault(category, Matter(category, words))
    return list(found.values())[:MOST]


def _category(turn: Turn, world: World, words: str) -> str | None:
    base = world.knowledge().base
    for hit in hits_for(turn, world, k=3, text=words):
        card = base.find_card(hit.card, region=turn.region, on=turn.today)
        category = ticket_for(card) if card is not None and hit.score >= NEAR else None
        if category is not None:
            return category
    return None


def title(category: str) -> str:
    return catalogue().category(category).title
