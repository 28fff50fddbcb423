"""Answer a question with the card that fits it best, rendered for the worker's place, day and channel."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.fallback import LONGEST, PERSON, REGISTER, fallback, nothing_near
from actions.pick import NEAR, Picked, hits_for, pick
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Citation, Outgoing
from knowledge.render import Rendered, render
from knowledge.schema import Card
from knowledge.search import Hit

Part = Literal["full", "short", "law", "steps"]

FOLLOW_UPS = 2
STORY = 60  # characters from which on a question is a story of several matters
MOST_CLAUSES = 10
SHORTEST_CLAUSE = 6
_CLAUSES = re.compile(r"[，,。；;？?！!\n ]+")
# A card that says when a person takes over, but not which ticket: the topic's own.
TICKETS = {
    "wages": "T-WAGE",
    "hours": "T-HOURS",
    "contract": "T-CONTRACT",
    "termination": "T-TERM",
    "dispatch": "T-DISPATCH",
    "insurance": "T-INSURANCE",
    "injury": "T-INJURY",
    "women": "T-WOMEN",
    "union": "T-UNION-RIGHTS",
    "collective": "T-COLLECTIVE",
    "dispute": "T-LEGALAID",
    "aid": "T-AID-LIFE",
    "platform": "T-PLATFORM",
}


def answer(turn: Turn, world: World) -> Outcome:
    """Also for what the classifier holds to be not our business: the cards may know better."""
    picked = pick(turn, world)
    if picked.kind == "oos":
        return fallback(turn, world)
    if picked.kind == "nothing" or picked.card_id is None:
        return story(turn, world) if len(turn.text) >= STORY else nothing_near(turn, world)
    if picked.kind == "clarify" and turn.stores:
        return clarify(turn, picked)
    asked = replace(turn, talk=turn.talk.but(asked=turn.text[:LONGEST], missed=0))
    return show(asked, world, picked.card_id, picked.topic, others=picked.alternatives)


def story(turn: Turn, world: World) -> Outcome:
    """A long story is near to no card as a whole: the cards nearest to its clauses, a form and a person."""
    found: dict[str, Hit] = {}
    clauses = [clause for clause in _CLAUSES.split(turn.text) if len(clause) >= SHORTEST_CLAUSE]
    for clause in clauses[:MOST_CLAUSES]:
        for hit in hits_for(turn, world, k=1, text=clause):
            if hit.score >= NEAR and hit.score > (found[hit.card].score if hit.card in found else 0.0):
                found[hit.card] = hit
    if not found:
        return nothing_near(turn, world)
    best = sorted(found.values(), key=lambda hit: (-hit.score, hit.card))[:3]
    buttons = (*(Button(hit.entry.title, f"card:{hit.card}") for hit in best), REGISTER, PERSON)
    talk = turn.talk.but(asked=turn.text[:LONGEST], missed=0)
    return say(Outgoing(kind="clarify", text=replies.STORY, topic=best[0].entry.topic, buttons=buttons), talk=talk)


def clarify(turn: Turn, picked: Picked) -> Outcome:
    """Two answers are close: one short question with buttons."""
    hits = picked.hits
    buttons = (*(Button(hit.entry.title, f"card:{hit.card}") for hit in hits[:3]), Button("都不是", "none_of_these"))
    talk = turn.talk.but(others=tuple(hit.card for hit in hits[3:5]), asked=turn.text[:LONGEST])
    return say(Outgoing(kind="clarify", text=replies.WHICH_CARD, topic=picked.topic, buttons=buttons), talk=talk)


def show(
    turn: Turn,
    world: World,
    card_id: str,
    topic: str,
    *,
    others: tuple[str, ...] = (),
    part: str = "full",
    page: int = 1,
) -> Outcome:
    base = world.knowledge().base
    card = base.card(card_id, region=turn.region, on=turn.today)
    rendered = render(base, card, region=turn.region, on=turn.today, channel=channel_of(turn), part=part, page=page)
    talk = turn.talk.but(card=card.id, topic=topic, page=rendered.page, part=part, others=others or turn.talk.others)
    messages = [_outgoing(turn, world, card, topic, rendered)]
    if rendered.needs_region and not turn.talk.region and turn.stores:
        messages.append(Outgoing(kind="ask", text=replies.WHERE_DO_YOU_WORK, topic=topic))
    return say(*messages, talk=talk)


def _outgoing(turn: Turn, world: World, card: Card, topic: str, rendered: Rendered) -> Outgoing:
    text = rendered.text
    if not turn.stores and rendered.needs_region and not turn.region:
        text += f"\n\n{replies.WHERE_DO_YOU_WORK}"
    return Outgoing(
        kind="answer",
        text=text,
        topic=topic,
        card=card.id,
        version=rendered.version,
        citations=tuple(
            Citation(c.law, c.article, None if c.paragraph is None else str(c.paragraph), c.title)
            for c in rendered.citations
        ),
        buttons=_next(turn, world, card, rendered),
    )


def channel_of(turn: Turn) -> str:
    return turn.channel if turn.channel in ("wechat", "telegram", "sms") else "web"


def ticket_for(card: Card) -> str | None:
    """The category that a ticket about this card's matter has; None for a card that only informs."""
    return card.ticket or (TICKETS.get(card.topic) if card.handoff is not None else None)


def _next(turn: Turn, world: World, card: Card, rendered: Rendered) -> tuple[Button, ...]:
    """The rest of the answer, the sum, the form, what people ask next, and always a person."""
    base = world.knowledge().base
    buttons = [Button("更多", "more")] if rendered.has_more else []
    buttons += [Button("帮我算一算", f"calc:{kind}") for kind in card.calculators[:1]]
    category = ticket_for(card)
    buttons += [Button("登记求助", f"ticket:{category}")] if category else []
    related = [base.find_card(card_id, region=turn.region, on=turn.today) for card_id in card.related]
    buttons += [Button(other.title, f"card:{other.id}") for other in related if other is not None][:FOLLOW_UPS]
    return (*buttons, Button("转人工", "human"))
