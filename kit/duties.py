"""Duties: work that is done again and again, by one process at a time, whichever lives.

A duty belongs to whoever holds its lease in the database. The holder renews it; when the holder dies, the lease ends
and the next process takes the duty. A holder that slept past its lease can write nothing: every transaction of a duty
asks first, in that transaction, whether the lease is still its own.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Float, Integer, String, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kit import clock, log
from kit.db import Base, Database, UtcDateTime

logger = log.logger("duties")

RETRY_WITHIN = 30.0  # seconds after which a duty that failed is tried again, however rarely it runs


class DutyLost(Exception):
    """Another process has this duty now: whatever was about to be written must be thrown away."""


@dataclass(frozen=True)
class Duty:
    """`run` does one bounded piece of work through the database that it is given, and only through that one."""

    name: str
    every: float  # seconds between runs
    run: Callable[[Database], object]


class DutyRow(Base):
    """Who has a duty, until when, and how it went. The fence grows whenever the duty changes hands."""

    __tablename__ = "duty_lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    every: Mapped[float] = mapped_column(Float)
    holder: Mapped[str] = mapped_column(String(120), default="")
    fence: Mapped[int] = mapped_column(Integer, default=0)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(200), default="")


@dataclass(frozen=True)
class Standing:
    """What doctor, metrics and the administrators' page show of a duty."""

    name: str
    holder: str
    last_run_at: datetime | None
    last_error: str
    is_late: bool


def standings(session: Session, now: datetime, grace: float) -> list[Standing]:
    """All duties; one is late when it has not run for its own time and `grace` seconds more."""
    rows = session.scalars(select(DutyRow).order_by(DutyRow.name))
    return [Standing(row.name, row.holder, row.last_run_at, row.last_error, _is_late(row, now, grace)) for row in rows]


def _is_late(row: DutyRow, now: datetime, grace: float) -> bool:
    return row.last_run_at is None or row.last_run_at + timedelta(seconds=row.every + grace) < now


@dataclass
class Held:
    """A duty of ours: its fence, when the lease ends by our own clock, when it is due, what the row says of it."""

    fence: int
    ends: float
    due: datetime
    noted: datetime | None
    error: str


class Duties:
    """One thread a duty and one that renews; started with the worker role."""

    def __init__(self, database: Database, duties: Sequence[Duty], lease: float) -> None:
        self._database = database
        self._duties = duties
        self._lease = lease
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held: dict[str, Held] = {}
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._turn, args=(d,), name=d.name, daemon=True) for d in duties]
        self._renewer = threading.Thread(target=self._renew_often, name="renew-duties", daemon=True)

    def start(self) -> None:
        for thread in [*self._threads, self._renewer]:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Let what runs end, and give the leases back so that others need not wait for their end."""
        self._stopping.set()
        deadline = clock.monotonic() + timeout
        for thread in [*self._threads, self._renewer]:
            thread.join(max(0.0, deadline - clock.monotonic()))
        with self._database.transaction() as session:
            session.execute(update(DutyRow).where(DutyRow.holder == self._holder).values(until=clock.now()))

    def step(self, duty: Duty) -> float:
        """Run the duty if it is ours and due; the seconds until it is worth looking again.

        Never longer than a lease: who ran a daily duty, lost it to another process and slept until tomorrow would not
        see that process die.
        """
        held = self._held.get(duty.name)
        if held is None or clock.monotonic() >= held.ends:
            held = self._take(duty)
        if held is None:
            return min(duty.every, self._lease / 3)
        wait = (held.due - clock.now()).total_seconds()
        if wait > 0:
            return min(wait, self._lease)
        self._run(duty, held)
        return min(duty.every, self._lease, RETRY_WITHIN)

    def _turn(self, duty: Duty) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                pause = self.step(duty)
            except Exception:  # the loop must outlive a database that is away for a moment
                logger.exception("a duty could not be taken or noted", duty=duty.name)
                pause = 1.0

    def _take(self, duty: Duty) -> Held | None:
        """Take the lease if nobody else holds it."""
        self._held.pop(duty.name, None)
        began, now = clock.monotonic(), clock.now()
        with self._database.transaction() as session:
            _make_row(session, duty, now)
            row = session.execute(
                update(DutyRow)
                .where(DutyRow.name == duty.name, or_(DutyRow.until < now, DutyRow.holder == self._holder))
                .values(
                    holder=self._holder,
                    fence=DutyRow.fence + 1,
                    until=now + timedelta(seconds=self._lease),
                    every=duty.every,
                )
                .returning(DutyRow.fence, DutyRow.last_run_at)
                .execution_options(synchronize_session=False)
            ).one_or_none()
        if row is None:
            return None
        fence, last_run_at = row
        due = now if last_run_at is None else last_run_at + timedelta(seconds=duty.every)
        held = self._held[duty.name] = Held(fence, began + self._lease, due, last_run_at, "")
        logger.info("duty taken", duty=duty.name, fence=fence)
        return held

    def _run(self, duty: Duty, held: Held) -> None:
        began, error = clock.now(), ""
        try:
            duty.run(self._database.guarded(lambda session: self._still_ours(session, duty.name, held.fence)))
        except DutyLost:
            self._held.pop(duty.name, None)
            logger.warning("duty lost", duty=duty.name)
            return
        except Exception as failure:  # it is noted, shown by doctor and the metrics, and tried again
            logger.exception("a duty failed", duty=duty.name)
            error = type(failure).__name__
        held.due = began + timedelta(seconds=duty.every)
        if error:
            held.due = min(held.due, clock.now() + timedelta(seconds=RETRY_WITHIN))
        self._note(duty, held, began, error)

    def _note(self, duty: Duty, held: Held, ran_at: datetime, error: str) -> None:
        """Write how it went; a duty that runs more often than leases are renewed is noted once in that time."""
        is_news = held.noted is None or (ran_at - held.noted).total_seconds() >= self._lease / 3
        if not is_news and error == held.error:
            return
        outcome = {"last_error": error} if error else {"last_error": "", "last_run_at": ran_at}
        with self._database.transaction() as session:
            session.execute(
                update(DutyRow).where(DutyRow.name == duty.name, DutyRow.fence == held.fence).values(**outcome)
            )
        held.error = error
        held.noted = ran_at

    def _still_ours(self, session: Session, name: str, fence: int) -> None:
        """Locks the lease against being taken while the duty's transaction runs."""
        ours = select(DutyRow.fence).where(DutyRow.name == name).with_for_update(read=True)
        if session.scalar(ours) != fence:
            raise DutyLost(name)

    def _renew_often(self) -> None:
        while not self._stopping.wait(self._lease / 3):
            try:
                self.renew()
            except Exception:  # while the database is away nobody else can take the leases either
                logger.exception("the duties could not be renewed")

    def renew(self) -> None:
        """One statement for all duties of this process; what is no longer ours is forgotten."""
        if not self._held:
            return
        began = clock.monotonic()
        with self._database.transaction() as session:
            kept = session.scalars(
                update(DutyRow)
                .where(DutyRow.holder == self._holder)
                .values(until=clock.now() + timedelta(seconds=self._lease))
                .returning(DutyRow.name)
                .execution_options(synchronize_session=False)
            ).all()
        for name, held in list(self._held.items()):
            if name in kept:
                held.ends = began + self._lease
            else:
                self._held.pop(name, None)


def _make_row(session: Session, duty: Duty, now: datetime) -> None:
    if session.scalar(select(DutyRow.name).where(DutyRow.name == duty.name)) is not None:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"name": duty.name, "every": duty.every, "until": now - timedelta(seconds=1)}
    session.execute(insert(DutyRow).values(**row, holder="", fence=0, last_error="").on_conflict_do_nothing())
