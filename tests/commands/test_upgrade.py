"""A failed migration puts the backup back; a good one keeps everything."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commands import upgrade
from hotline.migrations import run
from kit.db import Database
from kit.settings import Settings


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    database = Database(settings.database)
    run.upgrade(database, "0001")
    database.close()
    with closing(sqlite3.connect(tmp_path / "gongyou.db", isolation_level=None)) as connection:
        connection.execute("INSERT INTO ticket_counter VALUES ('20261121', 41)")
    return settings


def counted(configured: Settings) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(configured.data / "gongyou.db")) as connection:
        return list(connection.execute("SELECT day, used FROM ticket_counter"))


def test_a_good_migration_keeps_the_rows(configured: Settings) -> None:
    backup = upgrade.back_up(configured)
    upgrade.migrate(configured, backup)

    database = Database(configured.database)
    assert run.present(database) == run.newest()
    database.close()
    assert counted(configured) == [("20261121", 41)]


def test_a_failed_migration_restores_the_backup(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = upgrade.back_up(configured)

    def breaks(settings: Settings) -> None:
        with closing(sqlite3.connect(settings.data / "gongyou.db", isolation_level=None)) as connection:
            connection.execute("DROP TABLE ticket_counter")
        raise RuntimeError("the migration broke half-way")

    monkeypatch.setattr(upgrade.db, "upgrade_schema", breaks)
    with pytest.raises(SystemExit, match="backup is back"):
        upgrade.migrate(configured, backup)
    assert counted(configured) == [("20261121", 41)]


def test_the_backup_is_private(configured: Settings) -> None:
    backup = upgrade.back_up(configured)

    assert backup is not None
    assert backup.stat().st_mode & 0o077 == 0
