"""`./gongyou demo`: a believable month of tickets for trying things out; everybody and every firm in it is made up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow
from commands.db import upgrade_schema
from hotline.console.tables import OperatorRow
from hotline.tickets import desks, escalation
from hotline.tickets import service as tickets
from hotline.tickets.tables import TicketRow
from hotline.warnings import evaluate
from kit import clock
from kit.db import Database
from kit.settings import settings
from knowledge.strict import read_yaml

app = typer.Typer(help=__doc__, add_completion=False)

FILE = Path(__file__).with_suffix(".yml")
CLOSING = {"result": "解决了", "feedback_result": "已责令改正", "safe_confirmed": "坐席确认", "referred_to": "无"}
DATES = ("result_date", "feedback_date", "reply_date")
MARK = "demo"


@dataclass(frozen=True)
class Happening:
    """One thing that happens in the month, at its moment."""

    at: datetime
    name: str
    number: int
    story: dict[str, Any]


@app.command()
def demo(again: bool = typer.Option(False, help="add another month to a database that has tickets already")) -> None:
    configured = settings()
    upgrade_schema(configured)
    database = Database(configured.database)
    try:
        with database.reading() as session:
            count = session.scalar(select(func.count()).select_from(TicketRow)) or 0
        if count and not again:
            raise SystemExit(f"gongyou: this database has {count} tickets; ./gongyou demo --again adds to them")
        opened = fill(database)
    finally:
        database.close()
    print(f"gongyou: {opened} made-up tickets of a month; every firm is called 示例…, no operator of them can log in")


def fill(database: Database) -> int:
    """Live through the month in its order, with the duties that would have run between."""
    raw = read_yaml(FILE)
    now = clock.now()
    with database.transaction() as session:
        desks.import_files(session)
        operators = _operators(session, raw["operators"])
    dice = random.Random(12351)  # noqa: S311 - the same month every time, no secrets
    happenings = sorted(_month(raw["stories"], now, dice), key=lambda one: (one.at, one.number))
    made: dict[int, int] = {}
    with clock.travelling():
        for one in happenings:
            clock.follow(one.at, at=clock.monotonic())
            _happen(database, one, made, operators)
    while evaluate.run(database):
        pass
    return len(made)


def _month(stories: list[dict[str, Any]], now: datetime, dice: random.Random) -> list[Happening]:
    found: list[Happening] = []
    number = 0
    for story in stories:
        first, last = story["over"]
        for _ in range(story["times"]):
            number += 1
            days = dice.uniform(last, first) + 0.02
            at = now - timedelta(days=days)
            found.append(Happening(at, "open", number, story))
            for name, after in _after(story, days, dice):
                if at + after < now:
                    found.append(Happening(at + after, name, number, story))
    hours = range(0, 24 * 30, 6)
    return found + [Happening(now - timedelta(hours=passed), "duties", 0, {}) for passed in hours]


def _after(story: dict[str, Any], days: float, dice: random.Random) -> list[tuple[str, timedelta]]:
    """What follows the opening: a human act within hours, an end within days."""
    if story["end"] == "new":
        return []
    first = timedelta(minutes=dice.uniform(5, 300))
    found = [("claim", first), ("reply", first + timedelta(minutes=9))]
    if story["end"] in ("closed", "angry"):
        end = first + timedelta(days=min(dice.uniform(0.5, 8), days * 0.8))
        found += [("close", end), ("rate", end + timedelta(minutes=dice.uniform(3, 90)))]
    if story["end"] == "moved":
        found.append(("move", first + timedelta(hours=3)))
    return found


def _operators(session: Session, names: list[str]) -> list[int]:
    """Names for the threads; their accounts are closed and have no password."""
    found = []
    for n, name in enumerate(names, 1):
        row = session.scalars(select(OperatorRow).filter_by(login=f"{MARK}-{n}")).one_or_none()
        if row is None:
            row = OperatorRow(login=f"{MARK}-{n}", name=name, password_hash="!", is_active=False)  # noqa: S106 - none
            row.created_at = clock.now()
            session.add(row)
            session.flush()
        found.append(row.id)
    return found


def _happen(database: Database, one: Happening, made: dict[int, int], operators: list[int]) -> None:
    if one.name == "duties":
        escalation.run(database)
        evaluate.run(database)
        return
    with database.transaction() as session:
        if one.name == "open":
            made[one.number] = _open(session, one)
        else:
            _act(session, one, made[one.number], operators[one.number % len(operators)])


def _open(session: Session, one: Happening) -> int:
    """Through the web page's channel only: nothing that is made up may reach a real platform."""
    now, story = clock.now(), one.story
    talk = f"{MARK}-{now:%Y%m%d%H%M}-{one.number}"
    profile = {"as": story["as"]} if story["as"] != "phone" else {}
    row = ConversationRow(id=talk, channel="web", address=talk, opened_at=now, last_in_at=now, profile=profile)
    session.add(row)
    session.flush()
    facts = {"place": story["place"], "people": 1, **story["facts"]}
    category = story["category"]
    return tickets.open_ticket(session, key=talk, conversation_id=talk, category=category, facts=facts).id


def _act(session: Session, one: Happening, ticket_id: int, who: int) -> None:
    """One step of an operator or the worker; what the clocks did meanwhile may have made it pointless."""
    ticket, story = tickets.get(session, ticket_id), one.story
    key = f"{MARK}:{ticket.number}:{one.name}"
    match one.name:
        case "claim":
            tickets.assign(session, ticket_id, who, by=who, version=ticket.version)
        case "reply" if story["end"] == "asked":
            tickets.ask_worker(session, ticket_id, who, story["reply"], key=key)
        case "reply":
            tickets.reply(session, ticket_id, who, story["reply"], key=key)
        case "move":
            to = story["to"]
            if ticket.desk_id != to:
                tickets.transfer(session, ticket_id, to, by=who, reason="市里有专门的同事", version=ticket.version)
        case "close":
            written = {**CLOSING, **{name: clock.today().isoformat() for name in DATES}}
            tickets.close(session, ticket_id, f"operator:{who}", story["done"], fields=written)
        case "rate":
            tickets.rate(session, ticket_id, 1 if story["end"] == "angry" else 5, ref=key)
