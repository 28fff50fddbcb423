"""A question that the quick model is unsure of is read a second time, by a larger one, and both are believed.

The reader (`knowledge.gemma`) has learned the same sentences with another eye: where the two disagree each is right
about as often as the other, and what both think likely is right most often. It takes several times as long, so it is
asked only where the quick model hesitates, which is one question in four (docs/decisions/0095).
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Protocol

import numpy as np

from bot.dialogue.components.topic_model import LEAST, TopicModel, Understood, ranked, topic_of
from knowledge.spelling import plain
from knowledge.telling import as_asked

SURE = 0.8  # a topic of which the quick model is surer than this stands
HARDLY = 1e-4  # the least chance that either reading leaves to a topic


class Reads(Protocol):
    """Tells the chance of every target, a card's id or a topic's name."""

    @property
    def targets(self) -> tuple[str, ...]: ...

    def read(self, text: str) -> np.ndarray: ...


def understand(model: TopicModel, reader: Reads | None, text: str, vector: np.ndarray) -> Understood:
    """What a message is about; without a reader the first reading stands."""
    first = model.understand(plain(text), vector)
    if reader is None or first.topics[0][1] > SURE:
        return first
    return together(first, dict(zip(reader.targets, map(float, reader.read(as_asked(text))), strict=True)))


def together(first: Understood, second: dict[str, float]) -> Understood:
    """Both readings as one: the mean of their logarithms, for topics and for cards."""
    of_topic: dict[str, float] = defaultdict(float)
    for target, chance in second.items():
        of_topic[topic_of(target)] += chance
    both = {name: _mean(sure, of_topic.get(name, 0.0), HARDLY) for name, sure in first.topics}
    whole = sum(both.values())
    known = dict(first.cards)
    possible = known.keys() | {target for target, chance in second.items() if "." in target and chance >= LEAST}
    cards = {name: _mean(known.get(name, 0.0), second.get(name, known.get(name, 0.0)), LEAST) for name in possible}
    return Understood(ranked((name, sure / whole) for name, sure in both.items()), ranked(cards.items()))


def _mean(one: float, other: float, least: float) -> float:
    return math.sqrt(max(one, least) * max(other, least))
