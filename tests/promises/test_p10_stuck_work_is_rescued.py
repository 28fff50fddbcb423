"""P10: work of a stopped worker is done by another; when the stopped one wakes, it can write nothing."""

import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.mailbox import inbox, outbox
from bot.mailbox.inbox import LeaseLost
from bot.mailbox.tables import OutboxRow
from bot.messages import Outgoing
from kit import clock
from kit.db import Database
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import door, is_drained, read_log, worker_process

ROUNDS = count(2, 10)
LEASE = 1.0


@pytest.mark.timeout(600)
def test_a_stopped_worker_loses_its_work_and_cannot_write_it(
    database: Database, tmp_path: Path, record_property: Record
) -> None:
    caller = door(database)
    redone = []
    for number in range(ROUNDS):
        log, rescued = tmp_path / f"stopped-{number}", tmp_path / f"rescuer-{number}"
        with worker_process(database, log, threads=1, lease=LEASE, hang=0.5) as stopped:
            caller.post("/hooks/telegram/secret", content=f"{number} worker-{number} 慢{number}".encode())
            wait_for(lambda: bool(read_log(log)), 120, "the turn has begun")  # noqa: B023
            stopped.signal(signal.SIGSTOP)
            began = time.monotonic()
            with worker_process(database, rescued, threads=1, lease=LEASE, hang=0.1):
                wait_for(lambda: is_drained(database), 200, "another worker has done it")
                redone.append(time.monotonic() - began)
                stopped.signal(signal.SIGCONT)
                wait_for(lambda: any(line.what == "end" for line in read_log(log)), 120, "the sleeper ends")  # noqa: B023
                time.sleep(0.5)  # time in which it would write, if it could

        with database.reading() as session:
            texts = [body["text"] for body in session.scalars(select(OutboxRow.body))]
        mine = [text for text in texts if text.endswith(f"慢{number}")]
        assert len(mine) == 1
        assert not mine[0].startswith(str(stopped.pid))
    record_property("measured", f"{ROUNDS} sleepers: 0 late writes; redone within {max(redone):.1f} s of the stop")


def test_every_late_write_is_refused(database: Database) -> None:
    """The same for each kind of write, at the rows: answered, postponed, buried, kept alive, delivered."""
    door(database).post("/hooks/telegram/secret", content=b"1 worker hello")
    now, later = clock.now(), clock.now() + timedelta(seconds=60)
    with database.transaction() as session:
        (late,) = inbox.claim(session, now=now, lease=30, limit=1)
        outbox.queue(session, late.conversation_id, Outgoing("answer", "x"), key="k", now=now)
        (parcel,) = outbox.claim(session, now=now, lease=30, limit=1, channels=("telegram",))
    with database.transaction() as session:
        assert inbox.claim(session, now=later, lease=30, limit=1)[0].fence == late.fence + 1
        assert outbox.claim(session, now=later, lease=30, limit=1, channels=("telegram",))[0].fence == parcel.fence + 1

    writes = [
        lambda session: inbox.done(session, late, now=later),
        lambda session: inbox.postpone(session, late, until=later, error=""),
        lambda session: inbox.bury(session, late, now=later, error=""),
        lambda session: inbox.heartbeat(session, late, now=later, lease=30),
        lambda session: outbox.record(session, parcel, outbox.Attempt("sent", "sent"), now=later),
    ]
    for write in writes:
        with pytest.raises(LeaseLost), database.transaction() as session:
            write(session)
