"""`./gongyou restore DIR`: brings a backup back into an empty GONGYOU_DATA (and an empty DATABASE_URL); then replays
the ledger, so that whoever was deleted since stays deleted."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy import text

import hotline.tickets.service  # noqa: F401 - deletions that are replayed close tickets, too
from hotline import audit, people
from hotline.backups import archive
from hotline.backups.errors import BackupError
from kit import clock, settings
from kit.db import Database

app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def restore(
    folder: Path = typer.Argument(..., metavar="DIR", help="the folder of the backups, or one backup"),
    keys: Path = typer.Option(..., help="gongyou.keys, the newest there is"),
    ledger: Path = typer.Option(None, help="erasures.jsonl, when a copy newer than gongyou.keys exists"),
    verify: bool = typer.Option(False, "--verify", help="read everything again afterwards and fail if anything is off"),
) -> None:
    configured = settings.settings()
    began = clock.monotonic()
    database = None
    try:
        held = archive.bring_secrets(keys, settings.secrets_file(configured))
        archive.bring_keys(held, ledger)
        path = archive.newest(folder) if folder.is_dir() else folder
        database = Database(configured.database)
        left_out = archive.restore(path, database, configured.data)
        _make_private(configured)
        replayed = people.replay(database)
        made_at = archive.header_of(path).made_at
        print(f"gongyou: {path.name} of {clock.local(made_at):%Y-%m-%d %H:%M} is back")
        print(f"gongyou: {replayed} deletions replayed, {sum(left_out.values())} rows of deleted people left out")
        if verify:
            _verify(database)
    except BackupError as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        if database is not None:
            database.close()
    print(f"gongyou: {clock.monotonic() - began:.1f} s; next: ./gongyou doctor, then ./gongyou up")


def _make_private(configured: settings.Settings) -> None:
    path = configured.data / "gongyou.db"
    if path.exists():
        path.chmod(0o600)


def _verify(database: Database) -> None:
    with database.reading() as session:
        if database.is_sqlite:
            damage = session.execute(text("PRAGMA integrity_check")).scalars().all()
            loose = session.execute(text("PRAGMA foreign_key_check")).all()
            if damage != ["ok"] or loose:
                raise BackupError(f"the restored file is damaged: {[*damage, *loose][:3]}")
        breaks = audit.verify(session)
    if breaks:
        raise BackupError(f"the audit of the backup does not fit: record {breaks[0].seq}: {breaks[0].what}")
    print("gongyou: verified: every row, every reference, the whole audit")
