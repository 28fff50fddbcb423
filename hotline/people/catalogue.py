"""The purpose catalogue: what may be stored, why, on which basis, for how long, and how it is shown.

It is the list that PIPL articles 6, 13 and 29 ask for, read by the code that stores and by the test that compares it
with every form. What does not stand here cannot be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotline.people.errors import BadCatalogue, UnknownField
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "purposes.yml"
BASES = ("service", "consent", "separate", "emergency")
MASKS = ("phone", "name", "number", "hidden")


@dataclass(frozen=True)
class Purpose:
    id: str
    title: str
    basis: str
    keep_days: int

    @property
    def needs_yes(self) -> bool:
        return self.basis in ("consent", "separate")


@dataclass(frozen=True)
class SealedField:
    name: str
    title: str
    purpose: Purpose
    mask: str
    kind: str
    find: bool = False

    @property
    def is_sensitive(self) -> bool:
        return self.purpose.basis == "separate"


@dataclass(frozen=True)
class Catalogue:
    version: str
    purposes: Mapping[str, Purpose]
    sealed: Mapping[str, SealedField]
    in_ticket: Mapping[str, Purpose]

    def field(self, name: str) -> SealedField:
        if name not in self.sealed:
            raise UnknownField(f"{name} stands not under `sealed` in hotline/people/purposes.yml: add it there first")
        return self.sealed[name]

    def purpose(self, id: str) -> Purpose:
        if id not in self.purposes:
            raise UnknownField(f"there is no purpose {id} in hotline/people/purposes.yml")
        return self.purposes[id]

    def knows(self, name: str) -> bool:
        return name in self.sealed or name in self.in_ticket


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return read(FILE)


def read(path: Path) -> Catalogue:
    raw = read_yaml(path)
    purposes = {id: Purpose(id, **row) for id, row in raw["purposes"].items()}
    bad = [one.id for one in purposes.values() if one.basis not in BASES or one.keep_days < 1]
    if bad:
        raise BadCatalogue(f"purposes.yml: {', '.join(bad)}: basis is one of {', '.join(BASES)}, keep_days at least 1")
    sealed = {name: _sealed(name, row, purposes) for name, row in raw["sealed"].items()}
    in_ticket = {name: _purpose(name, id, purposes) for name, id in raw["in_ticket"].items()}
    twice = sealed.keys() & in_ticket.keys()
    if twice:
        raise BadCatalogue(f"purposes.yml: {', '.join(sorted(twice))} stands twice")
    return Catalogue(str(raw["notice"]["version"]), purposes, sealed, in_ticket)


def _purpose(name: str, id: str, purposes: Mapping[str, Purpose]) -> Purpose:
    if id not in purposes:
        raise BadCatalogue(f"purposes.yml: {name}: there is no purpose {id}")
    return purposes[id]


def _sealed(name: str, row: dict[str, Any], purposes: Mapping[str, Purpose]) -> SealedField:
    if row["mask"] not in MASKS:
        raise BadCatalogue(f"purposes.yml: {name}: mask is one of {', '.join(MASKS)}")
    return SealedField(name, **{**row, "purpose": _purpose(name, row["purpose"], purposes)})
