"""`./gongyou db move postgresql://...`: every row of one database into another, table by table, compared at the end.

It goes on where it stopped: a table's rows are copied in the order of their key, so what is there already tells how far
it came. Nothing is deleted in the source. Both databases have the same schema; the app must not run meanwhile, and a
source that changed nevertheless is found by the comparison.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, tuple_
from sqlalchemy.orm import Session

import hotline.migrations.every_table  # noqa: F401
from hotline.migrations import run
from kit.db import Base, Database

AT_ONCE = 2000
NOT_MOVED = ("duty_lease", "process_seen")  # who runs now, which is nobody
SEEDED = ("audit_head",)  # a fresh schema holds a row of these already


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
    for table in tables():
        copied = _copy(source, target, table)
        if copied:
            yield f"{table.name}: {copied} rows copied"
    for table in tables():
        _move_counter(target, table)
        mine, theirs = digest(source, table), digest(target, table)
        if mine != theirs:
            raise MoveFailed(f"{table.name}: {mine[0]} rows ({mine[1][:12]}) became {theirs[0]} ({theirs[1][:12]})")
        if mine[0]:
            yield f"{table.name}: {mine[0]} rows, {mine[1][:12]}, the same in both"


def _copy(source: Database, target: Database, table: Table) -> int:
    key = list(table.primary_key)
    if table.name in SEEDED:
        with target.transaction() as session:
            session.execute(delete(table))
    with target.reading() as session:
        last = session.execute(select(*key).order_by(*(column.desc() for column in key)).limit(1)).first()
    copied = 0
    while True:
        with source.reading() as session:
            rows = _part(session, table, tuple(last) if last is not None else None)
        if not rows:
            return copied
        with target.transaction() as session:
            session.execute(insert(table), rows)
        copied += len(rows)
        last = tuple(rows[-1][column.key] for column in key)  # type: ignore[assignment]


def _part(session: Session, table: Table, after: tuple[Any, ...] | None) -> list[dict[str, Any]]:
    key = list(table.primary_key)
    query = select(*(column.label(column.key) for column in table.columns)).order_by(*key).limit(AT_ONCE)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    return [dict(row) for row in session.execute(query).mappings()]


def digest(database: Database, table: Table) -> tuple[int, str]:
    """How many rows, and one checksum over all their values; the same on both engines."""
    total, rows, after = 0, 0, None
    key = list(table.primary_key)
    while True:
        with database.reading() as session:
            part = _part(session, table, after)
        if not part:
            return rows, f"{total:064x}"
        for row in part:
            # Added up, so that the two engines may sort words in their own ways.
            total = (total + int.from_bytes(hashlib.sha256(_canonical(row)).digest())) % 2**256
        rows += len(part)
        after = tuple(part[-1][column.key] for column in key)


def _canonical(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


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
