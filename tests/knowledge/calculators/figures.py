"""A policy base of files and dicts, so that the sums can be tested without the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PARAMS = Path(__file__).parents[3] / "knowledge" / "data" / "params"


class _Decimals(yaml.SafeLoader):
    """Reads 21.75 as a Decimal."""


_Decimals.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


@lru_cache(maxsize=1)
def values() -> dict[str, dict[date, Any]]:
    """Every parameter: id -> day -> value."""
    found = {}
    for path in PARAMS.rglob("*.yml"):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Decimals)
        id = ".".join(path.relative_to(PARAMS).with_suffix("").parts)
        found[id] = {day: row["value"] for day, row in sorted(data["values"].items())}
    return found


class FileFigures:
    """The parameter files, and regional figures handed in by the test."""

    def __init__(self, regional: dict[tuple[str, str], Any] | None = None) -> None:
        self.regional = regional or {}

    def param(self, id: str, on: date) -> Any:
        rows = [value for day, value in values()[id].items() if day <= on]
        if not rows or rows[-1] is None:
            raise LookupError(f"{id} 在 {on} 没有数值")
        return rows[-1]

    def region_fact(self, path: str, region: str, on: date) -> Any:
        return self.regional.get((path, region))
