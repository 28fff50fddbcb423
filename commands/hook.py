"""`./gongyou hook`: webhooks that tell other systems what happens to tickets."""

from __future__ import annotations

import typer

from hotline import hooks
from hotline.hooks.calling import BadAddress
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)
BY = "system"


@app.command()
def add(url: str, kinds: str = typer.Option("", help="kinds of events, with commas; none means all")) -> None:
    """Add a receiver; the secret is shown this once."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            made, secret = hooks.add(session, url, [one for one in kinds.split(",") if one], by=BY)
    except BadAddress as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        database.close()
    print(f"hook {made.id}\n{secret}")


@app.command("list")
def listed() -> None:
    database = Database(settings().database)
    with database.reading() as session:
        for one in hooks.every(session):
            print(f"{one.id:>4} {one.url} {','.join(one.kinds) or 'all'}")
    database.close()


@app.command()
def calls(number: int) -> None:
    """The log of calls, the newest first."""
    database = Database(settings().database)
    with database.reading() as session:
        for one in hooks.calls(session, number):
            print(f"{one.at:%Y-%m-%d %H:%M:%S} {one.delivery:<12} {one.status or '-'} {one.took_ms} ms {one.error}")
    database.close()


@app.command()
def rotate(number: int) -> None:
    """A new secret; the old one signs along for a day."""
    database = Database(settings().database)
    with database.transaction() as session:
        print(hooks.rotate(session, number, by=BY))
    database.close()


@app.command()
def remove(number: int) -> None:
    database = Database(settings().database)
    with database.transaction() as session:
        hooks.remove(session, number, by=BY)
    database.close()
