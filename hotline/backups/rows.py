"""Rows as lines: every table of ours, from one moment, whatever the engine.

A row that is about a worker is sealed under a key of his before it is written: the person's, or the conversation's.
When that key is destroyed, the row is gone from every backup as well, and a restore leaves it out.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Date, DateTime, LargeBinary, MetaData, Table, func, inspect, select, text
from sqlalchemy.orm import Session

from hotline import people
from hotline.backups.errors import BackupError, Unreadable
from hotline.people import keys, ledger
from hotline.people.register import Registered
from hotline.people.tables import PersonRow
from kit.db import Base

TOGETHER = 1000
NONCE = 12
NOT_OURS = {"alembic_version", "rasa_conversation"}


def tables() -> list[Table]:
    """Parents before children."""
    return list(Base.metadata.sorted_tables)


class Owners:
    """Whose key seals a row: found in the row itself, or through the row that it hangs on."""

    def __init__(self, session: Session) -> None:
        self._person_keys = {row.id: row.key_id for row in session.scalars(select(PersonRow)) if row.key_id}
        self._roads = ledger.Roads(keys.store())
        self._of_parent: dict[tuple[str, Any], str] = {}
        self._parents = {by for one in people.register().tables.values() for by in one.about.values()}

    def key_id(self, one: Registered, row: Mapping[str, Any]) -> str | None:
        found = self._find(one, row)
        if one.name in self._parents and found is not None:
            self._of_parent[one.name, row["id"]] = found
        return found

    def _find(self, one: Registered, row: Mapping[str, Any]) -> str | None:
        for column, by in sorted(one.about.items(), key=lambda found: found[1] != "HIM"):
            value = row[column]
            if value is None:
                continue
            if by == "HIM":
                key_id = self._person_keys.get(value)
            else:
                key_id = self._roads.key(value) if by == "ROAD" else self._of_parent.get((by, value))
            if key_id is not None:
                return key_id
        return None


def dump(session: Session, counts: dict[str, int]) -> Iterator[str]:
    """Every row as a line; `counts` is filled for the manifest. The session must see one moment only."""
    _check_tables(session)
    owners = Owners(session)
    for table in tables():
        counts[table.name] = 0
        yield json.dumps({"table": table.name})
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=TOGETHER)
        registered = people.register().tables.get(table.name)
        for rows in session.execute(query).partitions():
            found = [dict(row._mapping) for row in rows]
            for line in _plain(found) if registered is None else _sealed(found, registered, owners):
                counts[table.name] += 1
                yield line


def _check_tables(session: Session) -> None:
    """A table whose package nobody imported in this process would be missing from the backup."""
    unknown = set(inspect(session.connection()).get_table_names()) - Base.metadata.tables.keys() - NOT_OURS
    if unknown:
        raise BackupError(f"no backup: these tables are not known here: {', '.join(sorted(unknown))}")


def _plain(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps({"r": row}, ensure_ascii=False, default=_encode)


def _sealed(rows: Iterable[dict[str, Any]], one: Registered, owners: Owners) -> Iterator[str]:
    owned = [(row, owners.key_id(one, row)) for row in rows]
    opened = keys.store().ensure_all(key_id for _, key_id in owned if key_id is not None and key_id.startswith("road."))
    for row, key_id in owned:
        said = json.dumps(row, ensure_ascii=False, default=_encode)
        if key_id is None:  # nobody's: an erased person's pseudonym, a ticket of no conversation
            yield f'{{"r": {said}}}'
            continue
        key = opened.get(key_id) or keys.store().find(key_id)
        if key is None:
            continue  # he was erased a moment ago, and the rest of his rows go right now
        nonce = os.urandom(NONCE)
        closed = base64.b64encode(nonce + key.encrypt(nonce, said.encode("utf-8", "surrogatepass"), one.name.encode()))
        yield json.dumps({"k": key_id, "c": closed.decode()})


class Loader:
    """Fills an empty schema. The tables are those of the database, which may be older than this release."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._metadata = MetaData()
        self._metadata.reflect(session.connection())
        self._tables = {name: table for name, table in self._metadata.tables.items() if name != "alembic_version"}
        self.left_out: dict[str, int] = {}

    def empty(self) -> None:
        """What the migrations themselves put in goes, children first; the backup brings its own."""
        for table in reversed(self._metadata.sorted_tables):
            if table.name in self._tables and self._session.execute(select(table).limit(1)).first() is not None:
                self._session.execute(table.delete())

    def load(self, lines: Iterable[str]) -> None:
        """Row after row; those whose key is gone are left out and counted."""
        table: Table | None = None
        waiting: list[dict[str, Any]] = []
        for line in lines:
            said = json.loads(line)
            if "table" in said:
                self._put(table, waiting)
                table = self._table(said["table"])
                continue
            assert table is not None
            row = _opened(said, table)
            if row is None:
                self.left_out[table.name] = self.left_out.get(table.name, 0) + 1
            else:
                waiting.append(row)
            if len(waiting) >= TOGETHER:
                self._put(table, waiting)
        self._put(table, waiting)

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise Unreadable(f"the backup has a table {name} that its own schema does not have")
        return self._tables[name]

    def _put(self, table: Table | None, waiting: list[dict[str, Any]]) -> None:
        if table is not None and waiting:
            self._session.execute(table.insert(), waiting)
        waiting.clear()

    def counted(self) -> dict[str, int]:
        count = select(func.count())
        return {name: self._session.scalar(count.select_from(table)) or 0 for name, table in self._tables.items()}

    def count_on(self) -> None:
        """PostgreSQL's counters go on after the highest id that was loaded."""
        if self._session.get_bind().dialect.name != "postgresql":
            return
        sequence = text("SELECT pg_get_serial_sequence(:name, 'id')")
        for name, table in self._tables.items():
            if "id" not in table.columns:
                continue
            counter = self._session.scalar(sequence, {"name": f'"{name}"'})
            highest = self._session.scalar(select(func.max(table.c.id)))
            if counter is not None and highest is not None:
                self._session.execute(select(func.setval(counter, highest)))


def _opened(said: dict[str, Any], table: Table) -> dict[str, Any] | None:
    raw = said.get("r")
    if raw is None:
        key = keys.store().find(said["k"])
        if key is None:
            return None
        raw = json.loads(_decrypt(key, said["c"], table.name))
    return {name: _decode(table, name, value) for name, value in raw.items()}


def _decrypt(key: AESGCM, closed: str, label: str) -> str:
    raw = base64.b64decode(closed)
    try:
        return key.decrypt(raw[:NONCE], raw[NONCE:], label.encode()).decode("utf-8", "surrogatepass")
    except InvalidTag as error:
        raise Unreadable(f"a row of {label} does not open with its key") from error


def _encode(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup cannot hold {type(value).__name__}")


def _decode(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value
