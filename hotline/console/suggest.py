"""What the policy base has for a matter: cards with their articles, ready to go into the reply, and sums that fit."""

from __future__ import annotations

from dataclasses import dataclass

from actions.answer import TICKETS
from actions.turn import World
from kit import clock
from knowledge.base import Base
from knowledge.calculators import CALCULATORS
from knowledge.errors import KnowledgeError
from knowledge.render import article_words, render
from knowledge.schema import Card

NEAR = 0.35
CHANNELS = ("wechat", "telegram", "sms")


@dataclass(frozen=True)
class Suggestion:
    card: str
    title: str
    short: str
    text: str
    articles: tuple[str, ...]
    calculators: tuple[tuple[str, str], ...]
    version: str
    ticket: str


def cards(world: World, words: str, *, firm: str, region: str | None, channel: str, most: int = 4) -> list[Suggestion]:
    """The cards nearest to what was said, rendered for the worker's place and channel, as the bot would say them.

    The name of his firm says nothing of the matter and would draw the search away from it.
    """
    words = (words.replace(firm, "") if firm else words).strip()[:500]
    if not words:
        return []
    known, today = world.knowledge(), clock.today()
    hits = known.index.search(words, world.encode(words), region=region, on=today, k=most)
    found = [known.base.find_card(hit.card, region=region, on=today) for hit in hits if hit.score >= NEAR]
    made = []
    for card in found:
        try:
            made += [_suggestion(known.base, card, region, channel if channel in CHANNELS else "web")] if card else []
        except KnowledgeError:
            continue  # a figure of this card is not in force today: the bot would not say it either
    return made


def _suggestion(base: Base, card: Card, region: str | None, channel: str) -> Suggestion:
    on = clock.today()
    shown = render(base, card, region=region, on=on, channel=channel)
    return Suggestion(
        card=card.id,
        title=card.title,
        short=render(base, card, region=region, on=on, channel=channel, part="short").text,
        text=shown.text,
        articles=tuple(f"《{one.law}》{article_words(one)}" for one in shown.citations),
        calculators=tuple((kind, CALCULATORS[kind].title) for kind in card.calculators if kind in CALCULATORS),
        version=shown.version,
        ticket=card.ticket or TICKETS.get(card.topic, ""),
    )


def calculators(suggested: list[Suggestion]) -> list[tuple[str, str]]:
    """The sums of the suggested cards, each once."""
    return list(dict.fromkeys(one for card in suggested for one in card.calculators))
