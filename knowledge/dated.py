"""Which value holds on a day. There is no fallback: outside its dates a value raises NotInForce."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.errors import NotInForce
from knowledge.schema import Row


def row_on(values: Mapping[date, Row], day: date, what: str) -> tuple[date, Row]:
    """The row in force and the day it began. Announced rows are skipped; a null value repeals from its day on."""
    found: tuple[date, Row] | None = None
    later: date | None = None
    for since in sorted(values):
        row = values[since]
        if row.expected:
            continue
        if since > day:
            later = later or since
            break
        found = (since, row)
    if found is None or found[1].value is None:
        raise NotInForce(what, day, later)
    return found
