"""What the answers were worth: shares with their 95 % intervals, confusions, and whether confidence can be believed."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.evaluate.questions import Question

Z = 1.959964
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Answered:
    """A question, what /api/ask said to it, and how long that took."""

    question: Question
    answer: dict[str, Any]
    seconds: float

    @property
    def topic(self) -> str:
        return str(self.answer.get("topic", ""))

    @property
    def is_right(self) -> bool:
        return self.topic in self.question.accept

    @property
    def is_alarm(self) -> bool:
        return self.answer.get("kind") == "crisis"


@dataclass(frozen=True)
class Share:
    """`right` of `all`, with Wilson's interval, which holds also for few questions and near 0 and 1."""

    name: str
    right: int
    all: int

    @property
    def value(self) -> float:
        return self.right / self.all if self.all else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.all:
            return math.nan, math.nan
        share, count, square = self.value, self.all, Z * Z
        middle = (share + square / (2 * count)) / (1 + square / count)
        half = Z * math.sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.name:<34}{100 * self.value:6.1f} %   ({100 * low:.1f}-{100 * high:.1f})   {self.right}/{self.all}"
        )


def share(name: str, verdicts: Iterable[bool]) -> Share:
    known = list(verdicts)
    return Share(name, sum(known), len(known))


def shares(answered: Sequence[Answered]) -> list[Share]:
    """Every share that the questions' labels allow."""
    topics = [one for one in answered if one.question.topic]
    cards = [one for one in topics if one.question.cards]
    outside = [one for one in topics if one.question.is_outside]
    labour = [one for one in topics if one.question.is_labour]
    alarms = [one for one in answered if one.question.alarm is not None]
    found = [
        share("topic, any that serves", (one.is_right for one in topics)),
        share("topic, the single best", (one.topic == one.question.topic for one in topics)),
        share("not our business, recognised", (one.topic == "oos" for one in outside)),
        share("labour questions rejected", (one.topic == "oos" for one in labour)),
        share("labour questions without a card", (not one.answer.get("card") for one in labour)),
        share("card, first", (one.answer.get("card") in one.question.cards for one in cards)),
        share("card, among three", (not {*one.question.cards}.isdisjoint(card_ids(one.answer)[:3]) for one in cards)),
        share("crisis, recognised", (one.is_alarm for one in alarms if one.question.alarm)),
        share("look-alikes alarmed", (one.is_alarm for one in alarms if not one.question.alarm)),
        share("other questions alarmed", (one.is_alarm for one in topics if "crisis" not in one.question.accept)),
    ]
    return [one for one in found if one.all]


def card_ids(answer: dict[str, Any]) -> list[str]:
    """The card shown, then the next best."""
    first = [answer["card"]] if answer.get("card") else []
    return list(dict.fromkeys([*first, *(str(card["id"]) for card in answer.get("cards", ()))]))


def by_topic(answered: Sequence[Answered]) -> list[Share]:
    topics = sorted({one.question.topic for one in answered if one.question.topic})
    return [share(topic, (one.is_right for one in answered if one.question.topic == topic)) for topic in topics]


def macro(answered: Sequence[Answered]) -> float:
    """The mean of the topics' shares: a rare topic counts as much as a common one."""
    known = [one.value for one in by_topic(answered)]
    return sum(known) / len(known) if known else math.nan


def confusions(answered: Sequence[Answered]) -> list[tuple[str, str, int]]:
    """What was meant, what was understood, how often; commonest first."""
    pairs = Counter((one.question.topic, one.topic) for one in answered if one.question.topic and not one.is_right)
    return [(meant, heard, count) for (meant, heard), count in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]


def calibration(answered: Sequence[Answered]) -> list[tuple[str, int, float, float]]:
    """For each band of confidence: how many, how sure on average, how often right."""
    rows = []
    known = [one for one in answered if one.question.topic]
    for low, high in itertools.pairwise(BINS):
        inside = [one for one in known if low <= _confidence(one) < high or (high == 1.0 == _confidence(one))]
        if inside:
            sure = sum(map(_confidence, inside)) / len(inside)
            rows.append((f"{low:.1f}-{high:.1f}", len(inside), sure, share("", (o.is_right for o in inside)).value))
    return rows


def worst(answered: Sequence[Answered]) -> list[Answered]:
    """The wrong answers, the surest first."""
    wrong = [
        one
        for one in answered
        if (one.question.topic and not one.is_right)
        or (one.question.alarm is not None and one.is_alarm != one.question.alarm)
    ]
    return sorted(wrong, key=lambda one: (-_confidence(one), one.question.id))


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(part * len(ordered)) - 1)] if ordered else math.nan


def _confidence(one: Answered) -> float:
    return float(one.answer.get("confidence") or 0.0)
