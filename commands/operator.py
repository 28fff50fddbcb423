"""`./gongyou operator`: the one-time link with which the first operator makes his account."""

from __future__ import annotations

import typer

from hotline.console import auth
from kit.db import Database
from kit.settings import Settings, settings

app = typer.Typer(help=__doc__, add_completion=False)


def first_link(configured: Settings) -> str | None:
    """A fresh link, or None when there is an operator already."""
    database = Database(configured.database)
    try:
        with database.transaction() as session:
            token = auth.make_first_link(session)
    finally:
        database.close()
    return f"{configured.address}/desk/first?token={token}" if token else None


@app.command()
def operator() -> None:
    link = first_link(settings())
    print(link or "there is an operator already; he makes the next ones at the desk")
