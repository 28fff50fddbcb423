"""How urgent a ticket is, and why: the first trigger of clocks.yml that holds, else what its category usually is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hotline.tickets import settings
from hotline.tickets.categories import catalogue
from knowledge import urgent


@dataclass(frozen=True)
class Urgency:
    priority: str
    why: str


@dataclass(frozen=True)
class Said:
    """What the triggers look at."""

    category: str
    text: str
    facts: Mapping[str, Any]
    people: int = 1
    days_left: int | None = None

    @property
    def signs(self) -> frozenset[str]:
        return _signs(self.text)


@lru_cache(maxsize=512)
def _signs(text: str) -> frozenset[str]:
    return urgent.found(text)


def of(said: Said) -> Urgency:
    """The first trigger that holds; triggers stand in the order of urgency."""
    usual = catalogue().category(said.category)
    for trigger in settings.raw()["triggers"]:
        if trigger["priority"] < usual.priority and holds(trigger, said):
            return Urgency(trigger["priority"], trigger["why"])
    return Urgency(usual.priority, f"{usual.title}平常按{usual.priority}办")


def holds(trigger: Mapping[str, Any], said: Said) -> bool:
    """All that a trigger names must hold."""
    checks: Mapping[str, Callable[[Any], bool]] = {
        "categories": lambda wanted: said.category in wanted,
        "signs": lambda wanted: bool(said.signs & set(wanted)),
        "words": lambda wanted: any(word in said.text for word in wanted),
        "people": lambda wanted: said.people >= wanted,
        "days_left": lambda wanted: said.days_left is not None and said.days_left <= wanted,
        "facts": lambda wanted: all(_count(said.facts.get(name)) >= least for name, least in wanted.items()),
        "said": lambda wanted: all(said.facts.get(name) == value for name, value in wanted.items()),
        "gathering": lambda wanted: ("gathering" in said.signs) == wanted,
        "stop_work": lambda wanted: ("stop_work" in said.signs) == wanted,
        "now": lambda wanted: not wanted or not urgent.is_past(said.text),
    }
    return all(checks[name](wanted) for name, wanted in trigger.items() if name not in ("priority", "why"))


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0
