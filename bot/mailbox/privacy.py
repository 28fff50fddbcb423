"""What a conversation holds of a worker: a copy for him, and its end when he says so or its time is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow, InboxRow, OutboxRow

SHOWN_LINES = 20


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
    """Remove the words, keep the rows: counts and order stay, nothing readable does."""
    words = update(InboxRow).where(InboxRow.conversation_id == conversation_id, InboxRow.id != (keep_inbox or 0))
    session.execute(words.values(body={}).execution_options(synchronize_session=False))
    gone = {"kind": "info", "text": "", "from": "system"}
    heard = update(OutboxRow).where(OutboxRow.conversation_id == conversation_id)
    session.execute(heard.values(body=gone).execution_options(synchronize_session=False))
    withdraw(session, conversation_id)


def withdraw(session: Session, conversation_id: str) -> None:
    """Forget what was kept by consent."""
    row = update(ConversationRow).where(ConversationRow.id == conversation_id)
    shown_as = (session.scalar(select(ConversationRow.profile).filter_by(id=conversation_id)) or {}).get("as")
    kept = {"as": shown_as} if shown_as else {}
    session.execute(row.values(profile=kept).execution_options(synchronize_session=False))
