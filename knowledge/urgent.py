"""Signs that a matter cannot wait, found in a worker's words: the phrases are data (words/urgent.yml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from knowledge.strict import read_yaml
from knowledge.words import DATA

_PAST = re.compile(r"去年|前年|以前|上个月|上次|曾经|那时候|早就|过去|几年前|之前")
_NOW = re.compile(r"正在|现在|刚刚|刚才|今天|这会儿|快来|救命|还压着|马上|明天")


@dataclass(frozen=True)
class Sign:
    name: str
    words: re.Pattern[str]
    harmless: re.Pattern[str] | None

    def is_in(self, text: str) -> bool:
        rest = self.harmless.sub("〇", text) if self.harmless else text
        return self.words.search(rest) is not None


def _pattern(words: list[Any]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(str(word)) for word in words))


@lru_cache(maxsize=1)
def signs() -> tuple[Sign, ...]:
    rows = read_yaml(DATA / "urgent.yml")
    made = [Sign(row["when"], _pattern(row["words"]), _pattern(row["not"]) if row.get("not") else None) for row in rows]
    return tuple(made)


@lru_cache(maxsize=1)
def collective() -> Mapping[str, Sign]:
    """gathering, stop_work, media, signals: what many do together (words/collective_signs.yml)."""
    raw = read_yaml(DATA / "collective_signs.yml")
    harmless = _pattern(raw["not"])
    names = ("gathering", "stop_work", "media", "signals")
    return {name: Sign(name, _pattern(raw[name]), harmless) for name in names}


def found(text: str) -> frozenset[str]:
    """Which signs are in a text."""
    together = (name for name, sign in collective().items() if sign.is_in(text))
    return frozenset((*(sign.name for sign in signs() if sign.is_in(text)), *together))


def is_past(text: str) -> bool:
    """Told of an earlier time: “上个月触电” is a matter, not an emergency."""
    return _PAST.search(text) is not None and _NOW.search(text) is None
