"""Answer a question with the card that fits it best."""

from __future__ import annotations

from actions.fallback import not_understood
from actions.turn import Outcome, Turn, World, say
from bot.messages import Button, Citation, Outgoing
from knowledge.render import render
from knowledge.schema import Card
from knowledge.search import Hit

FOLLOW_UPS = 3


def hits_for(turn: Turn, world: World, *, topic: str | None = None, k: int = 5) -> list[Hit]:
    known = world.knowledge()
    vector = turn.vector if turn.vector is not None else world.encode(turn.text)
    return known.index.search(turn.text, vector, topic=topic, region=turn.region, on=turn.today, k=k)


def answer(turn: Turn, world: World) -> Outcome:
    hits = hits_for(turn, world, topic=turn.intent)
    if not hits:
        return not_understood(turn, world)
    return show(turn, world, hits[0].card, turn.intent)


def show(turn: Turn, world: World, card_id: str, topic: str) -> Outcome:
    """A card rendered for the worker's place, day and channel, with what people ask next."""
    base = world.knowledge().base
    card = base.card(card_id, region=turn.region, on=turn.today)
    rendered = render(base, card, region=turn.region, on=turn.today, channel=_channel(turn))
    outgoing = Outgoing(
        kind="answer",
        text=rendered.text,
        topic=topic,
        card=card.id,
        version=rendered.version,
        citations=tuple(
            Citation(c.law, c.article, None if c.paragraph is None else str(c.paragraph), c.title)
            for c in rendered.citations
        ),
        buttons=_next(turn, world, card),
    )
    return say(outgoing, talk={"card": card.id, "topic": topic})


def _channel(turn: Turn) -> str:
    return turn.channel if turn.channel in ("wechat", "telegram", "sms") else "web"


def _next(turn: Turn, world: World, card: Card) -> tuple[Button, ...]:
    base = world.knowledge().base
    related = [base.find_card(card_id, region=turn.region, on=turn.today) for card_id in card.related]
    buttons = [Button(other.title, f"card:{other.id}") for other in related if other is not None]
    return (*buttons[:FOLLOW_UPS], Button("转人工", "human"))
