"""Planning reminders, sending those that are due, ending them. They stop by themselves when their ticket is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import replies
from bot.mailbox import outbox
from bot.mailbox.tables import ConversationRow
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline import people
from hotline.reminders.tables import ReminderRow
from hotline.tickets import service as tickets
from hotline.tickets.shapes import OPEN_STATES
from kit import clock
from kit.db import Database

PURPOSE = "reminders"
DAYS_BEFORE = (30, 7, 3)
HOURS = range(9, 20)  # nobody is woken by us
AT_ONCE = 100


def days_of(deadline: date, today: date) -> list[tuple[int, date]]:
    """How many days before, and on which day; what is past already is left out."""
    days = [(before, deadline - timedelta(days=before)) for before in DAYS_BEFORE]
    return [(before, day) for before, day in days if day > today]


def plan(session: Session, conversation_id: str, what: str, deadline: date) -> Sequence[date]:
    """He said yes: the days on which he will hear of it. Asking twice changes nothing."""
    _consent(session, conversation_id, yes=True)
    ticket = tickets.find_open(session, conversation_id)
    days = days_of(deadline, clock.today())
    known = select(ReminderRow).filter_by(conversation_id=conversation_id, what=what[:80], deadline=deadline)
    held = {row.days_before: row for row in session.scalars(known)}
    for before, day in days:
        row = held.get(before)
        if row is None:
            row = ReminderRow(conversation_id=conversation_id, what=what[:80], deadline=deadline, days_before=before)
            session.add(row)
        if row.state != "sent":
            row.state, row.due_on, row.asked_at = "waiting", day, clock.now()
            row.ticket_id = ticket.id if ticket is not None else None
    session.flush()
    return [day for _, day in days]


def end(session: Session, conversation_id: str) -> int:
    """“不用提醒了”: nothing more is sent, and the yes is taken back. Returns how many were still to come."""
    waiting = update(ReminderRow).where(ReminderRow.conversation_id == conversation_id, ReminderRow.state == "waiting")
    ended = session.execute(
        waiting.values(state="ended", finished_at=clock.now()).execution_options(synchronize_session=False)
    )
    count = int(ended.rowcount)  # type: ignore[attr-defined]
    if count:
        _consent(session, conversation_id, yes=False)
    return count


def _consent(session: Session, conversation_id: str, *, yes: bool) -> None:
    version = people.catalogue().version
    people.consent(session, conversation_id=conversation_id, purpose=PURPOSE, version=version, yes=yes)


def send_due(database: Database) -> int:
    """What is due today goes to the outbox, once: the row's id is the key. Outside the day's hours nothing is sent."""
    if clock.local(clock.now()).hour not in HOURS:
        return 0
    with database.transaction() as session:
        due = select(ReminderRow).where(ReminderRow.state == "waiting", ReminderRow.due_on <= clock.today())
        rows = list(session.scalars(due.order_by(ReminderRow.due_on, ReminderRow.id).limit(AT_ONCE)))
        sent = sum(_send(session, row) for row in rows)
    if sent:
        bell.ring("outbox")
    return sent


def _send(session: Session, row: ReminderRow) -> bool:
    today = clock.today()
    is_over = row.ticket_id is not None and tickets.get(session, row.ticket_id).state not in OPEN_STATES
    is_late = row.deadline < today
    row.state = "ended" if is_over or is_late else "sent"
    row.finished_at = clock.now()
    if row.state == "ended":
        return False
    outgoing = told(row, _channel(session, row.conversation_id), (row.deadline - today).days)
    queued = outbox.queue(session, row.conversation_id, outgoing, key=f"reminder:{row.id}", now=clock.now(), done=True)
    return queued is not None


def _channel(session: Session, conversation_id: str) -> str:
    found = session.get_one(ConversationRow, conversation_id)
    return str(found.profile.get("as") or found.channel)


def told(row: ReminderRow, channel: str, days_left: int) -> Outgoing:
    """On a phone's lock screen stands no matter: a text message names only the day."""
    text = replies.REMINDER_SMS if channel == "sms" else replies.REMINDER
    words = text.format(what=row.what, day=row.deadline.isoformat(), days=days_left)
    buttons = (Button("不用提醒了", "remind_stop"), Button("转人工", "human"))
    return Outgoing(kind="info", text=words, sender="system", buttons=buttons)
