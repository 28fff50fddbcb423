"""Evaluates a ticket: which rules hold, for which employer or site, from which inputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hotline.tickets import feed
from hotline.tickets import service as tickets
from hotline.tickets.tables import TicketRow
from hotline.warnings import alerts
from hotline.warnings.counting import Hit, Sighting, Subject, is_watched, prefecture, sightings, subjects
from hotline.warnings.rules import Rule, rules
from hotline.warnings.tables import TicketSignRow, WarningCursorRow
from kit import clock, log
from kit.db import Database
from knowledge import urgent

logger = log.logger("warnings")

READS = ("opened", "message_in", "changed", "reopened")
CURSOR = "tickets"
AT_ONCE = 100


def run(database: Database) -> int:
    """Evaluate what the feed has told since the last time; returns how many tickets."""
    with database.reading() as session:
        cursor = session.get(WarningCursorRow, CURSOR)
        told = feed.after(session, cursor.seq if cursor else 0, AT_ONCE)
    if not told:
        return 0
    done: set[int] = set()
    for line in told:
        if line.kind in READS and line.ticket_id is not None and line.ticket_id not in done:
            done.add(line.ticket_id)
            with database.transaction() as session:
                evaluate(session, line.ticket_id)
    with database.transaction() as session:
        session.merge(WarningCursorRow(name=CURSOR, seq=told[-1].seq))
    return len(done)


def evaluate(session: Session, ticket_id: int) -> list[int]:
    """The alerts that this ticket raised or feeds; running it twice changes nothing."""
    row = session.get_one(TicketRow, ticket_id)
    text = _text(session, ticket_id)
    signs = rules().signs_in(text)
    _note_signs(session, row, signs)
    is_past, watched, now = urgent.is_past(text), is_watched(session, row), clock.now()
    raised: list[int] = []
    found = subjects(row)
    for subject in found or [Subject(f"ticket:{row.id}", row.place or row.number, prefecture(row.region))]:
        seen = sightings(session, subject, now, rules().longest) if found else []
        own = next((one for one in seen if one.ticket_id == row.id), None) or _own(row, signs)
        hits = [hit for rule in rules().rules if (hit := _hit(rule, own, seen, now, is_past, watched, bool(found)))]
        if hits:
            raised.append(alerts.raise_alert(session, row, subject, hits))
    return raised


def _text(session: Session, ticket_id: int) -> str:
    """Everything the worker has said on this ticket."""
    parts: list[str] = []
    for event in tickets.thread(session, ticket_id):
        facts = event.body.get("facts") or {}
        if event.kind == "opened":
            parts += [str(value) for value in facts.values() if isinstance(value, str)]
        elif event.kind == "message_in":
            parts.append(str(event.body.get("text") or ""))
    return "，".join(parts)


def _own(row: TicketRow, signs: frozenset[str]) -> Sighting:
    """The ticket itself, where it names no employer."""
    return Sighting(
        row.id, row.number, "self", row.employer, "本单", row.category, row.opened_at, row.people_count, signs
    )


def _note_signs(session: Session, row: TicketRow, signs: frozenset[str]) -> None:
    if not signs:
        return
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(TicketSignRow)
    about = {"ticket_id": row.id, "employer_key": row.employer_key, "industry": row.industry}
    rows = [{**about, "region": row.region, "sign": sign, "at": row.opened_at} for sign in sorted(signs)]
    session.execute(insert.on_conflict_do_nothing(), rows)
    session.flush()


def _hit(
    rule: Rule, own: Sighting, seen: Sequence[Sighting], now: datetime, is_past: bool, watched: str, named: bool
) -> Hit | None:
    """Whether a rule holds because of this ticket: a ticket that a rule is not about raises nothing by it."""
    if not named and not rule.alone:
        return None
    if (rule.now and is_past) or (rule.watched and not watched) or own.said < rule.said:
        return None
    if not _counts(rule, own):
        return None
    if not rule.persons:
        others = {one.person for one in seen if _counts(rule, one) and one.said >= rule.said}
        return Hit(rule, max(1, len(others)), own.said, (own,), watched if rule.watched else "")
    since = now - timedelta(hours=rule.hours)
    inputs = tuple(one for one in seen if one.at > since and _counts(rule, one))
    persons = len({one.person for one in inputs})
    return Hit(rule, persons, own.said, inputs) if persons >= rule.persons else None


def _counts(rule: Rule, one: Sighting) -> bool:
    """Whether a ticket is of the rule's matters and holds its signs."""
    if rule.about and one.category not in rule.about:
        return False
    return not rule.signs or bool(one.signs & set(rule.signs))


def signs_of(session: Session, ticket_id: int) -> list[str]:
    return list(session.scalars(select(TicketSignRow.sign).filter_by(ticket_id=ticket_id).order_by("sign")))
