"""The shipped policy base, and regional figures handed in by a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from knowledge.base import Base
from knowledge.loader import read

TODAY = date(2026, 11, 21)


@lru_cache(maxsize=1)
def base() -> Base:
    """The files; what a half-written card has wrong is no business of the sums."""
    return read()[0]


@dataclass(frozen=True)
class Fact:
    """A region's figure as the base hands it over."""

    value: Any
    level_region: str = "CN-32-05"
    since: date = date(2026, 1, 1)
    verified: Any = None


class Figures:
    """National figures from the files, regional ones only as given."""

    def __init__(self, regional: dict[tuple[str, str], Any] | None = None) -> None:
        self.regional = regional or {}

    def param(self, id: str, on: date) -> Any:
        return base().param(id, on)

    def region_fact(self, path: str, region: str | None, on: date) -> Fact:
        return Fact(self.regional[path, region or ""])
