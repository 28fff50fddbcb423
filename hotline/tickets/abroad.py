"""What a ticket may hold of somebody who writes on a platform whose servers stand abroad (PIPL 38 and 39).

Until whoever answers for it sets TELEGRAM_TICKETS=full, that is its category, the city and how many people; the rest is
told on the web page. Words of somebody in danger are kept all the same: a life goes before (PIPL 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.settings import settings

ABROAD = ("telegram",)
KEPT = ("place", "people", "consent", "inbox", "safe", "card")
CITY = 3  # parts of a region's id down to the prefecture: CN-32-05


def is_brief(channel: str) -> bool:
    return channel in ABROAD and settings().telegram_tickets != "full"


def brief(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that may be kept, with the place cut to its city."""
    kept = {name: value for name, value in facts.items() if name in KEPT}
    if kept.get("place"):
        place = str(kept["place"])
        kept["place"] = "-".join(place.split("-")[:CITY]) if place.startswith("CN-") else ""
    return kept
