"""Which desk has a ticket: the place of work first, then the industry, then the employer's own union.

A desk that does not take the matter (its level, its groups, too many people) hands it up; nobody is refused: where no
desk is, the next one up has it, and in the end the centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.tickets import desks
from hotline.tickets.shapes import Desk
from hotline.tickets.tables import DeskRow
from knowledge.regions import climb
from knowledge.strict import read_yaml
from knowledge.words import DATA

FILE = Path(__file__).parent / "routing.yml"
NAMED = ("building", "enterprise", "street")  # found by a name in the worker's words, the most exact first
ORDER = ("enterprise", "building", "street", "industry", "district", "city", "centre")


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Any]:
    found: dict[str, Any] = read_yaml(FILE)
    return found


@dataclass(frozen=True)
class Matter:
    """What routing looks at."""

    region: str | None
    group: str = "general"
    category: str = "T-OTHER"
    industry: str = ""
    text: str = ""
    people: int = 1
    unit_type: str = ""


@dataclass(frozen=True)
class Routed:
    desk: Desk
    why: str


def desk_for(session: Session, place: str | None, industry: str = "", group: str = "general") -> Desk:
    """The desk of a place for a group of matters."""
    return route(session, Matter(place, group, industry=industry)).desk


def route(session: Session, matter: Matter) -> Routed:
    """The desk and why it is this one."""
    for desk, why in _candidates(session, matter):
        if takes(desk, matter):
            return Routed(desk, why)
        up = _up(session, desk, matter)
        if up is not None:
            return Routed(up, f"{why}；{desk.title}不办这一类，交上一级")
    return Routed(centre(session), "没有登记当地的台，由总台先接")


def centre(session: Session) -> Desk:
    """The one that has whatever nobody else has; made at need, so that a new installation loses nothing."""
    if session.get(DeskRow, desks.ROOT) is None:
        session.add(DeskRow(id=desks.ROOT, region="CN", kind="centre", title="12351总台"))
        session.flush()
    return desks.get(session, desks.ROOT)


def takes(desk: Desk, matter: Matter) -> bool:
    """Whether a desk handles such a matter at its level and with its people."""
    level = rules()["levels"][desk.kind]
    groups = set(desk.groups or level.get("takes", ()))
    if groups and matter.group not in groups:
        return False
    return matter.people <= level.get("most_people", 10**9) and matter.category not in level.get("not", ())


def _candidates(session: Session, matter: Matter) -> list[tuple[Desk, str]]:
    if matter.region is None:
        return []
    places = climb(matter.region)
    rows = session.scalars(select(DeskRow).where(DeskRow.region.in_(places), DeskRow.is_open))
    found = [desks.shape(row) for row in rows]
    industries = {matter.industry, rules()["unit_types"].get(matter.unit_type, "")} - {""}
    made: list[tuple[Desk, str]] = []
    for desk in sorted(found, key=lambda desk: (-desk.region.count("-"), ORDER.index(desk.kind))):
        why = _why(desk, matter, industries)
        if why:
            made.append((desk, why))
    return made


def _why(desk: Desk, matter: Matter, industries: set[str]) -> str:
    """Why a desk of the right place is meant, or nothing."""
    if desk.kind in NAMED or desk.names:
        name = next((name for name in desk.names if name in matter.text), "")
        return f"说到了{name}" if name else ""
    if desk.kind == "industry":
        shared = industries & set(desk.industries)
        return f"行业是{'、'.join(sorted(shared))}" if shared else ""
    return f"在{desk.title}管的地方" if desk.id != desks.ROOT else "没有登记当地的台，由总台先接"


def _up(session: Session, desk: Desk, matter: Matter) -> Desk | None:
    at = desks.above(session, desk.id)
    while at is not None and not takes(at, matter):
        at = desks.above(session, at.id)
    return at


@lru_cache(maxsize=1)
def _industries() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((row["id"], tuple(row["words"])) for row in read_yaml(DATA / "industries.yml"))


def industry_in(text: str) -> str:
    """The industry whose words are said most often; empty when none is."""
    counts = [(sum(word in text for word in words), id) for id, words in _industries()]
    best = max(counts, key=lambda pair: pair[0])
    return best[1] if best[0] else ""
