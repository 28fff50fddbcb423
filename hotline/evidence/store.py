"""The bytes, beside the database and outside everything that is served: var/evidence/<xx>/<id>, mode 0600, sealed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from kit.settings import make_private

YOUNG = 600.0  # seconds for which a file without a row may be one whose row is being written


class Store:
    def __init__(self, data: Path) -> None:
        self._folder = data / "evidence"

    def write(self, file_id: str, sealed: str) -> None:
        """On disk before the row says that it is."""
        path = self._path(file_id)
        make_private(self._folder)
        make_private(path.parent)
        temporary = path.with_suffix(".part")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def read(self, file_id: str) -> str | None:
        path = self._path(file_id)
        return path.read_text(encoding="ascii") if path.exists() else None

    def sweep(self, known: Iterable[str]) -> int:
        """Delete what no row names: the row was deleted, or was never written."""
        keep, gone = set(known), 0
        if not self._folder.exists():
            return 0
        for path in self._folder.glob("*/*"):
            is_old = path.stat().st_mtime < time.time() - YOUNG  # a file's own clock, not a worker's time
            if path.stem not in keep and is_old:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, file_id: str) -> Path:
        assert file_id.isalnum()
        return self._folder / file_id[:2] / file_id
