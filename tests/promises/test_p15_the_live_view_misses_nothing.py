"""P15: whatever happens to the connection, the page sees every event once and in order."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from hotline.tickets import feed
from hotline.tickets import service as tickets
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_server import served
from tests.support.desk_tickets import OWN, Tickets
from tests.support.stack import wait_for


class Page:
    """An open page: reads its stream, drops it as told, and comes back with its Last-Event-ID as EventSource does."""

    def __init__(self, url: str, cookie: str, after: int, drop_every: float = 1e9) -> None:
        self.url, self.cookie, self.last, self.drop_every = url, cookie, after, drop_every
        self.seen: list[int] = []
        self.told: list[dict[str, object]] = []
        self.connections = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Page":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                self._read_until_dropped()
            time.sleep(0.05)

    def _read_until_dropped(self) -> None:
        ends = time.monotonic() + self.drop_every
        headers = {"last-event-id": str(self.last)}
        timeout = httpx.Timeout(5, read=3)
        with (
            httpx.Client(base_url=self.url, cookies={"desk": self.cookie}, timeout=timeout, trust_env=False) as http,
            http.stream("GET", "/desk/stream", headers=headers) as stream,
        ):
            self.connections += 1
            seq = 0
            for line in stream.iter_lines():
                if line.startswith("id: "):
                    seq = int(line[4:])
                elif line.startswith("data: ") and seq:
                    self.seen.append(seq)
                    self.told.append(json.loads(line[6:]))
                    self.last, seq = seq, 0
                if self._stop.is_set() or time.monotonic() > ends:
                    return


@pytest.fixture
def seeded(sqlite: Database) -> Tickets:
    made = Tickets(sqlite)
    made.desks()
    return made


def _told(database: Database, after: int) -> list[int]:
    with database.reading() as session:
        return [one.seq for one in feed.after(session, after, 10_000)]


def _write(database: Database, ticket: int, notes: int, pause: float) -> Iterator[None]:
    for number in range(notes):
        with database.transaction() as session:
            tickets.note(session, ticket, 1, f"备注{number}")
        time.sleep(pause)
        yield


def test_a_line_that_drops_all_the_time_misses_nothing(
    sqlite: Database,
    seeded: Tickets,
    logged_in: Callable[..., Operator],
    desk_url: str,
    record_property: Callable[[str, object], None],
) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    ticket = seeded.open(desk=OWN).ticket.id
    with sqlite.reading() as session:
        start = feed.last(session)
    with Page(desk_url, operator.cookie, start, drop_every=0.4) as page:
        for _ in _write(sqlite, ticket, 60, 0.05):
            pass
        expected = _told(sqlite, start)
        wait_for(lambda: page.last == expected[-1], 30, "the page catches up")

    assert page.seen == expected
    assert page.connections > 3
    record_property("measured", f"{len(expected)} events over {page.connections} connections, 0 missed, 0 twice")


def test_a_restart_of_the_server_and_a_sleeping_laptop_miss_nothing(
    sqlite: Database, seeded: Tickets, logged_in: Callable[..., Operator], application: Starlette
) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    ticket = seeded.open(desk=OWN).ticket.id
    with sqlite.reading() as session:
        start = feed.last(session)
    with served(application.routes) as url, Page(url, operator.cookie, start) as page:
        for _ in _write(sqlite, ticket, 10, 0.01):
            pass
        wait_for(lambda: len(page.seen) == 10, 30, "the first ten arrive")
    for _ in _write(sqlite, ticket, 10, 0):
        pass
    with served(application.routes) as url, Page(url, operator.cookie, page.last) as again:
        wait_for(lambda: len(again.seen) == 10, 30, "what happened meanwhile arrives")

    assert page.seen + again.seen == _told(sqlite, start)


def test_who_was_away_for_very_long_is_told_to_load_the_page_again(
    sqlite: Database, seeded: Tickets, logged_in: Callable[..., Operator], desk_url: str
) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    ticket = seeded.open(desk=OWN).ticket.id
    with sqlite.reading() as session:
        start = feed.last(session)
    with sqlite.transaction() as session:
        for number in range(120):
            tickets.note(session, ticket, 1, f"备注{number}")
    with Page(desk_url, operator.cookie, start) as page:
        wait_for(lambda: bool(page.seen), 30, "the stream answers")

    assert page.seen == [_told(sqlite, start)[-1]]
    assert page.told == [{}]


def test_a_reader_that_does_not_read_is_cut_and_slows_nobody(
    sqlite: Database, seeded: Tickets, logged_in: Callable[..., Operator], desk_url: str
) -> None:
    """It is simply never read; the others are told at their usual pace."""
    slow, quick = logged_in("operator", desk_ids=(OWN,)), logged_in("lead", desk_ids=(OWN,))
    ticket = seeded.open(desk=OWN).ticket.id
    with sqlite.reading() as session:
        start = feed.last(session)
    with (
        httpx.Client(base_url=desk_url, cookies={"desk": slow.cookie}, timeout=60, trust_env=False) as http,
        http.stream("GET", "/desk/stream", headers={"last-event-id": str(start)}),
        Page(desk_url, quick.cookie, start) as page,
    ):
        for _ in _write(sqlite, ticket, 50, 0.02):
            pass
        wait_for(lambda: len(page.seen) == 50, 30, "the quick one has it all")

    assert page.seen == _told(sqlite, start)


def test_another_desks_news_does_not_reach_this_page(
    sqlite: Database, seeded: Tickets, logged_in: Callable[..., Operator], desk_url: str
) -> None:
    operator = logged_in("operator", desk_ids=("CN-11-01",))
    with sqlite.reading() as session:
        start = feed.last(session)
    with Page(desk_url, operator.cookie, start) as page:
        seeded.open(desk=OWN)
        mine = seeded.open(desk="CN-11-01").ticket.id
        wait_for(lambda: bool(page.told), 30, "his own desk's ticket arrives")

    assert {one["ticket"] for one in page.told} == {mine}


def test_the_fourth_page_takes_the_place_of_the_first(logged_in: Callable[..., Operator], desk_url: str) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(4):
            http = stack.enter_context(
                httpx.Client(base_url=desk_url, cookies={"desk": operator.cookie}, timeout=30, trust_env=False)
            )
            stream = stack.enter_context(http.stream("GET", "/desk/stream"))
            lines = stream.iter_lines()
            next(lines)
            opened.append(lines)
        first = list(opened[0])

    assert "event: replaced" in first
