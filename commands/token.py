"""`./gongyou token`: tokens with which other systems use /api/tickets."""

from __future__ import annotations

import typer

from hotline.api import tokens
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)


@app.command()
def create(
    name: str = typer.Argument(..., help="what it is for, such as 12345"),
    login: str = typer.Option(..., "--as", help="the desk account that the other system acts as"),
    scope: str = typer.Option("list,read", help=f"with commas: {','.join(tokens.SCOPES)}"),
    days: int = typer.Option(365, help="how long it works; 0 for ever"),
) -> None:
    """Make a token; it is shown this once."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            made = tokens.create(session, name, login, [one.strip() for one in scope.split(",")], days=days or None)
    except tokens.TokenError as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        database.close()
    print(made)


@app.command("list")
def listed() -> None:
    """Show the tokens that are in use."""
    database = Database(settings().database)
    with database.reading() as session:
        for one in tokens.every(session):
            last = f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never"
            print(f"{one.id:>4} {one.name:<24} as {one.login:<16} {','.join(one.scopes)}  last used {last}")
    database.close()


@app.command()
def revoke(number: int) -> None:
    """End a token at once."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            tokens.revoke(session, number)
    except tokens.TokenError as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        database.close()
