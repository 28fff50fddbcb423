"""A duty is done by one process at a time, moves when its holder dies, and a late holder writes nothing."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from kit import clock
from kit.db import Database
from kit.duties import Duties, Duty, DutyLost, DutyRow, standings


class Watch:
    """A duty that counts its runs."""

    def __init__(self, every: float = 0.0) -> None:
        self.runs = 0
        self.duty = Duty("watch", every, self.run)

    def run(self, _database: Database) -> None:
        self.runs += 1


def of(database: Database, *duties: Duty, lease: float = 60.0) -> Duties:
    return Duties(database, duties, lease)


def row(database: Database) -> DutyRow:
    with database.reading() as session:
        return session.scalars(select(DutyRow)).one()


def end_lease(database: Database) -> None:
    with database.transaction() as session:
        session.scalars(select(DutyRow)).one().until = clock.now() - timedelta(seconds=1)


def test_only_the_holder_runs_it(database: Database) -> None:
    watch = Watch()
    first, second = of(database, watch.duty), of(database, watch.duty)
    first.step(watch.duty)
    second.step(watch.duty)

    assert watch.runs == 1
    assert row(database).fence == 1


def test_it_moves_when_the_holder_dies(database: Database) -> None:
    watch = Watch()
    of(database, watch.duty).step(watch.duty)
    end_lease(database)
    of(database, watch.duty).step(watch.duty)

    assert watch.runs == 2
    assert row(database).fence == 2


def test_it_moves_at_once_when_the_holder_stops(database: Database) -> None:
    watch = Watch()
    first = of(database, watch.duty)
    first.start()
    until(lambda: watch.runs > 0)
    first.stop(10)
    before = watch.runs
    until(lambda: of(database, watch.duty).step(watch.duty) >= 0 and watch.runs > before)


def test_a_renewed_lease_stays(database: Database) -> None:
    watch = Watch()
    first, second = of(database, watch.duty), of(database, watch.duty)
    first.step(watch.duty)
    end_lease(database)
    first.renew()
    second.step(watch.duty)

    assert watch.runs == 1


def test_a_holder_that_slept_past_its_lease_writes_nothing(database: Database) -> None:
    other = of(database, Watch().duty)
    outcome: list[str] = []

    def slow(guarded: Database) -> None:
        end_lease(database)  # we slept, and somebody else took it
        other.step(Watch().duty)
        try:
            with guarded.transaction() as session:
                session.execute(text("UPDATE duty_lease SET last_error = 'late'"))
        except DutyLost:
            outcome.append("refused")
            raise

    duty = Duty("watch", 0.01, slow)
    of(database, duty).step(duty)

    assert outcome == ["refused"]
    assert row(database).last_error == ""


def test_who_lost_a_rare_duty_looks_again_within_a_lease(database: Database) -> None:
    daily = Watch(every=86_400)
    first = of(database, daily.duty, lease=60)
    pause = first.step(daily.duty)
    end_lease(database)
    of(database, daily.duty).step(daily.duty)  # another process has it now, and dies
    end_lease(database)

    assert pause <= 60
    first.renew()
    first.step(daily.duty)
    assert row(database).fence == 3


def test_a_rare_duty_is_not_repeated_after_a_restart(database: Database) -> None:
    daily = Watch(every=86_400)
    of(database, daily.duty).step(daily.duty)
    end_lease(database)
    wait = of(database, daily.duty).step(daily.duty)

    assert daily.runs == 1
    assert wait > 0


def test_a_failure_is_noted_and_tried_again_soon(database: Database) -> None:
    def fail(_database: Database) -> None:
        raise ValueError("private words must not be stored")

    duty = Duty("watch", 86_400, fail)
    pause = of(database, duty).step(duty)

    assert pause <= 30
    assert row(database).last_error == "ValueError"
    assert row(database).last_run_at is None


def test_a_duty_that_does_not_run_is_shown_as_late(database: Database) -> None:
    watch = Watch(every=10)
    of(database, watch.duty).step(watch.duty)
    now = clock.now()

    def is_late(at: datetime) -> bool:
        with database.reading() as session:
            return standings(session, at, grace=5)[0].is_late

    assert not is_late(now + timedelta(seconds=10))
    assert is_late(now + timedelta(seconds=60))


def test_many_processes_never_run_it_at_the_same_time(database: Database) -> None:
    under_way = threading.Semaphore(1)
    clashes: list[int] = []
    runs: list[int] = []

    def run(_database: Database) -> None:
        if not under_way.acquire(blocking=False):
            clashes.append(1)
            return
        runs.append(1)
        threading.Event().wait(0.01)
        under_way.release()

    processes = [of(database, Duty("watch", 0.01, run), lease=3.0) for _ in range(4)]
    for process in processes:
        process.start()
    until(lambda: len(runs) > 10)
    for process in processes:
        process.stop(10)

    assert clashes == []


def until(state: Callable[[], bool]) -> None:
    deadline = clock.monotonic() + 30
    while not state():
        if clock.monotonic() > deadline:
            pytest.fail("not within 30 s")
        threading.Event().wait(0.01)
