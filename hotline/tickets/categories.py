"""What kinds of tickets there are, what is asked for each, and what must be written to close it: data, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotline.tickets.errors import TicketError
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "categories.yml"
KINDS = ("text", "phone", "choice", "date", "count", "money", "yes_no", "place")
FIRST = ("place", "matter", "people")  # every category asks these before its own


class BadCategories(TicketError):
    """categories.yml says something that the desk cannot use; the message names the line's owner."""


@dataclass(frozen=True)
class IntakeField:
    """One thing that is asked: the bot's sentence, how the answer is read, whether it is sealed."""

    name: str
    block: str
    title: str
    ask: str
    kind: str
    choices: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True)
class Category:
    """A kind of ticket. `restricted` ones are seen by their own group and by leads only."""

    id: str
    title: str
    group: str
    priority: str
    ask: tuple[IntakeField, ...]
    more: tuple[IntakeField, ...]
    closing: tuple[IntakeField, ...]
    restricted: bool
    joint: bool

    @property
    def fields(self) -> tuple[IntakeField, ...]:
        return (*self.ask, *self.more)


@dataclass(frozen=True)
class Catalogue:
    groups: Mapping[str, str]
    blocks: Mapping[str, str]
    fields: Mapping[str, IntakeField]
    categories: Mapping[str, Category]

    def category(self, id: str) -> Category:
        """The category, or the catch-all for one that an older release knew."""
        return self.categories.get(id) or self.categories["T-OTHER"]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return read(FILE)


def read(path: Path) -> Catalogue:
    """The whole file, checked: an unknown name is an error here and not a gap at the desk."""
    raw = read_yaml(path)
    fields = {name: _field(name, row) for name, row in raw["fields"].items()}
    found: dict[str, Category] = {}
    for id, row in raw["categories"].items():
        found[id] = _category(id, row, fields, raw)
    return Catalogue(raw["groups"], raw["blocks"], fields, found)


def _field(name: str, row: dict[str, Any]) -> IntakeField:
    made = IntakeField(name, **{**row, "choices": tuple(row.get("choices", ()))})
    if made.kind not in KINDS or (made.kind == "choice") != bool(made.choices):
        raise BadCategories(f"categories.yml: {name} 的 kind 写的是 {made.kind}，只能是 {'、'.join(KINDS)}")
    return made


def _category(id: str, row: dict[str, Any], fields: Mapping[str, IntakeField], raw: dict[str, Any]) -> Category:
    unknown = [name for part in ("ask", "more", "closing") for name in row[part] if name not in fields]
    if unknown or row["group"] not in raw["groups"]:
        raise BadCategories(f"categories.yml: {id} 用了没登记的 {'、'.join(unknown) or row['group']}")
    ask, more, closing = (tuple(fields[name] for name in row[part]) for part in ("ask", "more", "closing"))
    restricted = bool(row.get("restricted", False))
    return Category(id, row["title"], row["group"], row["priority"], ask, more, closing, restricted, id in raw["joint"])
