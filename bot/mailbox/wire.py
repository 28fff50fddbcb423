"""Carries the bell to other processes, over PostgreSQL's LISTEN and NOTIFY; with SQLite there is nothing to carry.

The rows stay the truth. What rings while the wire is cut is lost, so after every connection all topics ring once, and
whoever sleeps looks at the rows again. The wire also brings the database's time: all hosts count leases and due times
by one clock, whatever their own say (docs/decisions/0081).
"""

from __future__ import annotations

import secrets
import threading
from typing import Any

import psycopg

from bot.mailbox.wake import Bell
from kit import clock, log
from kit.db import Database

logger = log.logger("wire")

NAME = "gongyou_bell"
SHARED = ("inbox", "outbox", "desk", "policy")
TOPICS_A_NOTE = 150  # a note holds 8000 bytes
LOOK_AT_CLOCK = 5.0
SLOWEST_LOOK = 1.0  # an answer that took longer says too little about the time


class Wire:
    """Two threads, two connections: one listens, one sends; started with the process, whatever its roles."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell
        self._me = secrets.token_hex(4)
        self._stopping = threading.Event()
        self._waiting: set[str] = set()
        self._more = threading.Condition()
        threads = (("wire-in", self._listen), ("wire-out", self._send))
        again = self._again_and_again
        self._threads = [threading.Thread(target=again, args=(run,), name=name, daemon=True) for name, run in threads]

    def start(self) -> None:
        if self._database.is_sqlite:
            return
        try:
            with self._database.connect(autocommit=True) as connection:
                follow_clock(connection)
        except psycopg.Error as error:  # the database is away: we start with our own clock and follow it later
            logger.warning("no time from the database", error=type(error).__name__)
        self._bell.carry = self._carry
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._bell.carry = None
        with self._more:
            self._more.notify_all()

    def _carry(self, topic: str) -> None:
        with self._more:
            self._waiting.add(topic)
            self._more.notify_all()

    def _again_and_again(self, run: Any) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.connect(autocommit=True) as connection:
                    run(connection)
            except psycopg.Error as error:
                logger.warning("the wire is cut", error=type(error).__name__)
                self._stopping.wait(0.5)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"LISTEN {NAME}")
        self._bell.ring_all(SHARED)
        while not self._stopping.is_set():
            for note in connection.notifies(timeout=LOOK_AT_CLOCK):
                sender, *topics = note.payload.split()
                if sender != self._me:
                    for topic in topics:
                        self._bell.ring_here(topic)
                if self._stopping.is_set():
                    return
            follow_clock(connection)

    def _send(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopping.is_set():
            with self._more:
                self._more.wait_for(lambda: self._waiting or self._stopping.is_set(), timeout=5)
                topics = sorted(self._waiting)
                self._waiting.clear()
            for start in range(0, len(topics), TOPICS_A_NOTE):
                note = " ".join([self._me, *topics[start : start + TOPICS_A_NOTE]])
                connection.execute("SELECT pg_notify(%s, %s)", (NAME, note))


def follow_clock(connection: psycopg.Connection[Any]) -> None:
    """Set our clock by the database's; a slow answer is left alone, the next one will be better."""
    began = clock.monotonic()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    took = clock.monotonic() - began
    if row is not None and took < SLOWEST_LOOK:
        clock.follow(row[0], at=began + took / 2)
