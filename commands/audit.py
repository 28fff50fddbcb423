"""`./gongyou audit`: shows what was done at the desk and proves that nobody changed the record of it."""

from __future__ import annotations

import json

import typer

from hotline import audit
from kit import clock
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)


@app.command()
def verify() -> None:
    """Read the whole chain again; any changed, missing or moved record is named, and the command fails."""
    database = Database(settings().database)
    try:
        with database.reading() as session:
            breaks = audit.verify(session)
            last = audit.records(session, limit=1)
    finally:
        database.close()
    for found in breaks:
        print(f"BAD record {found.seq}: {found.what}")
    if breaks:
        print("Keep the database as it is, and compare it with the last backup: ./gongyou restore --help")
        raise SystemExit(1)
    print(f"ok: {last[0].seq if last else 0} records, none changed")


@app.command()
def show(
    subject: str = typer.Option(None, help="such as ticket:17"),
    actor: str = typer.Option(None, help="such as operator:2"),
    act: str = typer.Option(None, help="such as field.revealed"),
    limit: int = typer.Option(50, help="how many, the newest first"),
) -> None:
    """List records, the newest first."""
    database = Database(settings().database)
    try:
        with database.reading() as session:
            found = audit.records(session, subject=subject, actor=actor, act=act, limit=limit)
    finally:
        database.close()
    for one in found:
        at = clock.local(one.at).strftime("%Y-%m-%d %H:%M:%S")
        detail = json.dumps(one.detail, ensure_ascii=False)
        print(f"{one.seq:>7} {at} {one.actor:<16} {one.act:<24} {one.subject} {detail}")
