"""`./gongyou db`: the database's schema."""

from __future__ import annotations

import typer

from commands import db_move
from hotline.migrations import run
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
) -> None:
    """Copy every row into another database and compare; start it again if it was stopped. Stop the app first."""
    origin, copy = Database(source or settings().database), Database(target)
    try:
        for line in db_move.move(origin, copy):
            print(line, flush=True)
    except db_move.MoveFailed as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        origin.close()
        copy.close()
    print("gongyou: both hold the same; set DATABASE_URL to the new one and start")
