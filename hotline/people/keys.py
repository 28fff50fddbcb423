"""The key store: one data key a person, kept apart from the data, so that a copy of the data holds no key.

It is a database of its own (KEYS_URL; by default var/keys/keys.db, mode 0600). A key is stored wrapped under a
key of this installation: the store alone opens nothing either. Deleting a key is how a person is deleted everywhere at
once, in old backups too. Beside the keys stands the ledger of deletions, which a restore replays (ledger.py).
"""

from __future__ import annotations

import functools
import os
import secrets
import stat
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from hotline.people.errors import PeopleError
from kit import clock
from kit.db import Database, UtcDateTime
from kit.recent import Recent
from kit.settings import Settings, derived_secret, make_private, settings

REMEMBERED_FOR = 5.0  # seconds: a key destroyed by another process is forgotten here by then
NONCE = 12


class KeyBase(DeclarativeBase):
    """The key store's own tables; they are made at its first use."""


class DataKeyRow(KeyBase):
    __tablename__ = "data_key"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    wrapped: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WrongMasterKey(PeopleError):
    """The key store belongs to another installation's secrets.json."""


class KeyStore:
    def __init__(self, database: Database, master: bytes) -> None:
        self.database = database
        self._master = AESGCM(master)
        self._known: Recent[tuple[float, AESGCM]] = Recent(5000)
        KeyBase.metadata.create_all(database.writer)

    def new(self) -> str:
        """A fresh key; its id is what the data may hold."""
        key_id = secrets.token_hex(16)
        self.ensure(key_id)
        return key_id

    def ensure(self, key_id: str) -> AESGCM:
        """The key of this name, made if there is none yet."""
        known = self.find(key_id)
        if known is not None:
            return known
        return self.ensure_all([key_id])[key_id]

    def ensure_all(self, key_ids: Iterable[str]) -> dict[str, AESGCM]:
        """Many at once; those that are there stay as they are."""
        wanted = sorted(set(key_ids))
        asked = select(DataKeyRow).where(DataKeyRow.id.in_(wanted))
        with self.database.reading() as session:
            found = {row.id: row for row in session.scalars(asked)}
        missing = [key_id for key_id in wanted if key_id not in found]
        if missing:
            with self.database.transaction() as session:
                session.execute(
                    self._insert().values([self._made(key_id) for key_id in missing]).on_conflict_do_nothing()
                )
                found = {row.id: row for row in session.scalars(asked)}
        return {key_id: self._remember(key_id, row) for key_id, row in found.items()}

    def _insert(self) -> Any:
        return (sqlite.insert if self.database.is_sqlite else postgresql.insert)(DataKeyRow)

    def _made(self, key_id: str) -> dict[str, Any]:
        return {"id": key_id, "wrapped": self._wrap(key_id, AESGCM.generate_key(256)), "created_at": clock.now()}

    def find(self, key_id: str) -> AESGCM | None:
        """The key, or None when it was destroyed."""
        known = self._known.find(key_id)
        if known is not None and clock.monotonic() - known[0] < REMEMBERED_FOR:
            return known[1]
        with self.database.reading() as session:
            row = session.get(DataKeyRow, key_id)
        return None if row is None else self._remember(key_id, row)

    def destroy(self, session: Session, key_ids: list[str]) -> None:
        """Delete these keys for good; the caller's transaction also writes the ledger."""
        session.execute(
            delete(DataKeyRow).where(DataKeyRow.id.in_(key_ids)).execution_options(synchronize_session=False)
        )
        for key_id in key_ids:
            self._known.forget(key_id)

    def ids(self) -> set[str]:
        with self.database.reading() as session:
            return set(session.scalars(select(DataKeyRow.id)))

    def wrapped(self) -> list[dict[str, str]]:
        """All keys as they are stored, for the backup's file of keys."""
        with self.database.reading() as session:
            rows = session.scalars(select(DataKeyRow))
            return [{"id": row.id, "wrapped": row.wrapped, "at": row.created_at.isoformat()} for row in rows]

    def take_over(self, rows: Iterable[dict[str, str]]) -> None:
        """Keys of a backup; a key that the ledger calls destroyed must be left out by the caller."""
        made = [
            {"id": row["id"], "wrapped": row["wrapped"], "created_at": datetime.fromisoformat(row["at"])}
            for row in rows
        ]
        with self.database.transaction() as session:
            for start in range(0, len(made), 500):
                session.execute(self._insert().values(made[start : start + 500]).on_conflict_do_nothing())

    def _wrap(self, key_id: str, key: bytes) -> str:
        nonce = os.urandom(NONCE)
        return (nonce + self._master.encrypt(nonce, key, key_id.encode())).hex()

    def _remember(self, key_id: str, row: DataKeyRow) -> AESGCM:
        raw = bytes.fromhex(row.wrapped)
        try:
            opened = AESGCM(self._master.decrypt(raw[:NONCE], raw[NONCE:], key_id.encode()))
        except InvalidTag as error:
            raise WrongMasterKey(
                "the key store does not belong to this secrets.json: put the secrets.json of the backup in its place"
            ) from error
        self._known.put(key_id, (clock.monotonic(), opened))
        return opened


def default_path(configured: Settings) -> Path:
    return configured.data / "keys" / "keys.db"


def opened(configured: Settings) -> KeyStore:
    """The key store of an installation, private to its user."""
    url = configured.keys_url
    if not url:
        path = default_path(configured)
        make_private(path.parent)
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        url = f"sqlite:///{path}"
    return KeyStore(Database(url), bytes.fromhex(derived_secret("key store")))


@functools.lru_cache(maxsize=1)
def store() -> KeyStore:
    """The key store of this process."""
    return opened(settings())
