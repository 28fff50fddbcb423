"""The inbox on a real database: rows claimed and finished a second, and how long new ones wait behind a backlog."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from sqlalchemy import ARRAY, BigInteger, func, insert, literal, select, update
from sqlalchemy.orm import Session

from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, InboxRow
from bot.messages import Incoming
from commands.bench.measure import load, percentile
from hotline.migrations import run
from kit import clock
from kit.db import Database

BATCH = 500
THREADS = 4
FRESH_EVERY = 0.05


def report(url: str, backlog: int) -> None:
    database = Database(url)
    run.upgrade(database)
    fill(database, backlog)
    began = time.perf_counter()
    waits = drain(database, backlog)
    rate = backlog / (time.perf_counter() - began)
    share = f"batches of {BATCH}, {THREADS} threads, {backlog} rows, load {load()}"
    print(f"inbox: {rate:,.0f} rows a second claimed and finished ({share})", flush=True)
    print(f"inbox: a new message waited {percentile(waits, 0.95):.2f} s p95 behind the backlog ({len(waits)} new ones)")
    database.close()


def fill(database: Database, number: int) -> None:
    """One waiting message in each of as many conversations."""
    now = clock.now() - timedelta(hours=1)
    for start in range(0, number, 5000):
        numbers = range(start, min(start + 5000, number))
        with database.transaction() as session:
            common = {"channel": "telegram", "account": "bench"}
            times = {"opened_at": now, "last_in_at": now}
            chats = [{"id": f"b{n}", "address": f"{n}", "profile": {}, **common, **times} for n in numbers]
            session.execute(insert(ConversationRow), chats)
            at = {"received_at": now, "run_at": now, "body": {"text": "工资"}, "body_hash": ""}
            rows = [{"external_id": f"{n}", "conversation_id": f"b{n}", **common, **at} for n in numbers]
            session.execute(insert(InboxRow), rows)


def drain(database: Database, backlog: int) -> list[float]:
    """Several workers take batches; meanwhile new messages come in, and a worker takes them, too."""
    done, stopped = threading.Semaphore(0), threading.Event()

    def work(newest_first: bool) -> None:
        while not stopped.is_set():
            with database.transaction() as session:
                claimed = inbox.claim(session, now=clock.now(), lease=60, limit=BATCH, newest_first=newest_first)
            if claimed:
                with database.transaction() as session:
                    _finish(session, claimed)
                done.release(len(claimed))

    threads = [threading.Thread(target=work, args=(number == 0,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    new = _new_messages(database, stopped)
    for _ in range(backlog):
        done.acquire()
    stopped.set()
    for thread in [*threads, new]:
        thread.join(60)
    with database.reading() as session:
        fresh = select(InboxRow.received_at, InboxRow.finished_at).where(InboxRow.account == "fresh")
        return [(end - start).total_seconds() for start, end in session.execute(fresh) if end is not None]


def _finish(session: Session, claimed: list[inbox.Claimed]) -> None:
    """What `inbox.done` writes, for a whole batch, each row under its fence."""
    numbers = literal([row.inbox_id for row in claimed], ARRAY(BigInteger))
    fences = literal([row.fence for row in claimed], ARRAY(BigInteger))
    held = func.unnest(numbers, fences).table_valued("id", "fence").render_derived()
    session.execute(
        update(InboxRow)
        .where(InboxRow.id == held.c.id, InboxRow.fence == held.c.fence, InboxRow.state == "taken")
        .values(state="done", lease_until=None, finished_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _new_messages(database: Database, stopped: threading.Event) -> threading.Thread:
    def come() -> None:
        number = 0
        while not stopped.wait(FRESH_EVERY):
            number += 1
            words = Incoming(
                channel="telegram", account="fresh", address=f"{number}", external_id=f"{number}", text="新"
            )
            with database.transaction() as session:
                inbox.accept(session, words, now=clock.now(), key="bench")

    thread = threading.Thread(target=come, daemon=True)
    thread.start()
    return thread
