"""Which card answers: the classifier's topics and cards and the search's nearness, weighed against each other.

The topic model knows topics, the cards that it has learned and what is not our business; the search knows cards, also
one that was published a minute ago. Neither decides alone: a card is worth its nearness, its likelihood and its
topic's. The numbers below were chosen on tests/questions/small.yml and on `ask` lines that no index had seen
(docs/decisions/0041, 0049). A card that tells of less protection than most have comes first only when the message
speaks of its special case (0047).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from actions.turn import Turn, World
from knowledge.search import Hit
from knowledge.spelling import plain

Kind = Literal["answer", "clarify", "oos", "nothing"]

OOS = "oos"
POOL = 20  # cards of every topic that are weighed
LEAN = 0.03  # how much a certain topic is worth beside nearness, which lies in 0..1
LEARNED = 0.1  # how much the topic model's certainty about a card is worth (docs/decisions/0049)
HARDLY = 7.0  # a card of probability exp(-7), one in a thousand, is worth nothing more
EDGE = 0.35  # as near as the nearest card is to what is not our business, and further than it is to most of our own
TRUST = 8.0  # how much the classifier's odds must rise for every card that is nearer than that, and may fall
FAR = 0.16  # nothing nearer than this: no card is about it, unless its topic is likely
LIKELY = 0.45
NEAR = 0.26  # near enough to be taken for a question of its own and not for a reply to ours
SAME = 0.75  # a card this near is about it, whatever the classifier thinks is its business
CLOSE = 0.01  # two cards whose worth differs by less are asked about
SURE = 0.60  # of cards that are close, one whose topic is this likely is shown without asking
ALTERNATIVES = 3


@dataclass(frozen=True)
class Picked:
    """What to answer with; `hits` are the weighed cards, best first, the chosen one at their head."""

    kind: Kind
    card_id: str | None
    topic: str
    confidence: float
    hits: tuple[Hit, ...]
    reasons: tuple[str, ...]

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The next cards, the chosen one not among them."""
        return tuple(hit.card for hit in self.hits if hit.card != self.card_id)[:ALTERNATIVES]


def hits_for(turn: Turn, world: World, *, topic: str | None = None, k: int = 5, text: str = "") -> list[Hit]:
    """What the policy base holds near a text; the worker's own words unless another text is given."""
    known = world.knowledge()
    asked = text or turn.text
    vector = turn.vector if not text and turn.vector is not None else world.encode(asked)
    return known.index.search(asked, vector, topic=topic, region=turn.region, on=turn.today, k=k)


def pick(turn: Turn, world: World) -> Picked:
    """The decision for one message; reads, writes nothing."""
    near = [hit for hit in hits_for(turn, world, k=POOL) if hit.kind == "card"]
    likely = dict(turn.ranking) or {turn.intent: turn.confidence}
    first = max(likely, key=lambda name: likely[name], default="")
    if near and first != OOS and all(hit.entry.topic != first for hit in near):
        near += hits_for(turn, world, topic=first, k=ALTERNATIVES)
    return weigh(likely, near, turn.text, dict(turn.cards))


def weigh(
    likely: Mapping[str, float], near: Sequence[Hit], said: str, cards: Mapping[str, float] = MappingProxyType({})
) -> Picked:
    """From the probabilities of topics and cards and from the nearest cards to one decision on what was said."""
    spelled = plain(said)
    worth = _worths(near, likely, cards)
    meant = [hit for hit in near if hit.entry.may_be_meant(spelled)]
    ordered = _ordered(near, meant or near, worth)
    nearest = max((hit.score for hit in near), default=0.0)
    name, sure = _best_topic(likely)
    outside = likely.get(OOS, 0.0)
    if nearest < SAME and _is_outside(outside, sure, nearest):
        return Picked("oos", None, OOS, outside, tuple(ordered), (f"不归这里管的把握 {outside:.2f}",))
    if not ordered or (nearest < FAR and sure < LIKELY):
        return Picked("nothing", None, name or OOS, sure, tuple(ordered), (f"最近的一条也只有 {nearest:.2f}",))
    close = _close(ordered, meant, worth)
    best = next((hit for hit in close if likely.get(hit.entry.topic, 0.0) >= SURE), ordered[0])
    sure = likely.get(best.entry.topic, 0.0)
    reasons = (best.why, f"主题{best.entry.topic} {sure:.2f}")
    kind: Kind = "clarify" if len(close) > 1 and sure < SURE else "answer"
    return Picked(
        kind, best.card, best.entry.topic, sure, (best, *(hit for hit in ordered if hit is not best)), reasons
    )


def _is_outside(outside: float, sure: float, nearest: float) -> bool:
    """Not our business: what the classifier says, weighed by whether any card is near (docs/decisions/0045)."""
    return outside > 0 and math.log(outside / max(sure, 1e-6)) > TRUST * (nearest - EDGE)


def _ordered(near: Sequence[Hit], meant: Sequence[Hit], worth: Mapping[str, float]) -> list[Hit]:
    """The worthiest card that may be meant, then the others."""
    worthiest = sorted(near, key=lambda hit: (-worth[hit.card], hit.card))
    first = [hit for hit in worthiest if hit in meant][:1]
    return first + [hit for hit in worthiest if hit not in first]


def _close(ordered: Sequence[Hit], meant: Sequence[Hit], worth: Mapping[str, float]) -> list[Hit]:
    """The worthiest card and those that are worth as much; nothing is as good as a card that says the same."""
    best = ordered[0]
    if best.score >= SAME:
        return [best]
    return [hit for hit in ordered if hit in meant and worth[best.card] - worth[hit.card] < CLOSE]


def _worths(near: Sequence[Hit], likely: Mapping[str, float], cards: Mapping[str, float]) -> dict[str, float]:
    """What each near card is worth. One that the model has not learned is taken to be as likely as the likeliest."""
    spoken = {hit.card: _spoken(cards.get(hit.card, 0.0)) for hit in near if hit.entry.learned}
    most = max(spoken.values(), default=0.0)
    return {
        hit.card: hit.score + LEAN * likely.get(hit.entry.topic, 0.0) + LEARNED * spoken.get(hit.card, most)
        for hit in near
    }


def _spoken(likely: float) -> float:
    """A probability on a scale of its logarithm: from 0 for what is hardly possible to 1 for what is certain."""
    return max(0.0, 1 + math.log(likely) / HARDLY) if likely > 0 else 0.0


def _best_topic(likely: Mapping[str, float]) -> tuple[str, float]:
    known = [(name, sure) for name, sure in likely.items() if name != OOS]
    return max(known, key=lambda pair: pair[1], default=("", 0.0))
