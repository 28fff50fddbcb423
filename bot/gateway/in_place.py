"""Waits a moment for the reply to a message, so that the webhook's own answer can carry it (WeChat's passive reply)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool

from bot.channels.base import Answer, Channel, Webhook
from bot.mailbox import in_place
from bot.mailbox.in_place import Replies
from bot.mailbox.inbox import Accepted
from bot.mailbox.wake import bell
from kit import clock
from kit.db import Database


async def wait_for_replies(
    database: Database, channel: Channel, hook: Webhook, accepted: Accepted, until: float
) -> Answer | None:
    """The answer that carries the replies, or None when they are not ready, do not fit, or went another way."""
    with bell.listening(f"conversation:{accepted.conversation_id}") as ear:
        while True:
            is_over, answer = await run_in_threadpool(_take, database, channel, hook, accepted.inbox_id)
            left = until - clock.monotonic()
            if is_over or left <= 0:
                return answer
            await ear.wait(min(left, 1.0))


def _take(database: Database, channel: Channel, hook: Webhook, inbox_id: int) -> tuple[bool, Answer | None]:
    with database.reading() as session:
        replies = in_place.find(session, inbox_id)
    carried, answer = _fitting(channel, hook, replies)
    if answer is None or replies.was_carried:
        return replies.is_over, answer
    with database.transaction() as session:
        is_ours = in_place.record(session, carried, inbox_id, now=clock.now())
        if not is_ours:
            session.rollback()
    return True, answer if is_ours else None


def _fitting(channel: Channel, hook: Webhook, replies: Replies) -> tuple[Replies, Answer | None]:
    """As many of the replies as one answer holds, oldest first; the relay brings the rest."""
    for count in range(len(replies.rows), 0, -1):
        carried = replies.first(count)
        answer = channel.reply_in_place(hook, list(carried.messages))
        if answer is not None:
            return carried, answer
    return replies, None
