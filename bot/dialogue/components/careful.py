"""A question that the quick model is unsure of is read a second time, by a larger one, and both are believed.

The reader (`knowledge.gemma`) has learned the same sentences with another eye: where the two disagree each is right
about as often as the other, and what both think likely is right most often. It takes several times as long, so it is
asked only where the quick model hesitates, which is one question in four (docs/decisions/0095). It is believed about
what a matter is; whether somebody is in danger, wants a person or says yes or a number is the quick model's alone.
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
OUTSIDE = "oos"
HARDLY = 1e-4  # the least chance that either reading leaves to a topic


class Reads(Protocol):
    """Tells the chance of every target, a card's id or a topic's name."""

    @property
    def targets(self) -> tuple[str, ...]: ...

    def read(self, text: str) -> np.ndarray: ...


def understand(model: TopicModel, reader: Reads | None, text: str, vector: np.ndarray) -> Understood:
    """What a message is about; without a reader the first reading stands."""
    first = model.understand(plain(text), vector)
    if reader is None or first.topics[0][1] > SURE or first.topics[0][0] not in matters(reader):
        return first
    return together(first, dict(zip(reader.targets, map(float, reader.read(as_asked(text))), strict=True)))


def matters(reader: Reads) -> set[str]:
    """The topics that have cards, and what is not our business."""
    return {topic_of(target) for target in reader.targets if "." in target} | {OUTSIDE}


def together(first: Understood, second: dict[str, float]) -> Understood:
    """Both readings as one: the mean of their logarithms, for matters and for cards; what else may be meant stays."""
    of_topic: dict[str, float] = defaultdict(float)
    for target, chance in second.items():
        if "." in target or target == OUTSIDE:
            of_topic[topic_of(target)] += chance
    known = {name: sure for name, sure in first.topics if name in of_topic}
    both = {name: _mean(sure, of_topic[name] / sum(of_topic.values()), HARDLY) for name, sure in known.items()}
    share = sum(known.values()) / sum(both.values())
    topics = [(name, both[name] * share if name in both else sure) for name, sure in first.topics]
    spoken = dict(first.cards)
    possible = spoken.keys() | {target for target, chance in second.items() if "." in target and chance >= LEAST}
    cards = {name: _mean(spoken.get(name, 0.0), second.get(name, spoken.get(name, 0.0)), LEAST) for name in possible}
    return Understood(ranked(topics), ranked(cards.items()))


def _mean(one: float, other: float, least: float) -> float:
    return math.sqrt(max(one, least) * max(other, least))
