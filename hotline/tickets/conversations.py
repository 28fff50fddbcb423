"""Who answers a conversation, and what of a ticket is said in it: the only road from a ticket to a worker."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from bot.mailbox.tables import ConversationRow
from bot.messages import Button, Outgoing
from hotline.tickets.errors import NoWayToReply
from hotline.tickets.tables import TicketRow
from kit import clock


def set_owner(session: Session, conversation_id: str, owner: str, ticket_id: int | None) -> None:
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(owner=owner, ticket_id=ticket_id)
        .execution_options(synchronize_session=False)
    )


def say(
    session: Session,
    row: TicketRow,
    text: str,
    *,
    key: str,
    from_operator: bool = False,
    buttons: Sequence[Button] = (),
) -> int | None:
    """Queue a message to the worker of a ticket; None when this key was said before."""
    if row.conversation_id is None:
        raise NoWayToReply(f"工单 {row.number} 没有对话可以回，请打电话")
    outgoing = Outgoing(
        kind="reply" if from_operator else "ticket",
        text=text,
        sender="operator" if from_operator else "system",
        ticket=row.number,
        buttons=tuple(buttons),
    )
    return outbox.queue(session, row.conversation_id, outgoing, key=key, now=clock.now(), done=True)
