"""From the desk's feed to the receivers. Each reads on from the number that it has seen; nothing is skipped.

A delivery's id is the receiver's and the event's number: the same after a restart, a repeat, a day. The body names the
ticket and what happened, never who asked or what he said: whoever may read that asks /api/tickets.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hotline import audit, people
from hotline.hooks import calling, signing
from hotline.hooks.tables import HookCallRow, HookDeliveryRow, HookRow
from hotline.tickets import feed
from hotline.tickets.tables import TicketRow
from kit import clock
from kit.db import Database
from kit.settings import derived_secret, settings

TRIES = 14
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 6 * 3600.0
AT_ONCE = 50
BOTH_SIGN = timedelta(hours=24)


@dataclass(frozen=True)
class Hook:
    id: int
    url: str
    kinds: tuple[str, ...]
    seen: int
    is_active: bool
    paused_at: datetime | None


@dataclass(frozen=True)
class Call:
    delivery: str
    at: datetime
    status: int
    took_ms: int
    error: str


def add(session: Session, url: str, kinds: Sequence[str] = (), *, by: str) -> tuple[Hook, str]:
    """A new receiver and its secret, which is shown once. It gets what happens from now on; no kinds means all."""
    calling.check(url, loopback=settings().hooks_loopback)
    secret = secrets.token_urlsafe(32)
    row = HookRow(
        url=url,
        kinds=list(kinds),
        secret=people.seal_text(session, None, secret),
        seen=feed.last(session),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "hook.added", f"hook:{row.id}", {"kinds": list(kinds)})
    return _hook(row), secret


def rotate(session: Session, hook_id: int, *, by: str) -> str:
    """A new secret; for a day both sign, so that the receiver can change in peace."""
    row = session.get_one(HookRow, hook_id)
    secret = secrets.token_urlsafe(32)
    row.old_secret, row.old_until = row.secret, clock.now() + BOTH_SIGN
    row.secret = people.seal_text(session, None, secret)
    audit.record(session, by, "hook.rotated", f"hook:{hook_id}")
    return secret


def pause(session: Session, hook_id: int, *, by: str) -> None:
    """Nothing goes out until `resume`; what happens meanwhile is sent then."""
    session.get_one(HookRow, hook_id).paused_at = clock.now()
    audit.record(session, by, "hook.paused", f"hook:{hook_id}")


def resume(session: Session, hook_id: int, *, by: str) -> None:
    session.get_one(HookRow, hook_id).paused_at = None
    audit.record(session, by, "hook.resumed", f"hook:{hook_id}")


def remove(session: Session, hook_id: int, *, by: str) -> None:
    session.get_one(HookRow, hook_id).is_active = False
    audit.record(session, by, "hook.removed", f"hook:{hook_id}")


def every(session: Session) -> list[Hook]:
    return [_hook(row) for row in session.scalars(select(HookRow).where(HookRow.is_active).order_by(HookRow.id))]


def get(session: Session, hook_id: int) -> Hook | None:
    row = session.get(HookRow, hook_id)
    return None if row is None or not row.is_active else _hook(row)


def counts(session: Session, hook_id: int) -> dict[str, int]:
    """How many deliveries are new, sent, dead."""
    query = select(HookDeliveryRow.state, func.count().label("number")).filter_by(hook_id=hook_id)
    return {row.state: row.number for row in session.execute(query.group_by(HookDeliveryRow.state))}


def given_up(session: Session, hook_id: int, limit: int = 100) -> list[str]:
    """Deliveries that were tried often enough; `send_again` gives them another round."""
    query = select(HookDeliveryRow.id).filter_by(hook_id=hook_id, state="dead").order_by(HookDeliveryRow.at)
    return list(session.scalars(query.limit(limit)))


def calls(session: Session, hook_id: int, limit: int = 100) -> list[Call]:
    """The newest calls first."""
    query = (
        select(HookCallRow)
        .join(HookDeliveryRow, HookDeliveryRow.id == HookCallRow.delivery_id)
        .where(HookDeliveryRow.hook_id == hook_id)
        .order_by(HookCallRow.id.desc())
        .limit(limit)
    )
    return [Call(row.delivery_id, row.at, row.status, row.took_ms, row.error) for row in session.scalars(query)]


def send_again(session: Session, delivery_id: str, *, by: str) -> None:
    """A delivery that was given up gets another round, under the same id."""
    row = session.get_one(HookDeliveryRow, delivery_id)
    row.state, row.attempts, row.next_at = "new", 0, clock.now()
    audit.record(session, by, "hook.sent_again", f"hook:{row.hook_id}", {"delivery": delivery_id})


def run(database: Database) -> None:
    """The duty `webhooks`: put what is new in line, then call what is due."""
    behind = select(HookRow.id).where(HookRow.is_active, HookRow.paused_at.is_(None))
    with database.reading() as session:
        ids = list(session.scalars(behind.where(HookRow.seen < feed.last(session))))
    if ids:
        with database.transaction() as session:
            for row in session.scalars(select(HookRow).where(HookRow.id.in_(ids))):
                _line_up(session, row)
    with database.reading() as session:
        resting = select(HookRow.id).where(or_(HookRow.paused_at.is_not(None), ~HookRow.is_active))
        due = select(HookDeliveryRow.id).where(
            HookDeliveryRow.state == "new",
            HookDeliveryRow.next_at <= clock.now(),
            or_(HookDeliveryRow.hook_id.is_(None), HookDeliveryRow.hook_id.not_in(resting)),
        )
        found = list(session.scalars(due.order_by(HookDeliveryRow.next_at).limit(AT_ONCE)))
    for delivery_id in found:
        _deliver(database, delivery_id)


def _line_up(session: Session, row: HookRow) -> None:
    now = clock.now()
    for told in feed.after(session, row.seen):
        row.seen = told.seq
        if row.kinds and told.kind not in row.kinds:
            continue
        id = f"{row.id}-{told.seq}"
        body = json.dumps({"id": id, **_about(session, told)}, ensure_ascii=False)
        session.add(HookDeliveryRow(id=id, hook_id=row.id, body=body, next_at=now, at=now))


def _about(session: Session, told: feed.Told) -> dict[str, Any]:
    """What happened, in words that lead nowhere without a token."""
    said: dict[str, Any] = {"seq": told.seq, "event": told.kind, "at": told.at.isoformat(), "desk": told.desk_id}
    ticket = session.get(TicketRow, told.ticket_id) if told.ticket_id is not None else None
    if ticket is not None:
        names = ("number", "state", "category", "priority", "desk_id", "region")
        said["ticket"] = {name: getattr(ticket, name) for name in names}
    if told.alert_id is not None:
        said["alert"] = told.alert_id
    return said


def _deliver(database: Database, delivery_id: str) -> None:
    with database.reading() as session:
        row = session.get_one(HookDeliveryRow, delivery_id)
        url, keys = _where(session, row)
    body, timestamp = row.body.encode(), str(int(clock.now().timestamp()))
    headers = signing.headers(keys, delivery_id, timestamp, body)
    answer = calling.post(url, body, headers, loopback=settings().hooks_loopback)
    with database.transaction() as session:
        _note(session, session.get_one(HookDeliveryRow, delivery_id), answer)


def _where(session: Session, row: HookDeliveryRow) -> tuple[str, list[str]]:
    if row.hook_id is None:  # a duty phone
        return people.open_text(session, None, row.url), [derived_secret("duty phone")]
    hook = session.get_one(HookRow, row.hook_id)
    keys = [people.open_text(session, None, hook.secret)]
    if hook.old_until is not None and hook.old_until > clock.now():
        keys.append(people.open_text(session, None, hook.old_secret))
    return hook.url, keys


def _note(session: Session, row: HookDeliveryRow, answer: calling.Answer) -> None:
    now = clock.now()
    session.add(
        HookCallRow(delivery_id=row.id, at=now, status=answer.status, took_ms=answer.took_ms, error=answer.error[:200])
    )
    row.attempts += 1
    if answer.is_good:
        row.state = "sent"
    elif row.attempts >= TRIES:
        row.state = "dead"
    else:
        pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        row.next_at = now + timedelta(seconds=pause)


def _hook(row: HookRow) -> Hook:
    return Hook(row.id, row.url, tuple(row.kinds), row.seen, row.is_active, row.paused_at)
