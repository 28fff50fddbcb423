"""One database, two engines: SQLite for one box, PostgreSQL beyond it (DESIGN decision 5).

SQLite runs with WAL, synchronous=FULL and BEGIN IMMEDIATE for writers: pysqlite's own transactions lost
updates, and anything below FULL lost acknowledged rows in simulated power cuts.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import DateTime, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

WRITER_WAIT = 5.0
SQLITE_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
    "secure_delete": "ON",
    "trusted_schema": "OFF",
}


# A network that swallows packets, or a host that is gone, must look like an error within seconds, to us and to the
# server; whoever wants other figures says so in DATABASE_URL, which has the last word.
POSTGRES = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "8000",
    "application_name": "gongyou",
    "target_session_attrs": "read-write",
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=8000 -c idle_in_transaction_session_timeout=30000 "
    "-c jit=off",  # compiling a statement took longer than any statement of ours runs
}


class Base(DeclarativeBase):
    """The tables of every package; each package declares its own in its tables.py."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refused when naive, stored in UTC, always aware when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}; use kit.clock.now()")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=timezone.utc)


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for name, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


class Database:
    """The engines of one database; `transaction()` is the only place that commits."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = self.url.startswith("sqlite")
        self._turn = threading.Lock()
        self._guard: Callable[[Session], None] | None = None
        if self.is_sqlite:
            self.writer = create_engine(self.url, pool_size=8, max_overflow=8, hide_parameters=True)
            self.reader = create_engine(self.url, pool_size=8, max_overflow=8, hide_parameters=True)
            _prepare_sqlite(self.writer, "BEGIN IMMEDIATE")
            _prepare_sqlite(self.reader, "BEGIN")
        else:
            self.writer = create_engine(
                "postgresql+psycopg://",
                creator=self.connect,
                pool_size=12,
                max_overflow=8,
                pool_pre_ping=True,
                hide_parameters=True,
            )
            self.reader = self.writer

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A PostgreSQL connection. The URL is libpq's own, so it may name several hosts: the one that takes writes."""
        given: dict[str, Any] = {**POSTGRES, **conninfo_to_dict(self.url)}
        return psycopg.connect(make_conninfo(**given), autocommit=autocommit)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self._my_turn(), Session(self.writer, expire_on_commit=False) as session, session.begin():
            if self._guard is not None:
                self._guard(session)
            yield session

    def guarded(self, guard: Callable[[Session], None]) -> Database:
        """The same database, each of whose transactions first asks `guard`, which refuses by raising."""
        other = copy.copy(self)
        other._guard = guard
        return other

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """SQLite has one writer: threads queue here, because its own way of waiting is to sleep for up to 100 ms.

        Who waits too long goes on and lets SQLite say that it is locked.
        """
        if not self.is_sqlite:
            yield
            return
        is_mine = self._turn.acquire(timeout=WRITER_WAIT)
        try:
            yield
        finally:
            if is_mine:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Reading that sees one moment from its first to its last row, however long it takes."""
        with self.reading() as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def pragmas(self) -> dict[str, str]:
        """What SQLite says of itself, read back for `doctor`; empty on PostgreSQL."""
        if not self.is_sqlite:
            return {}
        with self.reader.connect() as connection:
            return {name: str(connection.execute(text(f"PRAGMA {name}")).scalar()) for name in SQLITE_PRAGMAS}

    def empty_log(self) -> None:
        """What was deleted also leaves SQLite's write-ahead log, which else keeps it until it is written over."""
        if not self.is_sqlite:
            return
        connection = self.writer.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()
