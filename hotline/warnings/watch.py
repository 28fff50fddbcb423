"""What runs by itself: keyword rises of a week, alerts that nobody reported in time, and the list of visited firms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.tickets import desks, feed
from hotline.tickets.shapes import SYSTEM
from hotline.tickets.tables import TicketRow
from hotline.warnings import alerts
from hotline.warnings.counting import Hit, Sighting, Subject, prefecture
from hotline.warnings.rules import BLUE, Rule, rules
from hotline.warnings.tables import AlertEventRow, AlertRow, TicketSignRow, WatchedEmployerRow
from kit import clock
from kit.db import Database
from knowledge import employer_names

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Rise:
    """A sign that is said more often this week than in the weeks before, by industry or employer of a prefecture."""

    by: str
    name: str
    region: str | None
    sign: str
    this_week: int
    mean: float


@dataclass(frozen=True)
class Watched:
    id: int
    name: str
    region: str | None
    why: str


def rises(session: Session) -> list[Rise]:
    """What rose enough this week to be looked at."""
    now, known = clock.now(), rules()
    since = now - WEEK * (known.rise_weeks + 1)
    this_week: Counter[tuple[str, str, str | None, str]] = Counter()
    before: Counter[tuple[str, str, str | None, str]] = Counter()
    rows = session.execute(
        select(
            TicketSignRow.sign,
            TicketSignRow.industry,
            TicketSignRow.employer_key,
            TicketSignRow.region,
            TicketSignRow.at,
        ).where(TicketSignRow.at > since)
    )
    for sign, industry, employer, region, at in rows:
        counted = this_week if at > now - WEEK else before
        for by, name in (("industry", industry), ("employer", employer)):
            if name:
                counted[(by, name, prefecture(region), sign)] += 1
    found = []
    for key, count in this_week.items():
        mean = before[key] / known.rise_weeks
        if count >= known.rise_at_least and count >= mean * (1 + known.rise_percent / 100):
            found.append(Rise(*key, count, mean))
    return sorted(found, key=lambda rise: -rise.this_week)


def look_for_rises(database: Database) -> int:
    """Raise a blue alert for each rise; run daily."""
    with database.reading() as session:
        found = rises(session)
    for rise in found:
        with database.transaction() as session:
            _raise(session, rise)
    return len(found)


def _raise(session: Session, rise: Rise) -> None:
    column = TicketSignRow.industry if rise.by == "industry" else TicketSignRow.employer_key
    newest = session.scalars(
        select(TicketRow)
        .join(TicketSignRow, TicketSignRow.ticket_id == TicketRow.id)
        .where(TicketSignRow.sign == rise.sign, column == rise.name, TicketSignRow.at > clock.now() - WEEK)
        .order_by(TicketRow.id.desc())
    ).all()
    if not newest:
        return
    why = f"一周里“{rise.sign}”{rise.this_week}张，前几周平均{rise.mean:.1f}张"
    rule = Rule("keyword_rise", BLUE, why, persons=rules().rise_at_least, hours=168)
    inputs = tuple(
        Sighting(
            row.id,
            row.number,
            "",
            row.employer,
            "同一类苗头",
            row.category,
            row.opened_at,
            row.people_count,
            frozenset({rise.sign}),
        )
        for row in newest
    )
    subject = Subject(f"{rise.by}:{rise.name}:{rise.sign}"[:120], rise.name, rise.region)
    alerts.raise_alert(session, newest[0], subject, [Hit(rule, rise.this_week, 1, inputs)])


def hurry(database: Database) -> int:
    """Orange and red that nobody reported in time go to the desk above, once."""
    done = 0
    with database.reading() as session:
        late = [alert.id for alert in alerts.overdue(session)]
    for alert_id in late:
        with database.transaction() as session:
            done += _hurry(session, alert_id)
    return done


def _hurry(session: Session, alert_id: int) -> int:
    row = session.get_one(AlertRow, alert_id, with_for_update=True, populate_existing=True)
    told = select(func.count()).where(AlertEventRow.alert_id == alert_id, AlertEventRow.kind == "report_late")
    raised = select(func.count()).where(AlertEventRow.alert_id == alert_id, AlertEventRow.kind == "raised")
    if (session.scalar(told) or 0) >= (session.scalar(raised) or 0):
        return 0
    up = desks.above(session, row.desk_id) if row.desk_id else None
    body = {"from": row.desk_id, "desk": up.id if up else None}
    if up is not None:
        row.desk_id = up.id
    alerts.write(session, row, "report_late", SYSTEM, body)
    return 1


def watch(session: Session, name: str, region: str | None, why: str, *, by: str) -> Watched:
    """Put a firm on the list of those that are visited."""
    row = WatchedEmployerRow(
        name=name,
        employer_key=employer_names.key(name),
        region=region,
        why=why[:200],
        added_by=by,
        added_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "employer.watched", f"watched_employer:{row.id}")
    feed.tell(session, "watched", row.added_at)
    return Watched(row.id, row.name, row.region, row.why)


def unwatch(session: Session, id: int, *, by: str) -> None:
    session.execute(delete(WatchedEmployerRow).where(WatchedEmployerRow.id == id))
    audit.record(session, by, "employer.unwatched", f"watched_employer:{id}")


def watched(session: Session) -> list[Watched]:
    rows = session.scalars(select(WatchedEmployerRow).order_by(WatchedEmployerRow.name))
    return [Watched(row.id, row.name, row.region, row.why) for row in rows]
