"""What the mailbox holds of a worker: a copy for him, and its end when he says so or its time is over.

Words stand in three places: the inbox, the outbox, and Rasa's own rows. The first two are wiped in the transaction
that asks for it; Rasa's row, and whatever was still under way at that moment, by `finish`, once nothing of the
conversation is open: a turn under way would write Rasa's row anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.mailbox import inbox, outbox
from bot.mailbox.tables import ConversationRow, ForgettingRow, InboxRow, OutboxRow
from bot.mailbox.trackers import Trackers
from kit import clock
from kit.db import Database

SHOWN_LINES = 20
AT_ONCE = 100
WIPED_OUT = {"kind": "info", "text": "", "from": "system"}


@dataclass(frozen=True)
class Held:
    said: int
    heard: int
    lines: str


def export(session: Session, conversation_id: str) -> Held:
    """Everything of the conversation, the latest words in full."""
    said = list(session.scalars(select(InboxRow).filter_by(conversation_id=conversation_id).order_by(InboxRow.id)))
    heard = list(session.scalars(select(OutboxRow).filter_by(conversation_id=conversation_id).order_by(OutboxRow.id)))
    lines = [f"{row.received_at:%m-%d %H:%M} {row.body.get('text', '')}" for row in said[-SHOWN_LINES:]]
    return Held(len(said), len(heard), "\n".join(lines))


def wipe(session: Session, conversation_id: str, keep_inbox: int | None = None) -> None:
    """Remove the words and what was kept by consent, keep the rows: counts and order stay, nothing readable does."""
    _wipe_words(session, conversation_id, clock.now(), keep_inbox)
    withdraw(session, conversation_id)
    _forget_later(session, conversation_id)


def withdraw(session: Session, conversation_id: str) -> None:
    """Forget what was kept by consent."""
    row = update(ConversationRow).where(ConversationRow.id == conversation_id)
    shown_as = (session.scalar(select(ConversationRow.profile).filter_by(id=conversation_id)) or {}).get("as")
    kept = {"as": shown_as} if shown_as else {}
    session.execute(row.values(profile=kept).execution_options(synchronize_session=False))


def _wipe_words(session: Session, conversation_id: str, until: datetime, keep_inbox: int | None = None) -> None:
    """What is still on its way to the worker keeps its words until it is there."""
    said = update(InboxRow).where(
        InboxRow.conversation_id == conversation_id, InboxRow.id != (keep_inbox or 0), InboxRow.received_at <= until
    )
    session.execute(said.values(body={}).execution_options(synchronize_session=False))
    heard = update(OutboxRow).where(
        OutboxRow.conversation_id == conversation_id,
        OutboxRow.state.not_in(outbox.OPEN),
        OutboxRow.created_at <= until,
    )
    session.execute(heard.values(body=WIPED_OUT).execution_options(synchronize_session=False))


def _forget_later(session: Session, conversation_id: str) -> None:
    session.merge(ForgettingRow(conversation_id=conversation_id, since=clock.now()))


def end_old_conversations(session: Session, *, days: float, limit: int = AT_ONCE) -> int:
    """Ask for the end of words whose time is over: nobody wrote for `days`, and no ticket needs the conversation."""
    over = clock.now() - timedelta(days=days)
    ended = (
        select(ConversationRow)
        .where(ConversationRow.last_in_at < over, ConversationRow.ticket_id.is_(None))
        .where(or_(ConversationRow.wiped_at.is_(None), ConversationRow.wiped_at < ConversationRow.last_in_at))
        .where(~_has_open_rows())
        .order_by(ConversationRow.last_in_at)
        .limit(limit)
    )
    rows = list(session.scalars(ended))
    for row in rows:
        _wipe_words(session, row.id, clock.now())
        _forget_later(session, row.id)
        row.wiped_at = clock.now()
    return len(rows)


def finish(database: Database, trackers: Trackers, *, limit: int = AT_ONCE) -> int:
    """End what was asked for, once nothing of the conversation is under way; returns how many conversations ended."""
    with database.reading() as session:
        waiting = select(ForgettingRow.conversation_id, ForgettingRow.since).join(
            ConversationRow, ConversationRow.id == ForgettingRow.conversation_id
        )
        found = list(session.execute(waiting.where(~_has_open_rows()).order_by(ForgettingRow.since).limit(limit)))
    trackers.forget([conversation_id for conversation_id, _ in found])
    with database.transaction() as session:
        for conversation_id, since in found:
            _wipe_words(session, conversation_id, since)
            mine = ForgettingRow.conversation_id == conversation_id, ForgettingRow.since == since
            session.execute(delete(ForgettingRow).where(*mine).execution_options(synchronize_session=False))
    return len(found)


def _has_open_rows() -> ColumnElement[bool]:
    said = select(InboxRow.id).where(InboxRow.conversation_id == ConversationRow.id, InboxRow.state.in_(inbox.OPEN))
    heard = select(OutboxRow.id).where(
        OutboxRow.conversation_id == ConversationRow.id, OutboxRow.state.in_(("new", "taken"))
    )
    return or_(said.exists(), heard.exists())
