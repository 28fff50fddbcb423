"""`./gongyou bench desk`: pages over HTTP with 100,000 tickets, and a new message on its way to 50 open desks."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import httpx
import typer
import uvicorn
from starlette.applications import Starlette

from actions.turn import World
from commands.bench.measure import calibrate, load, percentile
from commands.bench.paint import NoBrowser, first_paints
from commands.bench.tickets import fill
from hotline.console import auth, operators
from hotline.console.app import desk as make_desk
from hotline.console.app import routes
from hotline.console.tables import OperatorRow
from hotline.migrations import run as migrations
from hotline.tickets import desks, feed
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.settings import Settings

app = typer.Typer(help=__doc__, add_completion=False)
PASSWORD = "a bench has no secrets"  # noqa: S105 - a throw-away database
VIEWS = ("mine", "desk", "unassigned", "overdue", "waiting", "all")
DESK = "CN-32-05-83"
PAINTS = 5


@app.command("desk")
def measure(
    number: int = typer.Option(100_000, "--tickets"),
    rounds: int = typer.Option(60),
    pages: int = typer.Option(50, help="open desks"),
    messages: int = typer.Option(10),
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrations.upgrade(database)
        fill(database, number, 4)
        configured = Settings(data=Path(folder))
        print(f"{number} tickets; calibration {calibrate():.0f} ms, load {load()}", flush=True)
        with _served(database, configured) as url:
            lead = _login(database, "lead", (desks.ROOT,))
            operator = _login(database, "operator", (DESK,))
            colleagues = [_login(database, "operator", (DESK,), f"desk{n}") for n in range(pages)]
            _pages(url, lead, operator, number, rounds)
            _weights(database, configured, url, lead)
            _paint(url, lead)
            asyncio.run(_live(database, url, colleagues, messages))
        database.close()


@contextlib.contextmanager
def _served(database: Database, configured: Settings) -> Iterator[str]:
    world = World(database, _no_policy_base, _no_policy_base)
    application = Starlette(routes=routes(database, configured, world))
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning", access_log=False))
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def _no_policy_base(*_: object) -> NoReturn:
    raise RuntimeError("the bench of the desk does not search")


def _login(database: Database, role: str, desk_ids: tuple[str, ...], name: str = "") -> str:
    with database.transaction() as session:
        made = operators.create(
            session, login=name or role, name="测速", password=PASSWORD, role=role, desk_ids=desk_ids
        )
        row = session.get_one(OperatorRow, made)
        row.totp_since = clock.now()
        return auth.start_session(session, row, agent="bench")


Took = list[tuple[float, float]]  # milliseconds on the wall, and of work in this process (the client's with it)


def _tell(what: str, took: Took, limit: float) -> None:
    wall, own = [pair[0] for pair in took], [pair[1] for pair in took]
    p95 = percentile(wall, 0.95)
    shares = f"p50 {percentile(wall, 0.5):7.1f}  p95 {p95:7.1f} ms; own work p95 {percentile(own, 0.95):6.1f} ms"
    print(f"{what:<36} {shares}  (limit {limit:.0f}: {'ok' if p95 <= limit else 'MISSED'})", flush=True)


def _get(http: httpx.Client, path: str) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    http.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def _pages(url: str, lead: str, operator: str, number: int, rounds: int) -> None:
    for role, cookie in (("lead, all desks", lead), ("operator, one desk", operator)):
        with httpx.Client(base_url=url, cookies={"desk": cookie}, timeout=60, trust_env=False) as http:
            http.get("/desk")
            for view in VIEWS:
                took = [_get(http, f"/desk?view={view}") for _ in range(rounds)]
                _tell(f"list {view}, {role}", took, 120)
            filtered = "/desk?view=all&category=T-WAGE&priority=P2&channel=wechat"
            _tell(f"list filtered, {role}", [_get(http, filtered) for _ in range(rounds)], 120)
    with httpx.Client(base_url=url, cookies={"desk": lead}, timeout=60, trust_env=False) as http:
        newest = [f"/desk/tickets/{number - step * 7}" for step in range(rounds)]
        _tell("ticket page", [_get(http, path) for path in newest], 150)


def _weights(database: Database, configured: Settings, url: str, cookie: str) -> None:
    static = make_desk(database, configured, World(database, _no_policy_base, _no_policy_base)).static
    with httpx.Client(base_url=url, cookies={"desk": cookie}, timeout=60, trust_env=False) as http:
        page = http.get("/desk?view=all").content
        files = sum(
            len(http.get(static.url(name)).content)
            for name in ("desk.css", "queue.css", "desk.js", "live.js", "icon.svg")
        )
    small = len(gzip.compress(page))
    print(f"page weight: list {len(page) / 1000:.0f} kB ({small / 1000:.0f} kB behind gzip), style and script once "
          f"{files / 1000:.0f} kB (limit 300: {'ok' if len(page) + files < 300_000 else 'MISSED'})")  # fmt: skip


def _paint(url: str, cookie: str) -> None:
    try:
        took = first_paints(f"{url}/desk?view=all", {"desk": cookie}, PAINTS)
    except NoBrowser as missing:
        print(f"first paint: not measured, {missing}")
        return
    _tell("first paint in Chromium", [(one, 0.0) for one in took], 1000)


async def _live(database: Database, url: str, cookies: Sequence[str], messages: int) -> None:
    """Operators with the list open; from the commit of a message to the last page that has it."""
    with database.reading() as session:
        start = feed.last(session)
        ticket = next(one.id for one in tickets.list_open(session, 2000) if one.desk_id == DESK)
    arrived: list[list[float]] = [[] for _ in range(messages)]
    readers = [asyncio.create_task(_read(url, cookie, start, arrived)) for cookie in cookies]
    await asyncio.sleep(3)
    sent: list[float] = []
    worked = time.process_time()
    for number in range(messages):
        await asyncio.to_thread(_write, database, ticket, number)
        sent.append(time.perf_counter())
        await asyncio.sleep(0.5)
    await asyncio.sleep(2)
    own = (time.process_time() - worked) * 1000 / messages
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    complete = sum(len(times) == len(cookies) for times in arrived)
    print(f"a new message reached all {len(cookies)} open desks in {complete} of {messages} cases")
    last = [((max(times) - at) * 1000, own) for times, at in zip(arrived, sent, strict=True) if times]
    _tell("to the last of them", last, 1000)


def _write(database: Database, ticket: int, number: int) -> None:
    with database.transaction() as session:
        tickets.message_in(session, ticket, f"老板又没来{number}", inbox_id=number + 1)


async def _read(url: str, cookie: str, start: int, arrived: list[list[float]]) -> None:
    async with (
        httpx.AsyncClient(base_url=url, cookies={"desk": cookie}, timeout=60, trust_env=False) as http,
        http.stream("GET", "/desk/stream", headers={"last-event-id": str(start)}) as stream,
    ):
        seen = 0
        async for line in stream.aiter_lines():
            if line == "event: ticket" and seen < len(arrived):
                arrived[seen].append(time.perf_counter())
                seen += 1
