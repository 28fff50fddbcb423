"""`./gongyou upgrade`: backup, stop, migrate, train if needed, start, check; a failed migration restores the backup."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import typer
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from commands import db, up
from commands.status import stop_running
from kit import clock
from kit.settings import Settings, make_private, settings

app = typer.Typer(help=__doc__, add_completion=False)


def back_up(configured: Settings) -> Path | None:
    """A consistent copy of the SQLite file; on PostgreSQL the administrator's own backup is asked for."""
    source = configured.data / "gongyou.db"
    if configured.database_url or not source.exists():
        return None
    folder = make_private(configured.data / "backups")
    target = folder / f"gongyou-{clock.now():%Y%m%dT%H%M%S}.db"
    target.touch(mode=0o600)
    with sqlite3.connect(source) as have, sqlite3.connect(target) as copy:
        have.backup(copy)
    return target


def restore(configured: Settings, backup: Path) -> None:
    """Put a copy of the backup in the database's place; whoever still holds the broken file holds a file of no name."""
    path = configured.data / "gongyou.db"
    fresh = path.with_name("gongyou.db.restored")
    shutil.copyfile(backup, fresh)
    fresh.chmod(0o600)
    for extra in ("-wal", "-shm"):
        path.with_name(path.name + extra).unlink(missing_ok=True)
    fresh.replace(path)


def migrate(configured: Settings, backup: Path | None) -> None:
    try:
        db.upgrade_schema(configured)
    except (SQLAlchemyError, CommandError, ValueError, RuntimeError) as error:
        if backup is not None:
            restore(configured, backup)
            raise SystemExit(f"gongyou: the migration failed and the backup is back in place: {error}") from error
        raise SystemExit(f"gongyou: the migration failed; restore your PostgreSQL backup: {error}") from error


@app.command()
def upgrade(
    backup_done: bool = typer.Option(False, "--backup-done", help="on PostgreSQL: yes, there is a fresh backup"),
) -> None:
    configured = settings()
    if configured.database_url and not backup_done:
        raise SystemExit("gongyou: back PostgreSQL up first (pg_dump), then run this with --backup-done")
    backup = back_up(configured)
    print(f"gongyou: backup {backup.name if backup else 'not needed'}", flush=True)
    if stop_running(configured):
        print("gongyou: stopped", flush=True)
    migrate(configured, backup)
    up.up(detach=True)
