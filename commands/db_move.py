"""`./gongyou db move postgresql://...`: every row of one database into another, table by table, compared at the end.

It goes on where it stopped: a table's rows are copied in the order of their key, so what is there already tells how far
it came. Nothing is deleted in the source. Both databases have the same schema; the app must not run meanwhile, and a
source that changed nevertheless is found by the comparison.

Rows travel as plain values, the same from both engines: a moment as SQLite keeps it, JSON as its text, yes and no as 1
and 0. So nothing is taken apart and put together again on the way, and a million messages are a matter of minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    String,
    Table,
    cast,
    delete,
    func,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

import hotline.migrations.every_table  # noqa: F401
from hotline.migrations import run
from hotline.people.keys import KeyBase
from kit.db import Base, Database, UtcDateTime

AT_ONCE = 10_000
NOT_MOVED = ("duty_lease", "process_seen")  # who runs now, which is nobody
SEEDED = ("audit_head",)  # a fresh schema holds a row of these already

Plain = tuple[Any, ...]


class MoveFailed(Exception):
    """The copy is not the source; the message says where."""


def tables() -> list[Table]:
    """Each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in NOT_MOVED]


def move(source: Database, target: Database) -> Iterator[str]:
    """Copies, then compares; yields a line for each table."""
    if run.present(source) != run.newest():
        raise MoveFailed("the source has an older schema: run ./gongyou db upgrade first")
    if run.present(target) is None:
        run.upgrade(target)
    if run.present(target) != run.newest():
        raise MoveFailed("the target has another schema than this release: give an empty database")
    yield from _move_tables(source, target, tables())


def move_keys(source: Database, target: Database) -> Iterator[str]:
    """The key store, without which nothing personal opens on another host."""
    KeyBase.metadata.create_all(target.writer)
    yield from _move_tables(source, target, KeyBase.metadata.sorted_tables)


def _move_tables(source: Database, target: Database, moved: Sequence[Table]) -> Iterator[str]:
    for table in moved:
        copied = _copy(source, target, table)
        if copied:
            yield f"{table.name}: {copied} rows copied"
    for table in moved:
        _move_counter(target, table)
        mine, theirs = digest(source, table), digest(target, table)
        if mine != theirs:
            raise MoveFailed(f"{table.name}: {mine[0]} rows ({mine[1][:12]}) became {theirs[0]} ({theirs[1][:12]})")
        if mine[0]:
            yield f"{table.name}: {mine[0]} rows, {mine[1][:12]}, the same in both"


def _copy(source: Database, target: Database, table: Table) -> int:
    if table.name in SEEDED:
        with target.transaction() as session:
            session.execute(delete(table))
    copied = 0
    with source.snapshot() as session:
        for part in plain_rows(session, table, after=_last_key(target, table)):
            with target.transaction() as into:
                _write(into, table, part)
            copied += len(part)
    return copied


def _last_key(target: Database, table: Table) -> Plain | None:
    with target.reading() as session:
        key = _key(session, table)
        row = session.execute(select(*key).order_by(*(column.desc() for column in key)).limit(1)).first()
        return tuple(row) if row is not None else None


def plain_rows(session: Session, table: Table, after: Plain | None = None) -> Iterator[list[Plain]]:
    """The rows in the order of their key, some at a time."""
    query = select(*(_plain(session, column) for column in table.columns)).order_by(*_key(session, table))
    if after is not None:
        query = query.where(tuple_(*_key(session, table)) > tuple_(*after))
    for part in session.execute(query.execution_options(yield_per=AT_ONCE)).partitions():
        yield list(map(tuple, part))


def _key(session: Session, table: Table) -> list[ColumnElement[Any]]:
    """Words in the order of their bytes, which is SQLite's own."""
    if _is_sqlite(session):
        return list(table.primary_key)
    return [column.collate("C") if isinstance(column.type, String) else column for column in table.primary_key]


def _plain(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    kind = column.type
    if not isinstance(kind, UtcDateTime | JSON | Boolean | Date):
        return column
    if _is_sqlite(session):
        return type_coerce(column, Integer if isinstance(kind, Boolean) else String)
    if isinstance(kind, UtcDateTime):
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US", type_=String)
    return cast(column, Integer if isinstance(kind, Boolean) else String)


def _write(session: Session, table: Table, rows: Sequence[Plain]) -> None:
    """By the fastest door that the engine has; it takes plain values as they are."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = session.connection().connection.driver_connection
    if _is_sqlite(session):
        marks = ", ".join("?" * len(table.columns))
        driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608
        return
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def digest(database: Database, table: Table) -> tuple[int, str]:
    """How many rows, and one checksum over all their values; the same on both engines."""
    whole, rows = hashlib.sha256(), 0
    with database.snapshot() as session:
        for part in plain_rows(session, table):
            for row in part:
                whole.update(repr(row).encode("utf-8", "surrogatepass"))
            rows += len(part)
    return rows, whole.hexdigest()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _move_counter(target: Database, table: Table) -> None:
    """PostgreSQL counts on from its own sequence, which has seen none of the copied numbers."""
    column = table.autoincrement_column
    if target.is_sqlite or column is None:
        return
    with target.transaction() as session:
        highest = session.scalar(select(func.max(column)))
        if highest is not None:
            where = {"table": table.name, "column": column.name, "value": highest}
            session.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :value)"), where)
