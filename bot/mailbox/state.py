"""`ChannelState` in the database: shared by all processes, and still there after a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.mailbox.tables import ChannelStateRow
from kit import clock
from kit.db import Database


def _expiry(ttl: float | None, now: datetime) -> datetime | None:
    return None if ttl is None else now + timedelta(seconds=ttl)


class MailboxState:
    """Each call is its own short transaction; what has expired is as good as gone before it is swept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> dict[str, Any] | None:
        with self._database.reading() as session:
            row = session.execute(
                select(ChannelStateRow.value, ChannelStateRow.expires_at).where(ChannelStateRow.key == key)
            ).one_or_none()
        if row is None or (row.expires_at is not None and row.expires_at <= clock.now()):
            return None
        value: dict[str, Any] = row.value
        return value

    def put(self, key: str, value: dict[str, Any], ttl: float | None) -> None:
        self._write(key, value, ttl, only_if_free=False)

    def put_new(self, key: str, value: dict[str, Any], ttl: float | None) -> bool:
        """One statement decides: of two processes with the same key exactly one is told that it was free."""
        return self._write(key, value, ttl, only_if_free=True)

    def _write(self, key: str, value: dict[str, Any], ttl: float | None, *, only_if_free: bool) -> bool:
        now = clock.now()
        build = sqlite.insert if self._database.is_sqlite else postgresql.insert
        insert = build(ChannelStateRow).values(key=key, value=value, expires_at=_expiry(ttl, now))
        insert = insert.on_conflict_do_update(
            index_elements=[ChannelStateRow.key],
            set_={"value": insert.excluded.value, "expires_at": insert.excluded.expires_at},
            where=ChannelStateRow.expires_at <= now if only_if_free else None,
        )
        with self._database.transaction() as session:
            written = session.execute(insert.returning(ChannelStateRow.key)).scalar_one_or_none()
        return written is not None

    def drop(self, key: str) -> None:
        with self._database.transaction() as session:
            session.execute(delete(ChannelStateRow).where(ChannelStateRow.key == key))

    def sweep(self) -> int:
        """Remove what has expired; called now and then by the relay."""
        with self._database.transaction() as session:
            result = session.execute(
                delete(ChannelStateRow)
                .where(ChannelStateRow.expires_at <= clock.now())
                .execution_options(synchronize_session=False)
            )
        return int(result.rowcount)  # type: ignore[attr-defined]
