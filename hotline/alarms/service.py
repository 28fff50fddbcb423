"""From a P0 ticket or an orange or red alert to a person who says that he has it (a duty runs this every second).

The person on duty is called, two minutes later his deputy, two minutes later the desk above, and so on to the top; then
from the beginning again. Every step is one transaction with the call in it; an SMS goes the outbox's road, a webhook
that of all signed webhooks. Neither says more than number, level and desk.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from bot.mailbox.tables import ConversationRow
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline import audit, rota
from hotline.alarms.tables import AlarmCallRow, AlarmRow
from hotline.hooks import duty_calls
from hotline.tickets import desks, feed
from hotline.tickets.tables import TicketRow
from hotline.warnings.rules import LEVELS, ORANGE
from hotline.warnings.tables import AlertRow
from kit import clock
from kit.db import Database
from kit.settings import settings

LOOKS_BACK = timedelta(days=1)
SAYS = "工会值班提醒：{what}，{desk}。请马上打开坐席台确认。"
WHAT = {"P0": "有一张紧急工单 {number}", "orange": "有橙色预警", "red": "有红色预警"}


class AlarmGone(Exception):
    """There is no such alarm, or somebody acknowledged it before."""


def run(database: Database) -> None:
    """The duty `ring the duty officers`."""
    with database.reading() as session:  # hardly ever is there anything to do: nobody waits for our look
        wanted = _without_alarm(session)
    if wanted:
        with database.transaction() as session:
            for key, subject, cause, desk_id in wanted:
                _open(session, key, subject, cause, desk_id)
    with database.reading() as session:
        due = select(AlarmRow.id).where(AlarmRow.acknowledged_at.is_(None), AlarmRow.next_at <= clock.now())
        found = list(session.scalars(due.order_by(AlarmRow.next_at).limit(50)))
    for alarm_id in found:
        with database.transaction() as session:
            _step(session, alarm_id)
    if found:
        bell.ring("outbox")


def acknowledge(session: Session, alarm_id: int, operator_id: int) -> None:
    """“I have it”: the calls stop; who and when goes on record."""
    row = session.get(AlarmRow, alarm_id, populate_existing=True, with_for_update=True)
    if row is None or row.acknowledged_at is not None:
        raise AlarmGone("这条提醒已经有人确认了")
    row.acknowledged_at, row.acknowledged_by, row.next_at = clock.now(), operator_id, None
    audit.record(session, f"operator:{operator_id}", "alarm.acknowledged", row.subject, {"alarm": row.id})
    feed.tell(session, "alarm", clock.now(), desk_id=row.desk_id)


def _without_alarm(session: Session) -> list[tuple[str, str, str, str | None]]:
    """What needs an alarm, as key, subject, cause and desk: each P0 ticket and high alert of the last day that no
    person has taken and that had none yet."""
    since = clock.now() - LOOKS_BACK
    urgent = select(TicketRow).where(
        TicketRow.priority == "P0",
        TicketRow.state == "open",
        TicketRow.owner_id.is_(None),
        TicketRow.opened_at > since,
        ~select(AlarmRow.id).where(AlarmRow.key == literal("P0:") + cast(TicketRow.id, String)).exists(),
    )
    found = [
        (f"P0:{ticket.id}", f"ticket:{ticket.id}", "P0", ticket.desk_id) for ticket in session.scalars(urgent.limit(50))
    ]
    alerts = select(AlertRow).where(
        AlertRow.level >= ORANGE, AlertRow.acknowledged_at.is_(None), AlertRow.closed_at.is_(None)
    )
    for alert in session.scalars(alerts.where(AlertRow.updated_at > since).limit(50)):
        key = f"{LEVELS[alert.level]}:{alert.id}"
        if session.scalar(select(AlarmRow.id).filter_by(key=key)) is None:
            found.append((key, f"alert:{alert.id}", LEVELS[alert.level], alert.desk_id))
    return found


def _open(session: Session, key: str, subject: str, cause: str, desk_id: str | None) -> None:
    now = clock.now()
    session.add(AlarmRow(key=key, subject=subject, cause=cause, desk_id=desk_id, at=now, next_at=now))
    session.flush()
    feed.tell(session, "alarm", now, desk_id=desk_id)


def _step(session: Session, alarm_id: int) -> None:
    """Call whoever is next: on duty, deputy, then the desk above. Nobody there costs no waiting."""
    row = session.get_one(AlarmRow, alarm_id, populate_existing=True)
    if row.acknowledged_at is not None:
        return
    if _is_over(session, row):
        row.acknowledged_at, row.next_at = clock.now(), None
        feed.tell(session, "alarm", clock.now(), desk_id=row.desk_id)
        return
    road = _road(session, row)
    desk_id, as_what, operator_id = road[row.step % len(road)]
    _call(session, row, desk_id, as_what, operator_id)
    row.step += 1
    row.desk_id = desk_id or row.desk_id
    feed.tell(session, "alarm", clock.now(), desk_id=row.desk_id)
    wait = settings().alarm_seconds if operator_id is not None or row.step % len(road) == 0 else 0.0
    row.next_at = clock.now() + timedelta(seconds=wait)


def _road(session: Session, row: AlarmRow) -> list[tuple[str, str, int | None]]:
    """Everybody who may be called, in order, from the desk of the matter to the top of the tree."""
    first = _first_desk(session, row)
    road: list[tuple[str, str, int | None]] = []
    desk = desks.get(session, first) if first else None
    while desk is not None:
        found = rota.on_duty(session, desk.id, clock.now())
        road.append((desk.id, "duty", found.operator_id if found else None))
        if found and found.deputy_id is not None:
            road.append((desk.id, "deputy", found.deputy_id))
        desk = desks.above(session, desk.id)
    return road or [("", "duty", None)]


def _first_desk(session: Session, row: AlarmRow) -> str | None:
    kind, _, id = row.subject.partition(":")
    table = TicketRow if kind == "ticket" else AlertRow
    return session.scalar(select(table.desk_id).where(table.id == int(id)))


def _is_over(session: Session, row: AlarmRow) -> bool:
    """Somebody took the ticket or acknowledged the alert itself: that is an answer, too."""
    kind, _, id = row.subject.partition(":")
    if kind == "ticket":
        ticket = session.get_one(TicketRow, int(id))
        return ticket.owner_id is not None or ticket.state not in ("open", "waiting")
    alert = session.get_one(AlertRow, int(id))
    return alert.acknowledged_at is not None or alert.closed_at is not None


def _call(session: Session, row: AlarmRow, desk_id: str, as_what: str, operator_id: int | None) -> None:
    phone = rota.phone(session, operator_id) if operator_id is not None else None
    way = phone.way if phone else "none"
    call = AlarmCallRow(
        alarm_id=row.id, at=clock.now(), desk_id=desk_id, operator_id=operator_id, as_what=as_what, way=way
    )
    session.add(call)
    session.flush()
    audit.record(session, "system", "alarm.called", row.subject, {"operator": operator_id, "way": way, "as": as_what})
    if phone is None:
        return
    if phone.way == "sms":
        _text_message(session, phone.address, _words(session, row, desk_id), key=f"alarm:{call.id}")
    else:
        number = row.subject if row.cause != "P0" else _number(session, row)
        body = {"cause": row.cause, "number": number, "desk": desk_id, "as": as_what, "alarm": row.id}
        duty_calls.queue(session, f"alarm-{call.id}", phone.address, body)


def _words(session: Session, row: AlarmRow, desk_id: str) -> str:
    desk = desks.get(session, desk_id).title if desk_id else "未分配"
    return SAYS.format(what=WHAT[row.cause].format(number=_number(session, row)), desk=desk)


def _number(session: Session, row: AlarmRow) -> str:
    kind, _, id = row.subject.partition(":")
    return session.get_one(TicketRow, int(id)).number if kind == "ticket" else ""


def _text_message(session: Session, number: str, words: str, *, key: str) -> None:
    """A duty phone is an address on the SMS channel like any other."""
    known = {"channel": "sms", "account": settings().sms_number, "address": number}
    row = session.scalars(select(ConversationRow).filter_by(**known)).one_or_none()
    now = clock.now()
    if row is None:
        row = ConversationRow(id=secrets.token_hex(16), **known, owner="bot", opened_at=now, last_in_at=now, profile={})
        session.add(row)
        session.flush()
    outbox.queue(session, row.id, Outgoing(kind="info", text=words, sender="system"), key=key, now=now, done=True)
