"""The ledger of deletions: what was deleted stays deleted, whatever backup is restored.

An entry is written in the transaction that destroys the keys, into the key store, and then as a line of a file that can
be copied away (var/keys/erasures.jsonl). Neither names anybody: key ids and conversation ids only.
"""

from __future__ import annotations

import json
import os
import secrets
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
    reason: Mapped[str] = mapped_column(String(40))


@dataclass(frozen=True)
class Erasure:
    """One deletion: a person's key and his roads, or a road that no person was known of."""

    id: str
    at: datetime
    key_id: str | None
    conversations: tuple[str, ...]
    reason: str

    @property
    def keys(self) -> list[str]:
        return [*([self.key_id] if self.key_id else []), *map(road_key, self.conversations)]


def road_key(conversation_id: str) -> str:
    """The key under which a backup seals the words of a conversation."""
    return f"road.{conversation_id}"


def enter(store: KeyStore, folder: Path, *, key_id: str | None, conversations: Iterable[str], reason: str) -> Erasure:
    """Destroy the keys and write the entry, both or neither; from here on it cannot be undone."""
    entry = Erasure(secrets.token_hex(16), clock.now(), key_id, tuple(conversations), reason)
    _store(store, entry)
    _append(folder / FILE_NAME, entry)
    return entry


def _store(store: KeyStore, entry: Erasure) -> None:
    insert = sqlite.insert if store.database.is_sqlite else postgresql.insert
    values = {**asdict(entry), "conversations": list(entry.conversations)}
    with store.database.transaction() as session:
        session.execute(insert(ErasureRow).values(values).on_conflict_do_nothing())
        store.destroy(session, entry.keys)
    store.database.empty_log()


def merge(store: KeyStore, entries: Iterable[Erasure]) -> None:
    """Take entries over from a file or another store; their keys go here, too."""
    for entry in entries:
        _store(store, entry)


def entries(store: KeyStore) -> list[Erasure]:
    with store.database.reading() as session:
        rows = session.scalars(select(ErasureRow).order_by(ErasureRow.at))
        return [Erasure(row.id, row.at, row.key_id, tuple(row.conversations), row.reason) for row in rows]


def read_file(path: Path) -> list[Erasure]:
    """The entries of a copied file; a last line that a power cut tore is not one."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            raw: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            continue
        found.append(
            Erasure(**{**raw, "at": datetime.fromisoformat(raw["at"]), "conversations": tuple(raw["conversations"])})
        )
    return found


def _append(path: Path, entry: Erasure) -> None:
    line = json.dumps({**asdict(entry), "at": entry.at.isoformat()}) + "\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
