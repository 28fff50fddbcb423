"""`./gongyou backup DIR`: an encrypted copy of everything while it runs; the keys go to another place."""

from __future__ import annotations

from pathlib import Path

import typer

import hotline.migrations.every_table  # noqa: F401 - a backup needs every table
from hotline.backups import archive
from kit import clock, settings
from kit.db import Database

app = typer.Typer(help=__doc__, add_completion=False)


def default_keys(configured: settings.Settings) -> Path:
    named = configured.backup_keys
    return Path(named) if named else configured.data / "backup-keys" / archive.KEYS_NAME


@app.command()
def backup(
    folder: Path = typer.Argument(..., metavar="DIR", help="where the backup goes"),
    keys: Path = typer.Option(None, help="the file of keys (default: backup-keys/gongyou.keys under GONGYOU_DATA)"),
) -> None:
    configured = settings.settings()
    keys_file = keys or default_keys(configured)
    if keys_file.resolve().parent == folder.resolve():
        raise SystemExit("gongyou: keys and data must not lie in one folder; choose another --keys")
    began = clock.monotonic()
    database = Database(configured.database)
    try:
        made = archive.make(database, folder, keys_file, configured.data)
    finally:
        database.close()
    print(f"gongyou: {made} ({made.stat().st_size // 1024} kB, {clock.monotonic() - began:.1f} s)")
    print(f"gongyou: {keys_file}: copy it to another place, and over the older copy there; without it no backup opens")
