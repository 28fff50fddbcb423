"""Finds signs of danger in a worker's words: rules first, the model's opinion beside them, one soft question between.

The rules are data (knowledge/data/words/crisis.yml). Sending somebody to 12356 by mistake is cheap; missing one is not.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

import opencc
import yaml

from knowledge.words import DATA

Sign = Literal["alarm", "soft", "none"]

MODEL_ALARM = 0.96  # the rules alone hear all 172 of the committed set; a fainter suspicion is asked about softly
MODEL_SOFT = 0.3
MODEL_READS = 60  # a long story of hardship is near to everything: there the model alone only asks


@dataclass(frozen=True)
class Rules:
    typos: tuple[tuple[str, str], ...]
    harmless: re.Pattern[str]
    alarm: re.Pattern[str]
    soft: re.Pattern[str]


@functools.lru_cache(maxsize=1)
def rules() -> Rules:
    raw = yaml.safe_load((DATA / "crisis.yml").read_text(encoding="utf-8"))
    joined = {name: re.compile("|".join(f"(?:{line})" for line in raw[name])) for name in ("not", "alarm", "soft")}
    typos = tuple(sorted(raw["typos"].items(), key=lambda pair: -len(pair[0])))
    return Rules(typos, joined["not"], joined["alarm"], joined["soft"])


@functools.lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def plain(text: str) -> str:
    """Simplified characters, known typos mended, no blanks between Chinese characters."""
    made = str(_simplifier().convert(text)).lower()
    for wrong, right in rules().typos:
        made = made.replace(wrong, right)
    return re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", made)


def sign_in(text: str, crisis_confidence: float = 0.0) -> Sign:
    """What the rules and the model say together."""
    known = rules()
    words = known.harmless.sub("〇", plain(text))
    if known.alarm.search(words):
        return "alarm"
    was_harmless = words != plain(text)
    if crisis_confidence >= MODEL_ALARM and not was_harmless:
        return "alarm" if len(words) <= MODEL_READS else "soft"
    if known.soft.search(words) or (crisis_confidence >= MODEL_SOFT and not was_harmless):
        return "soft"
    return "none"
