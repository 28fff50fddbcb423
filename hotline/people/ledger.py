"""The ledger of deletions: what was deleted stays deleted, whatever backup is restored.

An entry is written in the transaction that destroys the keys, into the key store, and then as a line of a file that can
be copied away (var/keys/erasures.jsonl). Neither names anybody: key ids and conversation ids only.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from hotline.people.keys import KeyBase, KeyStore
from kit import clock
from kit.db import UtcDateTime

FILE_NAME = "erasures.jsonl"


class ErasureRow(KeyBase):
    __tablename__ = "erasure"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    key_id: Mapped[str | None] = mapped_column(String(40))
    conversations: Mapped[list[str]] = mapped_column(JSON)
    keys: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(40))


@dataclass(frozen=True)
class Erasure:
    """One deletion: a person's key and his roads, or a road that no person was known of."""

    id: str
    at: datetime
    key_id: str | None
    conversations: tuple[str, ...]
    keys: tuple[str, ...]
    reason: str


class Roads:
    """The names of the keys under which backups seal the rows of conversations: a new one after each deletion."""

    def __init__(self, store: KeyStore) -> None:
        with store.database.reading() as session:
            erased = session.scalars(select(ErasureRow.conversations)).all()
        self._lives = Counter(conversation for one in erased for conversation in one)

    def key(self, conversation_id: str) -> str:
        lives = self._lives[conversation_id]
        return f"road.{conversation_id}" + (f".{lives}" if lives else "")


def enter(store: KeyStore, folder: Path, *, key_id: str | None, conversations: Iterable[str], reason: str) -> Erasure:
    """Destroy the keys and write the entry, both or neither; from here on it cannot be undone."""
    conversations, roads = tuple(conversations), Roads(store)
    gone = (*([key_id] if key_id else []), *map(roads.key, conversations))
    entry = Erasure(secrets.token_hex(16), clock.now(), key_id, conversations, gone, reason)
    _store(store, entry)
    _append(folder / FILE_NAME, entry)
    return entry


def _store(store: KeyStore, entry: Erasure) -> None:
    insert = sqlite.insert if store.database.is_sqlite else postgresql.insert
    values = {**asdict(entry), "conversations": list(entry.conversations), "keys": list(entry.keys)}
    with store.database.transaction() as session:
        session.execute(insert(ErasureRow).values(values).on_conflict_do_nothing())
        store.destroy(session, list(entry.keys))
    store.database.empty_log()


def merge(store: KeyStore, entries: Iterable[Erasure]) -> None:
    """Take entries over from a file or another store; their keys go here, too."""
    for entry in entries:
        _store(store, entry)


def entries(store: KeyStore) -> list[Erasure]:
    with store.database.reading() as session:
        return [_erasure(row) for row in session.scalars(select(ErasureRow).order_by(ErasureRow.at))]


def _erasure(row: ErasureRow) -> Erasure:
    return Erasure(row.id, row.at, row.key_id, tuple(row.conversations), tuple(row.keys), row.reason)


def read_file(path: Path) -> list[Erasure]:
    """The entries of a copied file; a last line that a power cut tore is not one."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(from_dict(json.loads(line)))
        except json.JSONDecodeError:
            continue
    return found


def as_dict(entry: Erasure) -> dict[str, Any]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def from_dict(raw: dict[str, Any]) -> Erasure:
    at, roads, gone = datetime.fromisoformat(raw["at"]), tuple(raw["conversations"]), tuple(raw["keys"])
    return Erasure(raw["id"], at, raw["key_id"], roads, gone, raw["reason"])


def _append(path: Path, entry: Erasure) -> None:
    line = json.dumps(as_dict(entry)) + "\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
