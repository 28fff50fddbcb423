"""`./gongyou bench tickets`: opening, listing, warning and claiming with 200,000 tickets and 2,000,000 events."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import JSON, Insert, Integer, String, cast, column, insert, literal, select, true, values
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow
from commands.bench.measure import calibrate, load, median, percentile
from hotline import people
from hotline.migrations import run as migrations
from hotline.tickets import access, clocks, desks, numbers, queries, words
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from hotline.tickets.tables import TicketClockRow, TicketEventRow, TicketRow, TicketWordRow
from hotline.warnings import evaluate
from kit import clock
from kit.db import Database
from knowledge import employer_names

app = typer.Typer(help=__doc__, add_completion=False)

OPERATORS = 20
BATCH = 10_000
EMPLOYERS = 4000
KINDS = ("opened", "assigned", "reply_out", "message_in", "note")
VIEWERS = (access.Viewer(1, "lead", None), access.Viewer(2, "operator", frozenset({"CN-32-05-83"})))
MATTERS = (
    "拖欠我两个月工资一直不给",
    "没签合同就把我辞了",
    "受伤以后单位不报工伤",
    "天天加班不给加班费",
    "社保三年没交",
)


@app.command("tickets")
def measure(
    number: int = typer.Option(200_000, "--tickets"),
    events: int = typer.Option(10, help="events of each ticket"),
    rounds: int = typer.Option(200),
    database_url: str = typer.Option(""),
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(database_url or f"sqlite:///{Path(folder) / 'bench.db'}")
        migrations.upgrade(database)
        began = time.perf_counter()
        fill(database, number, events)
        print(f"{number} tickets, {number * events} events in {time.perf_counter() - began:.0f} s", flush=True)
        print(f"calibration {calibrate():.0f} ms, load {load()}")
        _tell("open a ticket (target 30)", _times(rounds, lambda n: _open(database, n)))
        _tell("read a ticket and its thread", _times(rounds, lambda n: _read(database, n % number + 1)))
        for what, asked in (("list with filters", _lists()), ("search by words", _searches())):
            pages = _pages(database, asked)
            chosen = (pages[n % len(pages)] for n in range(rounds))
            _tell(f"{what} (target 120)", [_timed(partial(_list, database, *page)) for page in chosen])
        _tell("counts of the views", _times(rounds // 10 or 1, lambda n: _counts(database, VIEWERS[n % 2])))
        _tell("evaluate a new ticket (target 50)", _evaluations(database, rounds))
        print(f"{OPERATORS} operators claiming at once: {_race(database, rounds // 10 or 1)} double owners")
        database.close()


Took = list[tuple[float, float]]  # milliseconds on the wall, and of this thread's own work


def _tell(what: str, took: Took) -> None:
    wall, own = [pair[0] for pair in took], [pair[1] for pair in took]
    shares = f"p50 {median(wall):6.1f}  p95 {percentile(wall, 0.95):6.1f}  p99 {percentile(wall, 0.99):6.1f}"
    print(f"{what:<34} {shares} ms; own work p50 {median(own):5.1f}  p95 {percentile(own, 0.95):5.1f} ms", flush=True)


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.thread_time()
    act()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000


def _times(rounds: int, act: Callable[[int], object]) -> Took:
    return [_timed(lambda n=n: act(n)) for n in range(rounds)]  # type: ignore[misc]


def fill(database: Database, number: int, events: int) -> None:
    """Straight into the tables: what is measured is how the services do with so much beside them."""
    with database.transaction() as session:
        desks.import_files(session)
    dice = random.Random(12351)  # noqa: S311 - the same figures every time, no secrets
    with database.reading() as session:
        sealed = [people.seal_text(session, None, matter) for matter in MATTERS]
        told = {"text": MATTERS[0], "facts": {"matter": MATTERS[0], "place": "CN-32-05-83"}}
        body = people.seal_text(session, None, json.dumps(told, ensure_ascii=False))
    first = min(BATCH, number)
    with database.transaction() as session:
        session.execute(insert(TicketRow), [_ticket(id, dice, first, sealed) for id in range(1, first + 1)])
        for more in range(first, number, first):
            session.execute(_again(more, first))
    with database.transaction() as session:
        session.execute(_events(body, events))
        session.execute(_clocks("first_act"))
        session.execute(_clocks("close"))
        _words(session, first, number)
    _settle(database)


def _again(more: int, first: int) -> Insert:
    """The first batch once more, under other numbers."""
    table = TicketRow.__table__
    own = {"id": table.c.id + more, "number": "20250102-", "key": "fill:"}
    changed = {name: literal(value) + cast(table.c.id + more, String) for name, value in own.items() if name != "id"}
    changed["id"] = own["id"]  # type: ignore[assignment]
    names = [one.name for one in table.columns]
    found = select(*(changed.get(name, table.c[name]) for name in names)).where(table.c.id <= first)
    return insert(table).from_select(names, found)  # type: ignore[arg-type]


def _ticket(id: int, dice: random.Random, number: int, sealed: list[str]) -> dict[str, Any]:
    """Nine of ten are closed; they spread over two years, newest last."""
    at = clock.now() - timedelta(minutes=(number - id) * 5)
    region = dice.choice(("CN-32-05-83", "CN-32-05-09", "CN-32-05-06", "CN-11-05", "CN-11-08", "CN-22-24-01"))
    category = dice.choice(("T-WAGE", "T-WAGE-SITE", "T-INJURY", "T-TERM", "T-HOURS", "T-INSURANCE", "T-OTHER"))
    employer = f"{dice.choice('恒鸿宏顺永金')}{dice.choice('达运泰发兴源')}{dice.randrange(EMPLOYERS)}电子厂"
    is_open = id > number * 9 // 10 or dice.random() < 0.02
    digits = f"20250101{id:06d}"
    return {
        "id": id,
        "number": f"20250101-{id:06d}-{numbers.check_digit(digits)}",
        "code": "2345",
        "key": f"fill:{id}",
        "category": category,
        "group": catalogue().category(category).group,
        "priority": dice.choice(("P1", "P2", "P2", "P2", "P3")),
        "state": "open" if is_open else "closed",
        "owner_id": dice.randrange(1, OPERATORS + 1) if dice.random() < 0.7 else None,
        "desk_id": region,
        "region": region,
        "employer": employer,
        "employer_key": employer_names.key(employer),
        "channel": dice.choice(("web", "wechat", "sms", "phone")),
        "summary": sealed[id % len(sealed)],
        "opened_at": at,
        "updated_at": at,
        "closed_at": None if is_open else at,
        "version": 10,
        "next_seq": 11,
    }


def _events(sealed: str, events: int) -> Insert:
    """The database multiplies by itself: two million rows through Python would take longer than what is measured."""
    kinds = [(seq, KINDS[0] if seq == 1 else KINDS[1 + seq % 4]) for seq in range(1, events + 1)]
    step = values(column("seq", Integer), column("kind", String), name="steps").data(kinds).cte("step")
    body = literal({"sealed": sealed}, JSON)
    found = select(TicketRow.id, step.c.seq, step.c.kind, TicketRow.opened_at, literal("operator:1"), body).select_from(
        TicketRow
    )
    return insert(TicketEventRow).from_select(
        ["ticket_id", "seq", "kind", "at", "actor", "body"], found.join(step, true())
    )


def _clocks(kind: str) -> Insert:
    """Open tickets are late by their opening; the clocks of the others are done."""
    at = TicketRow.opened_at
    found = select(TicketRow.id, literal(kind), at, at, literal(3), TicketRow.closed_at)
    return insert(TicketClockRow).from_select(["ticket_id", "kind", "started_at", "due_at", "level", "done_at"], found)


def _words(session: Session, first: int, number: int) -> None:
    """What the first batch is found by, then the same for each batch."""
    for id, employer in session.execute(select(TicketRow.id, TicketRow.employer).where(TicketRow.id <= first)).all():
        words.index(session, id, employer, MATTERS[id % len(MATTERS)])
    steps = [(step,) for step in range(first, number, first)]
    if not steps:
        return
    step = values(column("step", Integer), name="steps").data(steps).cte("step")
    found = select(TicketWordRow.word, TicketWordRow.ticket_id + step.c.step).select_from(TicketWordRow)
    more = found.join(step, true()).order_by(TicketWordRow.word, step.c.step)
    session.execute(insert(TicketWordRow).from_select(["word", "ticket_id"], more))


def _settle(database: Database) -> None:
    """PostgreSQL does not notice ids that were written by hand, and tidies up only after a while."""
    if not database.is_sqlite:
        with database.connect(autocommit=True) as connection:
            connection.execute("SELECT setval('ticket_id_seq', (SELECT max(id) FROM ticket))")
            connection.execute("VACUUM (ANALYZE)")


def _open(database: Database, n: int) -> tickets.Ticket:
    with database.transaction() as session:
        id = f"bench-{n}-{time.perf_counter_ns()}"
        now = clock.now()
        session.add(ConversationRow(id=id[:32], channel="web", address=id, opened_at=now, last_in_at=now, profile={}))
        session.flush()
        facts = {
            "matter": "恒达12电子厂拖欠我两个月工资",
            "place": "CN-32-05-83",
            "people": 1,
            "employer": "恒达12电子厂",
        }
        return tickets.open_ticket(session, key=id, conversation_id=id[:32], category="T-WAGE", facts=facts)


def _read(database: Database, id: int) -> None:
    with database.reading() as session:
        tickets.get(session, id)
        clocks.of(session, id)
        assert tickets.thread(session, id)


def _lists() -> tuple[queries.Filter, ...]:
    week = clock.now() - timedelta(days=7)
    return (
        queries.Filter(view="desk"),
        queries.Filter(view="mine"),
        queries.Filter(view="unassigned", category="T-WAGE"),
        queries.Filter(view="overdue"),
        queries.Filter(view="all", sort="newest", region="CN-32-05"),
        queries.Filter(view="all", employer="恒达12电子厂"),
        queries.Filter(view="closed", sort="updated", channel="sms", priority="P1"),
        queries.Filter(view="all", category="T-WAGE", priority="P2", channel="wechat"),
        queries.Filter(view="desk", since=week, region="CN-11-05"),
    )


def _searches() -> tuple[queries.Filter, ...]:
    """By words that a fifth of all tickets hold, that all hold, that one employer's hold, and that no ticket holds."""
    asked = ("不报工伤", "电子厂", "恒达12电子厂", "拖欠工资不报工伤", "护士")
    every = tuple(queries.Filter(view="all", sort="updated", words=one) for one in asked)
    return (*every, queries.Filter(view="closed", words="社保三年没交", channel="sms"))


def _pages(database: Database, asked: Sequence[queries.Filter]) -> list[tuple[queries.Filter, access.Viewer]]:
    """What a lead of all desks and an operator of one ask for, with the second page of each."""
    found = [(wanted, viewer) for wanted in asked for viewer in VIEWERS]
    with database.reading() as session:
        nexts = [
            (replace(wanted, cursor=queries.find(session, wanted, viewer).next), viewer) for wanted, viewer in found
        ]
    return found + [(wanted, viewer) for wanted, viewer in nexts if wanted.cursor]


def _list(database: Database, wanted: queries.Filter, viewer: access.Viewer) -> None:
    with database.reading() as session:
        queries.find(session, wanted, viewer)


def _counts(database: Database, viewer: access.Viewer) -> None:
    with database.reading() as session:
        queries.counts(session, viewer)


def _evaluations(database: Database, rounds: int) -> Took:
    """Each of a ticket that was just opened and has not been looked at."""
    opened = [_open(database, 100_000 + n).id for n in range(rounds)]
    return _times(rounds, lambda n: _evaluate(database, opened[n]))


def _evaluate(database: Database, id: int) -> None:
    with database.transaction() as session:
        evaluate.evaluate(session, id)


def _race(database: Database, rounds: int) -> int:
    doubles = 0
    for n in range(rounds):
        ticket = _open(database, 200_000 + n)
        barrier, won = threading.Barrier(OPERATORS), [0]

        def claim(who: int, ticket: tickets.Ticket = ticket, barrier: Any = barrier, won: list[int] = won) -> None:
            barrier.wait()
            try:
                with database.transaction() as session:
                    tickets.claim(session, ticket.id, who, version=ticket.version)
                won[0] += 1
            except tickets.TicketChanged:
                return

        threads = [threading.Thread(target=claim, args=(who,)) for who in range(1, OPERATORS + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        doubles += won[0] != 1
    return doubles
