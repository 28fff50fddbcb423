"""What the bot remembers of a conversation, in one slot: the last answer, the place, the form under way.

Small on purpose: Rasa sends it with every action call and stores it with the conversation.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Form:
    """A form under way: `of` is the calculator or the ticket's category, `asking` the open question."""

    kind: str
    of: str
    facts: dict[str, Any] = field(default_factory=dict)
    asking: str = ""
    times: int = 0

    def with_fact(self, name: str, value: Any) -> Form:
        return replace(self, facts={**self.facts, name: value}, asking="", times=0)


@dataclass(frozen=True)
class Talk:
    card: str = ""
    topic: str = ""
    page: int = 1
    part: str = "full"
    others: tuple[str, ...] = ()
    region: str = ""
    home: str = ""
    places: tuple[str, ...] = ()
    missed: int = 0
    soft_asked: bool = False
    greeted_on: str = ""
    form: Form | None = None
    asked: str = ""  # the question that the last answer was for: what a miss is recorded under, what a ticket says
    people: int = 0  # how many they are, once somebody has said so
    caring: str = ""  # what the bot asks next after a sign of danger; empty when all is well
    cared_on: str = ""
    child_told: bool = False  # a child at work was told of and a person called
    traditional: bool = False  # answers in traditional characters
    traditional_offered: bool = False

    def but(self, **changes: Any) -> Talk:
        return replace(self, **changes)

    @classmethod
    def from_slot(cls, value: Any) -> Talk:
        """What the slot holds; an older shape loses what is no longer known instead of failing a worker's turn."""
        if not isinstance(value, dict):
            return cls()
        known = {key: held for key, held in value.items() if key in cls.__dataclass_fields__}
        form = known.pop("form", None)
        for name in ("others", "places"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known, form=Form(**form) if isinstance(form, dict) else None)

    def as_slot(self) -> dict[str, Any]:
        return {key: held for key, held in asdict(self).items() if held}
