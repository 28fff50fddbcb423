"""The conversation exactly as the worker saw it, with the ticket's own events between its lines.

What came in and went out is read from the mailbox, so that the bot's answers, their buttons and what became of each
delivery are there too; words that have ended there (they are wiped after a week) live on in the ticket's thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow, InboxRow, OutboxRow
from hotline.tickets.shapes import Event
from kit import clock

MOST = 300
LIVELY = timedelta(minutes=30)
DELIVERY = {
    "new": "正在送",
    "taken": "正在送",
    "waiting": "存着：等他下次说话就送到",
    "undeliverable": "没送到",
    "ended": "没送到，已另想办法",
}
SPOKEN = ("message_in", "reply_out")


@dataclass(frozen=True)
class Line:
    """One thing that was said or that happened. `who` is worker, bot, operator, system, note or event."""

    at: datetime
    who: str
    text: str
    actor: str = ""
    kind: str = ""
    seq: int = 0
    citations: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    delivery: str = ""
    is_bad: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    ticket_id: int = 0


def read(session: Session, conversation_id: str | None, events: Sequence[Event]) -> list[Line]:
    """Everything in the order of time."""
    known_in = {event.body.get("inbox") for event in events if event.kind == "message_in"}
    known_out = {event.body.get("seq") for event in events if event.kind == "reply_out"}
    made: list[Line] = []
    if conversation_id is not None:
        came, went = _came(session, conversation_id), _went(session, conversation_id)
        made += came.values()
        made += went.values()
        known_in &= set(came)
        known_out &= set(went)
    for event in events:
        if event.kind == "message_in" and event.body.get("inbox") in known_in:
            continue
        if event.kind == "reply_out" and event.body.get("seq") in known_out:
            continue
        made.append(_event(event))
    return sorted(made, key=lambda line: line.at)


def _came(session: Session, conversation_id: str) -> dict[int, Line]:
    rows = session.scalars(
        select(InboxRow).filter_by(conversation_id=conversation_id).order_by(InboxRow.id.desc()).limit(MOST)
    )
    found: dict[int, Line] = {}
    for row in rows:
        text = str(row.body.get("text") or "")
        attachments = tuple(row.body.get("attachments") or ())
        if not text and not attachments:
            continue  # its words have ended; the thread has what the ticket needs
        bad = {"buried": "这条让机器人出错了五次，已放到一边", "conflict": "同一编号来过不同内容"}.get(row.state, "")
        found[row.id] = Line(row.received_at, "worker", text, attachments=attachments, delivery=bad, is_bad=bool(bad))
    return found


def _went(session: Session, conversation_id: str) -> dict[int, Line]:
    rows = session.scalars(
        select(OutboxRow).filter_by(conversation_id=conversation_id).order_by(OutboxRow.id.desc()).limit(MOST)
    )
    return {row.seq: _outgoing(row) for row in rows if row.body.get("text")}


def _outgoing(row: OutboxRow) -> Line:
    body = row.body
    twice = "可能送了两次" if row.possibly_twice else ""
    return Line(
        at=row.created_at,
        who=str(body.get("from", "bot")),
        text=str(body["text"]),
        kind=str(body.get("kind", "")),
        seq=row.seq,
        citations=tuple(_cited(one) for one in body.get("citations", ())),
        buttons=tuple(str(one.get("title", "")) for one in body.get("buttons", ())),
        delivery=DELIVERY.get(row.state, twice),
        is_bad=row.state in ("undeliverable", "ended"),
    )


def _cited(one: Mapping[str, Any]) -> str:
    article = f"第{one['article']}条" if one.get("article") else ""
    return f"《{one.get('law', '')}》{article}"


def _event(event: Event) -> Line:
    body = event.body
    who = {"message_in": "worker", "reply_out": "operator", "note": "note"}.get(event.kind, "event")
    text = str(body.get("text") or body.get("summary") or body.get("reason") or body.get("outcome") or "")
    return Line(event.at, who, text, event.actor, event.kind, event.seq, body=body, ticket_id=event.ticket_id)


def channel_of(session: Session, conversation_id: str | None) -> ConversationRow | None:
    return session.get(ConversationRow, conversation_id) if conversation_id else None


def is_lively(session: Session, conversation_id: str | None) -> bool:
    """The bot answers there and the worker is likely to be waiting: he must hear that a person takes over."""
    row = channel_of(session, conversation_id)
    return row is not None and row.owner == "bot" and clock.now() - row.last_in_at < LIVELY


@dataclass(frozen=True)
class Running:
    """A conversation of the last hours as the list shows it."""

    id: str
    channel: str
    owner: str
    ticket_id: int | None
    last_in_at: datetime
    last_words: str


def running(session: Session, since: datetime, limit: int = 100) -> list[Running]:
    """Who has written lately, the newest first; which of them a viewer may see, the caller decides."""
    rows = session.scalars(
        select(ConversationRow)
        .where(ConversationRow.last_in_at >= since)
        .order_by(ConversationRow.last_in_at.desc())
        .limit(limit)
    )
    return [
        Running(
            row.id,
            str(row.profile.get("as") or row.channel),
            row.owner,
            row.ticket_id,
            row.last_in_at,
            _last_words(session, row.id),
        )
        for row in rows
    ]


def _last_words(session: Session, conversation_id: str) -> str:
    body = session.scalar(
        select(InboxRow.body).filter_by(conversation_id=conversation_id).order_by(InboxRow.id.desc()).limit(1)
    )
    return str((body or {}).get("text") or "")[:80]
