"""Somebody with a row in every table where personal data may stand, and a search for what is left of him."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Float, Integer, String, Table, Text, insert, inspect, select
from sqlalchemy.orm import Session

from hotline import people
from hotline.people import sealing
from hotline.people.tables import PersonRow
from kit import clock
from kit.db import Base, Database, UtcDateTime

CANARY = "金丝雀"
PLAIN = ("inbox", "outbox")  # the mailbox keeps words for a short time only, and wipes them itself
PURPOSES = ("ticket", "sensitive", "upload", "reminders", "collective", "home_union", "referral")


@dataclass
class Somebody:
    """`told` is what was put into each column that his copy must tell."""

    id: int
    road: str
    key_id: str
    told: dict[tuple[str, str], Any] = field(default_factory=dict)


def seed(database: Database) -> Somebody:
    """A person with one row in every registered table."""
    road = secrets.token_hex(16)
    with database.transaction() as session:
        person = people.for_conversation(session, road)
        for purpose in PURPOSES:
            people.consent(session, conversation_id=road, purpose=purpose, version="2026-11", yes=True)
        for name in people.catalogue().sealed:
            people.seal(session, person, name, f"{CANARY}{name}")
        key_id = session.get_one(PersonRow, person).key_id
        assert key_id is not None
        made = Somebody(person, road, key_id)
        for table in Base.metadata.sorted_tables:
            if table.name == "operator":
                _insert(session, table, {column.name: _neutral(column) for column in table.columns})
            elif table.name in people.register().tables and not _has_row(session, table):
                _put(session, table, made)
    return made


def _has_row(session: Session, table: Table) -> bool:
    return session.execute(select(table).limit(1)).first() is not None


def _put(session: Session, table: Table, person: Somebody) -> None:
    one = people.register().tables[table.name]
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in one.about:
            row[column.name] = {"ROAD": person.road, "HIM": person.id}.get(one.about[column.name], 1)
        elif column.name in one.tell:
            row[column.name], person.told[table.name, column.name] = _value(session, table, column, person.id)
        else:
            row[column.name] = _neutral(column)
    _insert(session, table, row)


def _insert(session: Session, table: Table, row: dict[str, Any]) -> None:
    session.execute(insert(table).values({name: value for name, value in row.items() if value is not None}))


def _value(session: Session, table: Table, column: Column[Any], person: int) -> tuple[Any, Any]:
    said = f"{CANARY}{table.name}.{column.name}"
    is_sealed = "keep" in people.register().tables[table.name].erase and table.name not in PLAIN
    if isinstance(column.type, JSON):
        stored = people.seal_text(session, person, said) if is_sealed else said
        return {"text": stored}, {"text": said}
    length = getattr(column.type, "length", None) or 999
    if isinstance(column.type, String) and length >= (300 if is_sealed else 64):
        return (people.seal_text(session, person, said) if is_sealed else said), said
    value = _neutral(column)
    return value, value.isoformat() if isinstance(value, date) else value


def _neutral(column: Column[Any]) -> Any:
    if column.name == "id" and column.autoincrement is not False and not isinstance(column.type, String):
        return None  # the database counts; the first is 1
    if isinstance(column.type, UtcDateTime):
        return clock.now()
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer | Float) or column.type.__class__.__name__ == "BigInteger":
        return 50 if column.name == "next_seq" else 1
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, String | Text):
        return "x" if column.name != "state" else "done"
    return None if column.nullable else clock.today()


def left_in_tables(database: Database) -> list[str]:
    """Where a canary still stands, in clear or behind a key that still opens it."""
    found = []
    with database.reading() as session:
        for name in inspect(database.reader).get_table_names():
            table = Base.metadata.tables.get(name)
            if table is None:
                continue
            for row in session.execute(select(table)):
                found += [f"{name}.{column}" for column, value in row._mapping.items() if CANARY in _read(value)]
    return found


def _read(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_read(one) for one in value.values())
    if isinstance(value, str) and value.startswith(sealing.SEALED):
        for label in ("text", *people.catalogue().sealed):
            try:
                return sealing.open_with(label, value) or ""
            except people.Damaged:
                continue
    return str(value)


def left_in_files(folder: Path) -> list[str]:
    """Files that hold the canary in clear: databases, logs of databases, anything."""
    needles = (CANARY.encode(), CANARY.encode("unicode_escape"))
    return [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and os.access(path, os.R_OK) and any(needle in path.read_bytes() for needle in needles)
    ]
