"""`./gongyou desks`: bring the desks of knowledge/data/desks into the database, and show the tree."""

from __future__ import annotations

import typer

from hotline.tickets import desks, routing
from hotline.tickets.categories import catalogue
from hotline.tickets.desks import Imported
from kit.db import Database
from kit.settings import Settings, settings
from knowledge.regions import Region, load_tree, resolve

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)


def import_shipped(configured: Settings) -> Imported:
    """Load the shipped desks; called at every start, so that a new desk needs no command."""
    database = Database(configured.database)
    try:
        with database.transaction() as session:
            return desks.import_files(session)
    finally:
        database.close()


@app.command("import")
def import_() -> None:
    """Write the desks of the files into the database."""
    done = import_shipped(settings())
    print(f"gongyou: desks: {len(done.added)} new, {len(done.changed)} changed, {len(done.closed)} closed")


@app.command()
def show() -> None:
    """The tree, with the hours of each desk."""
    database = Database(settings().database)
    try:
        with database.reading() as session:
            known = {desk.id: desk for desk in desks.every(session)}
    finally:
        database.close()
    for desk in known.values():
        depth, at = 0, desk
        while at.parent and at.parent in known:
            depth, at = depth + 1, known[at.parent]
        print(f"{'  ' * depth}{desk.title}  ({desk.id}, {desk.kind}, {desk.hours})")


@app.command()
def route(place: str, category: str = "T-WAGE", words: str = "", people: int = 1) -> None:
    """Which desk would have a ticket, and why: ./gongyou desks route 昆山 --category T-INJURY"""
    found = resolve(place, load_tree())
    if not isinstance(found, Region):
        raise SystemExit(f"gongyou: {place} 不是一个确定的地方")
    group = catalogue().category(category).group
    matter = routing.Matter(found.id, group, category, routing.industry_in(words), words, people)
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            routed = routing.route(session, matter)
    finally:
        database.close()
    print(f"{routed.desk.title}（{routed.desk.id}）：{routed.why}")
