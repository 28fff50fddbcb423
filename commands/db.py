"""`./gongyou db`: the database's schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import typer

from commands import db_move
from hotline.migrations import run
from hotline.people.keys import opened as key_store
from kit.db import Database
from kit.settings import Settings, make_private, settings

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)


def upgrade_schema(configured: Settings) -> None:
    """Bring the schema up to date; a database from a newer release is refused, not touched."""
    make_private(configured.data)
    database = Database(configured.database)
    try:
        before = run.present(database)
        if before != run.newest():
            print(f"gongyou: database {'made' if before is None else 'upgraded from ' + before}", flush=True)
            run.upgrade(database)
    finally:
        database.close()
    path = configured.data / "gongyou.db"
    if path.exists():
        path.chmod(0o600)


@app.command()
def upgrade() -> None:
    """Bring the schema up to date."""
    upgrade_schema(settings())


@app.command()
def current() -> None:
    """Show the schema's revision and the newest one."""
    database = Database(settings().database)
    print(f"{run.present(database)} (newest: {run.newest()})")


@app.command()
def move(
    target: str = typer.Argument(help="postgresql://... of an empty database, or of one that a move was stopped in"),
    source: str = typer.Option("", help="another database than the one in the settings: the way back, for a test copy"),
    keys: str = typer.Option("", help="where the key store moves; it is never the database of the data"),
) -> None:
    """Copy every row into another database and compare; start it again if it was stopped. Stop the app first."""
    if keys == target:
        raise SystemExit("gongyou: the keys need a database of their own, or a copy of the data would hold them")
    _say(db_move.move, Database(source or settings().database), Database(target))
    print("gongyou: both hold the same; set DATABASE_URL to the new one and start")
    if keys:
        _say(db_move.move_keys, key_store(settings()).database, Database(keys))
        print("gongyou: the keys, too; set KEYS_URL to theirs")
    elif not source:
        print("gongyou: the keys stay where they are; other hosts need them in a database: run this again with --keys")


def _say(moving: Callable[[Database, Database], Iterator[str]], origin: Database, copy: Database) -> None:
    try:
        for line in moving(origin, copy):
            print(line, flush=True)
    except db_move.MoveFailed as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        origin.close()
        copy.close()
