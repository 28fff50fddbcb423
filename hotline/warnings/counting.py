"""Counts persons who speak of the same employer, site or platform in a rolling window: persons, not messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hotline import people
from hotline.tickets.tables import TicketRow
from hotline.warnings.rules import Rule
from hotline.warnings.tables import TicketSignRow, WatchedEmployerRow
from knowledge import employer_names
from knowledge.regions import climb

SEEN = (
    *(TicketRow.id, TicketRow.number, TicketRow.person_id, TicketRow.conversation_id, TicketRow.employer),
    *(TicketRow.category, TicketRow.opened_at, TicketRow.people_count),
)
MOST = 2000  # tickets of one employer in the widest window; beyond that every rule has long spoken


@dataclass(frozen=True)
class Sighting:
    """One ticket that speaks of the subject, and why it does although the name is written differently."""

    ticket_id: int
    number: str
    person: str
    employer: str
    why_same: str
    category: str
    at: datetime
    said: int
    signs: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A rule that holds, and what it holds by."""

    rule: Rule
    persons: int
    said: int
    inputs: tuple[Sighting, ...]
    also: str = ""


@dataclass(frozen=True)
class Subject:
    """What is counted: an employer, a site or a platform within one prefecture."""

    key: str
    title: str
    region: str | None


def prefecture(region: str | None) -> str | None:
    """CN-32-05 of CN-32-05-83; Beijing of its districts."""
    if region is None:
        return None
    places = climb(region)[::-1]
    is_municipality = places[1][3:5] in ("11", "12", "31", "50") if len(places) > 1 else False
    return places[min(len(places) - 1, 1 if is_municipality else 2)]


def subjects(row: TicketRow) -> list[Subject]:
    """A worker on a site speaks of the site and of his employer; both are counted."""
    region = prefecture(row.region)
    found = []
    if row.employer_key:
        found.append(Subject(f"employer:{row.employer_key}", row.employer, region))
    if row.site_key and row.site_key != row.employer_key:
        found.append(Subject(f"site:{row.site_key}", row.employer or row.site_key, region))
    return found


def sightings(session: Session, subject: Subject, now: datetime, hours: int) -> list[Sighting]:
    """All tickets about the subject in the window. A ticket whose place is not known counts wherever its name does."""
    column, key = _column(subject)
    here: ColumnElement[bool] = TicketRow.region.is_(None)
    if subject.region is not None:
        here = or_(here, TicketRow.region == subject.region, TicketRow.region.like(f"{subject.region}-%"))
    rows = list(
        session.execute(
            select(*SEEN)
            .where(column == key, TicketRow.opened_at > now - timedelta(hours=hours), here)
            .where(TicketRow.state != "merged", TicketRow.category != "T-SUGGEST", TicketRow.reason != "case")
            .order_by(TicketRow.opened_at)
            .limit(MOST)
        )
    )
    who, signs = _persons(session, rows), _signs(session, [row.id for row in rows])
    return [
        _sighting(row, why, who[row.id], signs.get(row.id, frozenset())) for row in rows if (why := _why(subject, row))
    ]


def _column(subject: Subject) -> tuple[Any, str]:
    kind, _, key = subject.key.partition(":")
    return (TicketRow.site_key if kind == "site" else TicketRow.employer_key), key


def _why(subject: Subject, row: Any) -> str | None:
    if subject.key.startswith("site:"):
        return "同一个项目"
    return employer_names.why_same(subject.title, row.employer)


def _sighting(row: Any, why: str, person: str, signs: frozenset[str]) -> Sighting:
    return Sighting(row.id, row.number, person, row.employer, why, row.category, row.opened_at, row.people_count, signs)


def _persons(session: Session, rows: Sequence[Any]) -> dict[int, str]:
    """Who each ticket's worker is: the same phone on two channels is one person."""
    ids = {row.person_id for row in rows if row.person_id is not None}
    phones = people.phone_marks(session, ids)
    found: dict[int, str] = {}
    for row in rows:
        if row.person_id is None:
            found[row.id] = f"conversation:{row.conversation_id}" if row.conversation_id else f"ticket:{row.id}"
        else:
            found[row.id] = phones.get(row.person_id, f"person:{row.person_id}")
    return found


def _signs(session: Session, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for ticket_id, sign in session.execute(
        select(TicketSignRow.ticket_id, TicketSignRow.sign).where(TicketSignRow.ticket_id.in_(list(ids)))
    ):
        found.setdefault(ticket_id, set()).add(sign)
    return {ticket_id: frozenset(signs) for ticket_id, signs in found.items()}


def is_watched(session: Session, row: TicketRow) -> str:
    """Why the employer is visited; empty when it is not."""
    if not row.employer_key:
        return ""
    region = prefecture(row.region)
    for watched in session.scalars(select(WatchedEmployerRow).filter_by(employer_key=row.employer_key)):
        same_place = watched.region is None or region is None or prefecture(watched.region) == region
        if same_place and employer_names.why_same(watched.name, row.employer):
            return watched.why
    return ""
