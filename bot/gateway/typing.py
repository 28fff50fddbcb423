"""对方正在输入: shown while a worker waits longer than a moment, where his platform has such a sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from bot.channels.base import Channel
from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, InboxRow
from kit import clock
from kit.db import Database
from kit.recent import Recent

AFTER, UNTIL = timedelta(seconds=1.5), timedelta(seconds=25)
AGAIN = 12.0  # WeChat shows it for 15 s, Telegram for 5


class Typing:
    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._shown: Recent[float] = Recent(5000)

    def show(self, database: Database) -> int:
        """One round; returns to how many workers it was shown."""
        now = clock.now()
        waiting = (
            select(ConversationRow.id, ConversationRow.channel, ConversationRow.address)
            .join(InboxRow, InboxRow.conversation_id == ConversationRow.id)
            .where(InboxRow.state.in_(inbox.OPEN), InboxRow.received_at.between(now - UNTIL, now - AFTER))
            .where(ConversationRow.owner == "bot", ConversationRow.channel.in_(tuple(self._channels)))
            .distinct()
            .limit(20)
        )
        with database.reading() as session:
            found = [row for row in session.execute(waiting) if self._is_due(row.id)]
        for row in found:
            self._shown.put(row.id, clock.monotonic())
            self._channels[row.channel].typing(row.address)
        return len(found)

    def _is_due(self, conversation_id: str) -> bool:
        last = self._shown.find(conversation_id)
        return last is None or clock.monotonic() - last > AGAIN
