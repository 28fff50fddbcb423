"""Stage 7: outbox -> channel, one delivery row an attempt; nothing is dropped in silence.

One relay a channel. It claims the oldest open row of several conversations, sends them from its own threads, and
writes what ended together with the next claim in one transaction, so that a commit carries as many messages as have
gathered. A row is sent at least once; when an answer was lost, or a worker died between sending and writing, the next
attempt may be a second copy, and the row is marked so.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels.base import (
    Channel,
    ChannelMisconfigured,
    ChannelState,
    PlatformUnavailable,
    Recipient,
    SendError,
    WindowShut,
)
from bot.gateway import knock
from bot.gateway.pace import Breaker, Pace
from bot.mailbox import outbox
from bot.mailbox.inbox import LeaseLost
from bot.mailbox.outbox import Attempt, Parcel
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets
from kit import clock, log, metrics
from kit.db import Database
from kit.settings import Settings

logger = log.logger("deliver")

PLACES = 4  # claimed messages a thread: enough to fill a commit, few enough to be sent within half a lease
LONGEST_PAUSE = 300.0
MISCONFIGURED_PAUSE = 60.0
BROKEN_AFTER = 5  # attempts at a message on which our own code fails

WHAT_HAPPENED = {
    "window_shut": "平台暂时不让我们主动发消息：这条要等工人下次来消息时再发。",
    "may_not_send": "这个公众号没有客服消息权限：这条要等工人下次来消息时再发。",
    "quota_used": "平台给的条数已用完：这条要等工人下次来消息时再发。",
    "blocked": "没有送达：工人已停止接收我们的消息，请换电话等别的办法联系。",
    "refused": "没有送达：平台不收这条消息，请换个说法或别的办法再发。",
    "misconfigured": "没有送达：通道的配置或权限不对，请值班的技术人员查看。",
}
WAS_TOLD = "已发通知提醒他来看。"
GAVE_UP = "没有送达：平台一直连不上，已停止重试，请用别的办法联系工人。"


@dataclass(frozen=True)
class Result:
    """How an attempt ended, what an operator should read of it, and what the breaker should learn."""

    attempt: Attempt
    alert: str = ""
    error: SendError | None = None


class Relay:
    """Delivers one channel's rows. `step` is one round; `run` turns it until told to stop."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        state: ChannelState,
        settings: Settings,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._channel = channel
        self._state = state
        self._settings = settings
        self._chance = chance
        self._pace = Pace(channel.rate)
        self._breaker = Breaker()
        self._places = settings.deliver_threads * PLACES
        self._pool = ThreadPoolExecutor(settings.deliver_threads, thread_name_prefix=f"deliver-{channel.name}")
        self._in_flight: dict[Future[Result], Parcel] = {}
        self._ended: list[tuple[Parcel, Result]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set() or self._in_flight or self._ended:
            seen = bell.count("outbox")
            try:
                worked = self.step()
            except Exception as error:  # the loop must outlive a database that is away for a moment
                logger.error("a round failed", channel=self._channel.name, error=type(error).__name__)
                self.stopping.wait(0.5)
                worked = 0
            if not worked:
                bell.wait("outbox", seen, 0.5)
        self._pool.shutdown()

    def step(self) -> int:
        """Write what has ended and claim what is due, in one transaction; returns how many rows were touched."""
        self._collect()
        room = self._room()
        if not self._ended and not room:
            return 0
        now = clock.now()
        with self._database.transaction() as session:
            for parcel, result in self._ended:
                self._write(session, parcel, result, now)
            parcels = self._claim(session, now, room) if room else []
        touched = len(self._ended) + len(parcels)
        self._ended.clear()
        self._pace.spend(len(parcels))
        for parcel in parcels:
            self._start(parcel)
        return touched

    def _collect(self) -> None:
        """Take what has ended out of flight and learn from it; it stays at hand until the database has it."""
        for future in [future for future in self._in_flight if future.done()]:
            result = future.result()
            self._ended.append((self._in_flight.pop(future), result))
            self._learn(result)

    def _room(self) -> int:
        if self.stopping.is_set():
            return 0
        under_way = len(self._in_flight)
        allowed = self._breaker.room()
        free = self._places - under_way
        if allowed is not None:
            free = min(free, allowed - under_way)
        return max(0, min(free, self._pace.room()))

    def _claim(self, session: Session, now: datetime, limit: int) -> list[Parcel]:
        lease = self._settings.lease
        return outbox.claim(session, now=now, lease=lease, limit=limit, channels=(self._channel.name,))

    def _start(self, parcel: Parcel) -> None:
        deadline = clock.monotonic() + self._settings.lease / 2
        future = self._pool.submit(self._attempt, parcel, deadline)
        self._in_flight[future] = parcel
        future.add_done_callback(lambda _: bell.ring_here("outbox"))

    def _attempt(self, parcel: Parcel, deadline: float) -> Result:
        """One attempt in a thread of the pool; never raises."""
        if clock.monotonic() > deadline:  # we slept: by the time of the answer the row could be somebody else's
            return Result(Attempt("not_started", "new", retry_at=clock.now()))
        began = clock.monotonic()
        try:
            skip = self._parts_done(parcel) if parcel.attempts > 1 else 0
            to = Recipient(parcel.account, parcel.address, str(parcel.outbox_id))
            sent = self._channel.send(to, Outgoing.from_dict(parcel.body), skip=skip)
        except SendError as error:
            return self._failed(parcel, error, _milliseconds(began))
        except Exception as error:  # our own mistake must not stop the other conversations
            logger.error("the channel broke", channel=parcel.channel, outbox=parcel.outbox_id, error=repr(type(error)))
            return self._broke(parcel, error, _milliseconds(began))
        return Result(Attempt("sent", "sent", took_ms=_milliseconds(began), platform_id=sent.platform_id[:128]))

    def _failed(self, parcel: Parcel, error: SendError, took_ms: int) -> Result:
        if error.parts_done:
            self._remember_parts(parcel, error.parts_done)
        detail = str(error)
        if isinstance(error, WindowShut):
            attempt = Attempt(error.code, "waiting", took_ms, detail)
            return Result(attempt, WHAT_HAPPENED[error.code] + (WAS_TOLD if error.was_told else ""), error)
        if not error.retryable:
            attempt = Attempt(error.code, "undeliverable", took_ms, detail)
            return Result(attempt, WHAT_HAPPENED.get(error.code, GAVE_UP), error)
        if clock.now() - parcel.created_at > timedelta(hours=self._settings.deliver_hours):
            attempt = Attempt(error.code, "undeliverable", took_ms, detail, possibly_twice=error.possibly_sent)
            return Result(attempt, WHAT_HAPPENED.get(error.code, GAVE_UP), error)
        retry_at = clock.now() + timedelta(seconds=self._pause(parcel, error))
        attempt = Attempt(error.code, "new", took_ms, detail, retry_at=retry_at, possibly_twice=error.possibly_sent)
        return Result(attempt, error=error)

    def _broke(self, parcel: Parcel, error: Exception, took_ms: int) -> Result:
        if parcel.attempts >= BROKEN_AFTER:
            return Result(Attempt("broken", "undeliverable", took_ms, type(error).__name__), WHAT_HAPPENED["refused"])
        retry_at = clock.now() + timedelta(seconds=self._pause(parcel, PlatformUnavailable()))
        return Result(Attempt("broken", "new", took_ms, type(error).__name__, retry_at=retry_at))

    def _pause(self, parcel: Parcel, error: SendError) -> float:
        """Exponential with full-range jitter above its half; never earlier than the platform asked for."""
        pause = min(self._settings.deliver_base * 2.0 ** min(parcel.attempts - 1, 12), LONGEST_PAUSE)
        if isinstance(error, ChannelMisconfigured):
            pause = max(pause, MISCONFIGURED_PAUSE)
        return max(pause * (0.5 + self._chance() / 2), error.retry_after or 0.0)

    def _parts_done(self, parcel: Parcel) -> int:
        return int((self._state.get(f"parts:{parcel.outbox_id}") or {}).get("done", 0))

    def _remember_parts(self, parcel: Parcel, parts: int) -> None:
        self._state.put(f"parts:{parcel.outbox_id}", {"done": parts}, ttl=(self._settings.deliver_hours + 24) * 3600)

    def _write(self, session: Session, parcel: Parcel, result: Result, now: datetime) -> None:
        try:
            outbox.record(session, parcel, result.attempt, now=now)
        except LeaseLost:
            logger.warning("late", outbox=parcel.outbox_id)
            return
        metrics.DELIVERIES.labels(parcel.channel, result.attempt.outcome).inc()
        took = {"took_ms": result.attempt.took_ms, "attempts": parcel.attempts}
        logger.info("attempt", outbox=parcel.outbox_id, outcome=result.attempt.outcome, **took)
        if isinstance(result.error, WindowShut) and not result.error.was_told:
            knock.by_sms(session, parcel.conversation_id, self._settings, now)
        if result.alert:
            tell_operators(session, parcel.conversation_id, f"第{parcel.seq}条消息{result.alert}")

    def _learn(self, result: Result) -> None:
        error = result.error
        if error is None or not error.retryable:
            self._breaker.succeeded()
        elif self._breaker.failed(error.retry_after or 0.0, at_once=isinstance(error, ChannelMisconfigured)):
            logger.error("the channel is left alone", channel=self._channel.name, reason=error.code)


def _milliseconds(began: float) -> int:
    return round((clock.monotonic() - began) * 1000)


def tell_operators(session: Session, conversation_id: str, words: str) -> None:
    """Put what happened on the conversation's ticket; a ticket that changes under us is read again."""
    for _ in range(5):
        ticket = tickets.find_open(session, conversation_id)
        if ticket is None:
            return
        try:
            with session.begin_nested():
                tickets.undelivered(session, ticket.id, words)
        except tickets.TicketChanged:
            continue
        return


class Relays:
    """One thread a channel; started with the worker role, stopped after what is under way."""

    def __init__(self, relays: list[Relay]) -> None:
        self._relays = relays
        self._threads = [threading.Thread(target=relay.run, name="relay", daemon=True) for relay in relays]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        for relay in self._relays:
            relay.stopping.set()
        bell.ring("outbox")
        deadline = clock.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - clock.monotonic()))
