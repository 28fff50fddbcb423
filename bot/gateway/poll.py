"""Long polling for a channel without a public address: the same store as a webhook, the same promise.

An update is confirmed only by asking for the next one, which happens after its row is committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import ChannelMisconfigured, Forged, NotForUs, SendError, Unreadable, Webhook
from kit import log

logger = log.logger("poll")

WAIT = 25  # seconds one question stays open
LONGEST_PAUSE = 60.0


class Polls(Protocol):
    name: str

    def begin_polling(self) -> None: ...
    def poll(self, offset: int, wait: int) -> list[tuple[int, Webhook]]: ...
    def stop_clock(self, hook: Webhook) -> None: ...


class Stores(Protocol):
    def store(self, name: str, hook: Webhook) -> None: ...


class Poller:
    def __init__(self, channel: Polls, doors: Stores, wait: int = WAIT) -> None:
        self._channel = channel
        self._doors = doors
        self._wait = wait
        self._offset = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="poll", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask for nothing more; a question that is open ends with the process and loses nothing."""
        self._stopping.set()

    def _run(self) -> None:
        pause, is_ready = 1.0, False
        while not self._stopping.is_set():
            try:
                if not is_ready:
                    self._channel.begin_polling()
                    is_ready = True
                self.step()
                pause = 1.0
            except (SendError, SQLAlchemyError) as error:
                level = logger.error if isinstance(error, ChannelMisconfigured) else logger.warning
                level("cannot poll", channel=self._channel.name, reason=getattr(error, "code", type(error).__name__))
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception as error:  # one update that breaks us must not end the thread
                logger.error("polling broke", channel=self._channel.name, error=type(error).__name__)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def step(self) -> int:
        """Store what has come; returns how many updates there were."""
        found = self._channel.poll(self._offset, self._wait)
        for number, hook in found:
            try:
                self._doors.store(self._channel.name, hook)
            except (NotForUs, Unreadable, Forged) as nothing:
                logger.info("not stored", channel=self._channel.name, reason=type(nothing).__name__)
            self._offset = number + 1
            self._stop_clock(hook)
        return len(found)

    def _stop_clock(self, hook: Webhook) -> None:
        try:
            self._channel.stop_clock(hook)
        except SendError as error:  # the button's little clock stops by itself after a while
            logger.info("the clock runs on", reason=error.code)


class Announcer:
    """Tells the platform where our webhook is, again and again until it has heard: a start never waits for it."""

    def __init__(self, channel: str, announce: Callable[[], None]) -> None:
        self._channel = channel
        self._announce = announce
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announce", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            try:
                self._announce()
            except SendError as error:
                logger.error("the webhook is not set", channel=self._channel, reason=str(error))
                self._stopping.wait(max(pause, error.retry_after or 0.0))
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            logger.info("the webhook is set", channel=self._channel)
            return
