"""Older backups become fewer; the newest hour stays whole."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import time_machine

from hotline.backups import archive, regular
from hotline.people import keys
from kit import clock, settings
from kit.db import Database

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=timezone.utc)


def test_all_of_an_hour_one_an_hour_one_a_day() -> None:
    made = [NOW - timedelta(minutes=5 * step) for step in range(12 * 24 * 40)]

    kept = regular.keep(made, NOW)

    ages = sorted((NOW - at) for at in kept)
    assert sum(age <= timedelta(hours=1) for age in ages) == 13
    assert sum(timedelta(hours=1) < age <= timedelta(days=1) for age in ages) in (23, 24)
    assert 29 <= sum(age > timedelta(days=1) for age in ages) <= 31
    assert max(ages) <= timedelta(days=30)


def test_what_goes_loses_its_key(sqlite: Database, tmp_path: Path) -> None:
    settings.secret("hash")
    where = (tmp_path / "backups", tmp_path / "keys" / "gongyou.keys", settings.settings().data)
    with time_machine.travel(clock.now() - timedelta(days=31)):
        regular.run(sqlite, *where)
    old = archive.header_of(archive.newest(tmp_path / "backups")).id
    assert f"backup.{old}" in keys.store().ids()

    regular.run(sqlite, *where)

    assert f"backup.{old}" not in keys.store().ids()
    assert len(list((tmp_path / "backups").iterdir())) == 1
