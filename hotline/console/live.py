"""The one stream of an open page: what happened to tickets, who is typing, the counts; ends with the session.

It reads the desk's feed from the number where the page stopped (Last-Event-ID), so that nothing is missed whatever
happens to the connection. The feed's rows are read and rendered once for all open pages of this process.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.mailbox.wake import Ear, bell
from hotline.console import auth, drafts, lines, ringing, roles
from hotline.console.auth import Operator
from hotline.console.door import page
from hotline.console.lines import Shown
from hotline.console.sse import HEARTBEAT, Events, event
from hotline.console.visit import Desk, Visit
from hotline.tickets import feed
from hotline.tickets import service as tickets
from hotline.tickets.access import Viewer
from kit import clock
from kit.recent import Recent

MOST_STREAMS = 3
MOST_AT_ONCE = 100
COUNTED_SOON, COUNTED_AGAIN = 2.0, 10.0  # seconds between two counts for one page


@dataclass
class Open:
    """One open stream; `ended` tells it to make room for a newer one."""

    operator_id: int
    ended: asyncio.Event


class Streams:
    """Who has which streams open in this process: the newest three of each operator."""

    def __init__(self) -> None:
        self._open: defaultdict[int, list[Open]] = defaultdict(list)

    def enter(self, operator_id: int) -> Open:
        mine = self._open[operator_id]
        while len(mine) >= MOST_STREAMS:
            mine.pop(0).ended.set()
        made = Open(operator_id, asyncio.Event())
        mine.append(made)
        return made

    def leave(self, one: Open) -> None:
        mine = self._open[one.operator_id]
        if one in mine:
            mine.remove(one)
        if not mine:
            del self._open[one.operator_id]


class Feed:
    """The feed as this process has read it: one reader for all pages, each piece rendered once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._read: Recent[list[Shown]] = Recent(200)

    def after(self, seq: int) -> list[Shown]:
        """What was told since a number; an answer that is not empty stays true, an empty one does not."""
        with self._lock:
            known = self._read.find(str(seq))
            if known is None:
                with self._desk.database.reading() as session:
                    known = lines.shown(session, self._desk, feed.after(session, seq, MOST_AT_ONCE + 1))
                if known:
                    self._read.put(str(seq), known)
            return known


@dataclass
class Reader:
    """One page's place in the feed."""

    desk: Desk
    feed: Feed
    operator: Operator
    viewer: Viewer
    token: str
    seq: int
    ticket: int
    checked_at: float = field(default_factory=clock.monotonic)
    beat_at: float = field(default_factory=clock.monotonic)
    counted_at: float = float("-inf")
    present_at: float = field(default_factory=clock.monotonic)
    is_stale: bool = False
    rang: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    typing: list[str] = field(default_factory=list)
    rings: list[dict[str, Any]] | None = None

    async def run(self, mine: Open) -> AsyncIterator[bytes]:
        yield b"retry: 1500\n\n"
        settings = self.desk.configured
        with bell.listening("desk") as ear:
            while True:
                if mine.ended.is_set():
                    yield event("replaced", {})
                    return
                if clock.monotonic() - self.checked_at >= settings.desk_check:
                    if not await run_in_threadpool(self._is_still_good):
                        yield event("ended", {})
                        return
                    self.checked_at = clock.monotonic()
                for part in (self._news, self._beside):
                    for chunk in await run_in_threadpool(part):
                        self.beat_at = clock.monotonic()
                        yield chunk
                if clock.monotonic() - self.beat_at > settings.desk_heartbeat:
                    self.beat_at = clock.monotonic()
                    yield HEARTBEAT
                await self._sleep(ear, mine)

    async def _sleep(self, ear: Ear, mine: Open) -> None:
        """Until the bell rings, a newer stream takes this place, or it is time to look after something."""
        until = min(2.0 if self.ticket else 5.0, self.desk.configured.desk_check)
        waits = [asyncio.ensure_future(ear.wait(until)), asyncio.ensure_future(mine.ended.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def _is_still_good(self) -> bool:
        """The same person in the same role with the same desks; and he is at the desk."""
        with self.desk.database.reading() as session:
            now = auth.who(session, self.token)
        if now is None or (now.role, now.desk_ids) != (self.operator.role, self.operator.desk_ids):
            return False
        if now.role in roles.CASE_WORK and clock.monotonic() - self.present_at > 60:
            self.present_at = clock.monotonic()
            with self.desk.database.transaction() as session:
                tickets.note_presence(session, now.id)
        return True

    def _news(self) -> list[bytes]:
        """What happened to tickets: sent to all open pages before anything is counted for one of them."""
        told = self.feed.after(self.seq)
        if len(told) > MOST_AT_ONCE:
            with self.desk.database.reading() as session:
                self.seq = feed.last(session)
            return [event("again", {}, self.seq)]
        made: list[bytes] = []
        for one in told:
            self.seq = one.seq
            data = lines.for_viewer(one, self.viewer)
            if data is not None:
                made.append(event("ticket", data, one.seq))
        self.rang = self.rang or any(one.kind == "alarm" for one in told)
        self.is_stale = self.is_stale or bool(made) or self.rang
        return made

    def _beside(self) -> list[bytes]:
        rang, self.rang = self.rang, False
        return [*self._count(), *self._ring(rang), *self._who_types()]

    def _ring(self, rang: bool) -> list[bytes]:
        """What rings for him: told when it changes, and once at the start, because the page may be older."""
        if not roles.may_open(self.operator.role, "alarm.read"):
            return []
        if self.rings is not None and not rang:
            return []
        with self.desk.database.reading() as session:
            now = ringing.shown(session, self.viewer)
        if now == (self.rings or []):
            self.rings = now
            return []
        self.rings = now
        return [event("alarms", now)]

    def _count(self) -> list[bytes]:
        """Soon after something happened, else now and then: a clock may have run out."""
        if clock.monotonic() - self.counted_at < (COUNTED_SOON if self.is_stale else COUNTED_AGAIN):
            return []
        self.is_stale = False
        self.counted_at = clock.monotonic()
        now = self.desk.counts.of(self.viewer)
        if now == self.counts:
            return []
        self.counts = now
        return [event("counts", now)]

    def _who_types(self) -> list[bytes]:
        if not self.ticket:
            return []
        with self.desk.database.reading() as session:
            names = drafts.typing(session, self.ticket, but=self.operator.id)
        if names == self.typing:
            return []
        self.typing = names
        return [event("typing", names)]


def _number(given: str | None) -> int:
    return int(given) if given and given.isdecimal() and len(given) < 19 else 0


@page("/desk/stream", "queue.stream")
async def stream(visit: Visit) -> Response:
    desk, operator = visit.desk, visit.operator
    after = visit.request.headers.get("last-event-id") or visit.query("after")
    ticket = _number(visit.query("ticket"))
    reader = Reader(desk, desk.feed, operator, visit.viewer, visit.token, _number(after), ticket)

    async def source() -> AsyncIterator[bytes]:
        mine = desk.streams.enter(operator.id)
        running = reader.run(mine)
        try:
            async for chunk in running:
                yield chunk
        finally:
            await running.aclose()  # type: ignore[attr-defined]
            desk.streams.leave(mine)

    return Events(source, desk.configured.desk_patience)


PAGES = [stream]
