"""Backups by themselves, every few minutes, and fewer of the older ones.

All of the last hour stay, one an hour for a day, one a day for a month.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from hotline.backups import archive
from hotline.people import keys
from kit import clock
from kit.db import Database


def keep(made: list[datetime], now: datetime) -> set[datetime]:
    """Which of these backups stay."""
    kept: dict[str, datetime] = {}
    for at in sorted(made):
        age = now - at
        if age <= timedelta(hours=1):
            kept[at.isoformat()] = at
        elif age <= timedelta(days=1):
            kept[f"{at:%Y-%m-%dT%H}"] = at
        elif age <= timedelta(days=30):
            kept[f"{at:%Y-%m-%d}"] = at
    return set(kept.values())


def thin(folder: Path) -> int:
    """Delete what is not kept, and destroy its key: a copy of it elsewhere opens no more either."""
    found = [(archive.header_of(path), path) for path in folder.glob(f"gongyou-*{archive.SUFFIX}")]
    kept = keep([header.made_at for header, _ in found], clock.now())
    over = [(header, path) for header, path in found if header.made_at not in kept]
    store = keys.store()
    with store.database.transaction() as session:
        store.destroy(session, [f"backup.{header.id}" for header, _ in over])
    for _, path in over:
        path.unlink()
    return len(over)


def run(database: Database, folder: Path, keys_file: Path, data: Path) -> None:
    """The duty `back up`."""
    thin(folder)
    archive.make(database, folder, keys_file, data)
