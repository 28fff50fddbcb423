"""`./gongyou db`: the database's schema."""

from __future__ import annotations

import typer

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
