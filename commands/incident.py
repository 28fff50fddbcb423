"""`./gongyou incident`: after a leak, whom it concerns and which kinds of data (PIPL 57); the data are not shown."""

from __future__ import annotations

import typer

from hotline import audit, people
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


@app.command()
def incident(
    kind: str = typer.Option("", help="only this kind: identity, contact, account, whereabouts, health, household"),
    roads: bool = typer.Option(False, "--roads", help="also the conversations over which they can be told"),
) -> None:
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            found = people.by_kind(session)
            audit.record(session, "system", "incident.listed", f"kind:{kind or 'all'}")
            for name, persons in sorted(found.items()):
                if kind in ("", name):
                    print(f"{name}: {len(persons)} people: {', '.join(map(str, persons))}")
                    for person in persons if roads else ():
                        for channel, conversation in people.roads_of(session, person):
                            print(f"    person {person}: {channel} {conversation}")
    finally:
        database.close()
    print("Tell the authority and the people: kinds, cause, possible harm, what was done, whom to ask (PIPL 57).")
