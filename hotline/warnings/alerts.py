"""An alert's life: raised by rules, acknowledged and reported by people, lowered only by a named person with a reason.

States: reported, judged, handled, tracked, closed. Workers never see any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hotline import audit
from hotline.tickets import desks, feed, routing
from hotline.tickets.shapes import SYSTEM, operator
from hotline.tickets.tables import TicketRow
from hotline.warnings.counting import Hit, Subject
from hotline.warnings.rules import LEVELS, ORANGE, RED, rules
from hotline.warnings.tables import AlertEventRow, AlertRow, AlertTaskRow
from kit import clock

STATES = ("reported", "judged", "handled", "tracked", "closed")
TITLES = {"reported": "报告", "judged": "研判", "handled": "处置", "tracked": "跟踪", "closed": "结案"}
MOST_INPUTS = 60


class AlertError(Exception):
    """What cannot be done with an alert; the message says why."""


class AlertChanged(AlertError):
    pass


@dataclass(frozen=True)
class Alert:
    id: int
    subject: str
    kind: str
    title: str
    region: str | None
    desk_id: str | None
    level: int
    state: str
    rule: str
    rule_version: str
    persons: int
    said: int
    inputs: dict[str, Any]
    first_known_at: datetime
    opened_at: datetime
    updated_at: datetime
    report_by: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: int | None
    closed_at: datetime | None
    version: int

    @property
    def color(self) -> str:
        return LEVELS[self.level]


@dataclass(frozen=True)
class Step:
    seq: int
    kind: str
    at: datetime
    actor: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Task:
    text: str
    level: int
    done_at: datetime | None
    done_by: int | None


def alert_of(row: AlertRow) -> Alert:
    return Alert(**{name: getattr(row, name) for name in Alert.__dataclass_fields__})


def get(session: Session, alert_id: int) -> Alert:
    return alert_of(_load(session, alert_id))


def _load(session: Session, alert_id: int, version: int | None = None) -> AlertRow:
    row = session.get(AlertRow, alert_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise AlertError(f"没有预警 {alert_id}")
    if version is not None and row.version != version:
        raise AlertChanged("这条预警刚被别人改过，请刷新再看")
    return row


def steps(session: Session, alert_id: int) -> list[Step]:
    rows = session.scalars(select(AlertEventRow).filter_by(alert_id=alert_id).order_by(AlertEventRow.seq))
    return [Step(row.seq, row.kind, row.at, row.actor, row.body) for row in rows]


def tasks(session: Session, alert_id: int) -> list[Task]:
    rows = session.scalars(select(AlertTaskRow).filter_by(alert_id=alert_id).order_by(AlertTaskRow.level.desc()))
    return [Task(row.text, row.level, row.done_at, row.done_by) for row in rows]


def raise_alert(session: Session, ticket: TicketRow, subject: Subject, hits: Sequence[Hit]) -> int:
    """Open an alert for the subject, or feed the one that is open; a level never falls by itself."""
    best = max(hits, key=lambda hit: (hit.rule.level, hit.persons))
    row = session.scalars(_open_of(subject)).one_or_none()
    fresh = row is None
    if row is None:
        row = _new(session, ticket, subject, best)
    new = [hit for hit in hits if hit.persons > row.settled.get(hit.rule.id, 0)]
    level = max((hit.rule.level for hit in new), default=0)
    grew = level > row.level or fresh
    known = {one["ticket"] for one in row.inputs.get("tickets", ())}
    row.inputs = _inputs(row.inputs, hits)
    if {one["ticket"] for one in row.inputs["tickets"]} != known or grew:
        row.persons, row.said = max(row.persons, best.persons), max(row.said, best.said)
        write(session, row, "raised" if grew else "seen", SYSTEM, _said(ticket, best, hits))
    if grew:
        _climb(session, row, max(level, row.level), best)
    session.execute(update(TicketRow).where(TicketRow.id == ticket.id).values(alert_id=row.id))
    return row.id


def _open_of(subject: Subject) -> Any:
    here = AlertRow.region.is_(None) if subject.region is None else AlertRow.region == subject.region
    return (
        select(AlertRow)
        .where(AlertRow.subject == subject.key, here, AlertRow.state != "closed")
        .order_by(AlertRow.id)
        .limit(1)
        .with_for_update()
    )


def _new(session: Session, ticket: TicketRow, subject: Subject, best: Hit) -> AlertRow:
    now = clock.now()
    first = min((one.at for one in best.inputs), default=ticket.opened_at)
    row = AlertRow(
        subject=subject.key,
        kind=best.rule.kind,
        title=subject.title[:160],
        region=subject.region,
        desk_id=_desk(session, ticket, best.rule.level),
        level=0,
        rule=best.rule.id,
        rule_version=rules().version,
        inputs={},
        settled={},
        first_known_at=first,
        opened_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _desk(session: Session, ticket: TicketRow, level: int) -> str:
    """The district's desk; red goes to the city's."""
    desk = routing.desk_for(session, ticket.region, group="bargaining")
    above = desks.above(session, desk.id) if level == RED and desk.kind != "city" else None
    return above.id if above is not None else desk.id


def _inputs(before: dict[str, Any], hits: Sequence[Hit]) -> dict[str, Any]:
    """What the alert rests on: each ticket once, the names with the reason why they are one, the rules that hold."""
    told = {one["ticket"]: one for one in before.get("tickets", ())}
    for hit in hits:
        for one in hit.inputs:
            signs = sorted(one.signs)
            told[one.ticket_id] = {"ticket": one.ticket_id, "number": one.number, "said": one.said, "signs": signs}
    names = dict(before.get("names", {}))
    names.update({one.employer: one.why_same for hit in hits for one in hit.inputs if one.employer})
    held = {hit.rule.id: {"persons": hit.persons, "why": hit.rule.why, "also": hit.also} for hit in hits}
    notify = sorted({*before.get("notify", ()), *(to for hit in hits for to in hit.rule.notify)})
    newest = sorted(told.values(), key=lambda one: -int(one["ticket"]))[:MOST_INPUTS]
    return {"tickets": newest, "names": names, "rules": {**before.get("rules", {}), **held}, "notify": notify}


def _said(ticket: TicketRow, best: Hit, hits: Sequence[Hit]) -> dict[str, Any]:
    held = [hit.rule.id for hit in hits]
    return {"ticket": ticket.number, "rule": best.rule.id, "why": best.rule.why, "rules": held, "persons": best.persons}


def _climb(session: Session, row: AlertRow, level: int, best: Hit) -> None:
    """A higher level: its tasks, its reporting clock, its line in the feed for the duty officer."""
    now = clock.now()
    row.level, row.rule, row.rule_version = level, best.rule.id, rules().version
    row.kind = best.rule.kind if best.rule.kind != "labour" else row.kind
    about = rules().levels[level]
    assert about is not None
    for text in about.tasks:
        if session.get(AlertTaskRow, (row.id, text)) is None:
            session.add(AlertTaskRow(alert_id=row.id, text=text, level=level))
    if about.report_minutes is not None:
        row.report_by = now + timedelta(minutes=about.report_minutes)
        row.acknowledged_at, row.acknowledged_by = None, None
    feed.tell(session, f"alert_{LEVELS[level]}", now, alert_id=row.id, desk_id=row.desk_id)
    session.flush()


def write(session: Session, row: AlertRow, kind: str, actor: str, body: dict[str, Any]) -> None:
    seq = session.scalar(select(func.count()).select_from(AlertEventRow).filter_by(alert_id=row.id)) or 0
    now = clock.now()
    session.add(AlertEventRow(alert_id=row.id, seq=seq + 1, kind=kind, at=now, actor=actor, body=body))
    row.version += 1
    row.updated_at = now
    session.flush()
    audit.record(session, actor, f"alert.{kind}", f"alert:{row.id}", {"seq": seq + 1})
    feed.tell(session, f"alert_{kind}"[:24], now, alert_id=row.id, desk_id=row.desk_id)


def acknowledge(session: Session, alert_id: int, operator_id: int) -> Alert:
    """The duty officer has read it."""
    row = _load(session, alert_id)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = clock.now(), operator_id
        write(session, row, "acknowledged", operator(operator_id), {})
    return alert_of(row)


def report(session: Session, alert_id: int, operator_id: int, to: str) -> Alert:
    """Somebody above was told: whom and in which minute. The reporting clock stops."""
    row = _load(session, alert_id)
    if not to.strip():
        raise AlertError("请写明报给了谁")
    late = row.report_by is not None and clock.now() > row.report_by
    row.report_by = None
    write(session, row, "reported_to", operator(operator_id), {"to": to, "late": late})
    return alert_of(row)


def advance(session: Session, alert_id: int, operator_id: int, note: str, *, version: int) -> Alert:
    """The next state, with its author and what was found or done."""
    row = _load(session, alert_id, version)
    if row.state == "closed":
        raise AlertError("已经结案")
    if not note.strip():
        raise AlertError("请写明研判或处置的情况")
    state = STATES[STATES.index(row.state) + 1]
    if state == "closed" and row.level >= ORANGE and _undone(session, row.id):
        raise AlertError("还有任务没做完，不能结案")
    row.state = state
    row.closed_at = clock.now() if state == "closed" else None
    row.report_by = None if state == "closed" else row.report_by
    write(session, row, state, operator(operator_id), {"text": note})
    return alert_of(row)


def _undone(session: Session, alert_id: int) -> bool:
    return session.scalar(select(AlertTaskRow.text).filter_by(alert_id=alert_id, done_at=None).limit(1)) is not None


def do_task(session: Session, alert_id: int, text: str, operator_id: int) -> None:
    row = _load(session, alert_id)
    task = session.get(AlertTaskRow, (alert_id, text))
    if task is None:
        raise AlertError("没有这项任务")
    task.done_at, task.done_by = clock.now(), operator_id
    write(session, row, "task_done", operator(operator_id), {"task": text})


def lower(session: Session, alert_id: int, operator_id: int, level: str, reason: str, *, version: int) -> Alert:
    """Only by a named person with a reason. What was judged stays judged: only more of it raises the alert again."""
    row = _load(session, alert_id, version)
    wanted = LEVELS.index(level)
    if len(reason.strip()) < 4:
        raise AlertError("降级要写明理由")
    if wanted >= row.level or wanted < 1:
        raise AlertError("只能往低降")
    was, row.level = row.level, wanted
    row.settled = {**row.settled, **{id: one["persons"] for id, one in row.inputs.get("rules", {}).items()}}
    if wanted < ORANGE:
        row.report_by = None
    body = {"from": LEVELS[was], "to": level, "reason": reason}
    write(session, row, "lowered", operator(operator_id), body)
    return alert_of(row)


def board(session: Session, desk_ids: frozenset[str] | None, *, closed: bool = False, limit: int = 100) -> list[Alert]:
    """The alerts of some desks, the worst first."""
    query = select(AlertRow).where(AlertRow.state == "closed" if closed else AlertRow.state != "closed")
    if desk_ids is not None:
        query = query.where(AlertRow.desk_id.in_(desk_ids))
    rows = session.scalars(query.order_by(AlertRow.level.desc(), AlertRow.updated_at.desc()).limit(limit))
    return [alert_of(row) for row in rows]


def overdue(session: Session) -> list[Alert]:
    """Orange and red ones whose reporting time has passed."""
    rows = session.scalars(select(AlertRow).where(AlertRow.report_by < clock.now(), AlertRow.state != "closed"))
    return [alert_of(row) for row in rows]
