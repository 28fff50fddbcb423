"""A disk that loses power: what was not synced is dropped or torn, as a VFS of SQLite in this process."""

from __future__ import annotations

import random
from pathlib import Path

import apsw

SECTOR = 512


class Platter:
    """One file: what the process sees, what a sync made durable, and the writes between the two."""

    def __init__(self) -> None:
        self.seen = bytearray()
        self._durable = b""
        self._pending: list[tuple[int, bytes]] = []

    def write(self, offset: int, data: bytes) -> None:
        if len(self.seen) < offset:
            self.seen.extend(bytes(offset - len(self.seen)))
        self.seen[offset : offset + len(data)] = data
        self._pending.append((offset, data))

    def sync(self) -> None:
        self._durable = bytes(self.seen)
        self._pending.clear()

    def after_the_cut(self, chance: random.Random) -> bytes:
        """Each write that was not synced is lost, torn at a sector, or there; nobody promised which."""
        left = bytearray(self._durable)
        for offset, data in self._pending:
            luck = chance.random()
            if luck < 0.4:
                continue
            kept = data[: max(SECTOR, len(data) // 2 // SECTOR * SECTOR)] if luck < 0.6 else data
            if len(left) < offset:
                left.extend(bytes(offset - len(left)))
            left[offset : offset + len(kept)] = kept
        return bytes(left)


class PowerlessDisk(apsw.VFS):
    """Register one under a name of its own and open a database with `vfs=name`."""

    def __init__(self, name: str) -> None:
        self.platters: dict[str, Platter] = {}
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.platters.pop(name, None)
        super().xDelete(name, syncdir)

    def cut(self, chance: random.Random) -> dict[Path, bytes]:
        return {Path(name): platter.after_the_cut(chance) for name, platter in self.platters.items()}


class _File(apsw.VFSFile):
    def __init__(self, disk: PowerlessDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or "unnamed"
        self._platter = disk.platters.setdefault(path, Platter())

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._platter.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._platter.write(offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        del self._platter.seen[size:]

    def xSync(self, flags: int) -> None:
        self._platter.sync()

    def xFileSize(self) -> int:
        return len(self._platter.seen)
