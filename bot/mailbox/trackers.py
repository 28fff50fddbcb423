"""Rasa's own rows of a conversation, as far as we touch them: we only ever delete.

Rasa's store (bot/dialogue/tracker_store.py) makes the table at its first start, so it may not be there yet. A row that
is gone makes Rasa drop the tracker that it keeps warm, too: it begins anew with the next message.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, MetaData, String, Table, delete, inspect

from kit.db import Database

_ROWS = Table("rasa_conversation", MetaData(), Column("sender_id", String(64), primary_key=True))


class Trackers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_made = False

    def forget(self, conversation_ids: Sequence[str]) -> None:
        """Delete these conversations; on SQLite also what the write-ahead log still holds of them."""
        if not conversation_ids or not self._exists():
            return
        with self._database.transaction() as session:
            session.execute(delete(_ROWS).where(_ROWS.c.sender_id.in_(conversation_ids)))
        self._database.empty_log()

    def _exists(self) -> bool:
        if not self._is_made:
            self._is_made = inspect(self._database.reader).has_table(_ROWS.name)
        return self._is_made
