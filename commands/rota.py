"""`./gongyou rota`: who is on duty, from a YAML file; where it has gaps; the duty phones."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy import select

from hotline import rota
from hotline.console.tables import OperatorRow
from hotline.rota import written
from hotline.tickets import desks
from kit import clock
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)
BY = "system"


@app.command("import")
def import_file(path: Path) -> None:
    """Write the rota of the desks that the file names."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            operators = {row.login: row.id for row in session.scalars(select(OperatorRow).filter_by(is_active=True))}
            known = {desk.id for desk in desks.every(session)}
            for desk_id, wanted in written.read(path.read_text(encoding="utf-8"), operators).items():
                if desk_id not in known:
                    raise SystemExit(f"gongyou: there is no desk {desk_id}; ./gongyou desks list shows them")
                rota.replace(session, desk_id, wanted, by=BY)
                print(f"gongyou: {desk_id}")
    except rota.RotaError as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        database.close()


@app.command()
def export() -> None:
    """Print the rota of every desk that has one, as `import` reads it."""
    database = Database(settings().database)
    with database.reading() as session:
        logins = {row.id: row.login for row in session.scalars(select(OperatorRow))}
        found = {desk.id: rota.shifts(session, desk.id) for desk in desks.every(session)}
    print(written.text({id: shifts for id, shifts in found.items() if shifts}, logins), end="")
    database.close()


@app.command()
def show() -> None:
    """Who is on duty now, and which hours of the next week have nobody."""
    database = Database(settings().database)
    with database.reading() as session:
        every = [desk.id for desk in desks.every(session)]
        empty = rota.gaps(session, every, clock.now())
        for desk_id in every:
            found = rota.on_duty(session, desk_id, clock.now())
            now = f"operator {found.operator_id}, deputy {found.deputy_id or '-'}" if found else "nobody"
            print(f"{desk_id:<28} {now:<28} {len(empty.get(desk_id, []))} hours without anybody")
    database.close()


@app.command()
def phone(
    login: str, way: str = typer.Argument(..., help="sms or webhook"), address: str = typer.Argument(...)
) -> None:
    """Set the duty phone of an operator."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            row = session.scalars(select(OperatorRow).filter_by(login=login)).one_or_none()
            if row is None:
                raise SystemExit(f"gongyou: there is no operator {login}")
            rota.set_phone(session, row.id, way, address, by=BY)
    except rota.RotaError as error:
        raise SystemExit(f"gongyou: {error}") from error
    finally:
        database.close()
