"""The rules of early warning: data with a version, read once, checked when read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotline.tickets.categories import catalogue
from knowledge import urgent
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "rules.yml"
LEVELS = ("none", "blue", "yellow", "orange", "red")
NONE, BLUE, YELLOW, ORANGE, RED = range(5)


class BadRules(Exception):
    """rules.yml cannot be used; the message names the rule."""


@dataclass(frozen=True)
class Rule:
    """All that a rule names must hold."""

    id: str
    level: int
    why: str
    persons: int = 0
    hours: int = 0
    said: int = 0
    signs: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    watched: bool = False
    now: bool = False
    alone: bool = False
    kind: str = "labour"
    notify: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    title: str
    act: str
    tasks: tuple[str, ...]
    report_minutes: int | None


@dataclass(frozen=True)
class Rules:
    version: str
    signs: Mapping[str, re.Pattern[str]]
    rules: tuple[Rule, ...]
    levels: tuple[Level | None, ...]
    rise_percent: int
    rise_at_least: int
    rise_weeks: int

    def signs_in(self, text: str) -> frozenset[str]:
        own = (name for name, pattern in self.signs.items() if pattern.search(text))
        return frozenset((*urgent.found(text), *own))

    @property
    def longest(self) -> int:
        """Hours of the widest window."""
        return max(rule.hours for rule in self.rules)


@lru_cache(maxsize=1)
def rules() -> Rules:
    return read(FILE)


def read(path: Path) -> Rules:
    raw = read_yaml(path)
    signs = {name: re.compile("|".join(f"(?:{one})" for one in patterns)) for name, patterns in raw["signs"].items()}
    known = set(signs) | {sign.name for sign in urgent.signs()} | set(urgent.collective())
    made = tuple(_rule(row, known) for row in raw["rules"])
    levels = tuple(_level(raw["levels"].get(name)) for name in LEVELS)
    rise = raw["keyword_rise"]
    return Rules(str(raw["version"]), signs, made, levels, rise["percent"], rise["at_least"], rise["weeks"])


def _rule(row: dict[str, Any], known: set[str]) -> Rule:
    lists = ("signs", "about", "notify")
    values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in row.items()}
    unknown = set(row.get("signs", ())) - known | set(row.get("about", ())) - set(catalogue().categories)
    if row["level"] not in LEVELS or unknown:
        raise BadRules(f"rules.yml: {row['id']}: {row['level']} {'、'.join(sorted(unknown))}")
    if row.get("persons") and not row.get("hours"):
        raise BadRules(f"rules.yml: {row['id']}: persons 要有 hours")
    return Rule(**{**values, "level": LEVELS.index(row["level"])})


def _level(row: dict[str, Any] | None) -> Level | None:
    if row is None:
        return None
    minutes = int(str(row["report"]).rstrip("m")) if "report" in row else None
    return Level(row["title"], row["act"], tuple(row["tasks"]), minutes)
