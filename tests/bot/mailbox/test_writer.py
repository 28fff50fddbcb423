"""Group commit: shared by many, failed by none but its own, and heard of only after the commit."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from bot.mailbox import inbox
from bot.mailbox.tables import InboxRow
from bot.mailbox.writer import Writer
from bot.messages import Incoming
from kit import clock
from kit.db import Database


def accept(number: int, sender: str = "") -> inbox.Accepted:
    def work(session: Session) -> inbox.Accepted:
        incoming = Incoming("telegram", "bot", sender or f"worker-{number}", str(number), "工资没发")
        return inbox.accept(session, incoming, now=clock.now(), key="k")

    return work  # type: ignore[return-value]


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


def test_many_share_few_commits(database: Database) -> None:
    commits: list[int] = []
    event.listen(database.writer, "commit", lambda _: commits.append(1))
    writer = Writer(database)
    held = threading.Event()
    with ThreadPoolExecutor(33) as pool:
        first = pool.submit(writer.run, lambda _session: held.wait(5))
        others = [pool.submit(writer.run, accept(number)) for number in range(32)]
        held.set()
        assert first.result(10)
        assert all(other.result(10).created for other in others)

    assert stored(database) == 32
    assert len(commits) < 16


def test_a_failure_is_its_own(database: Database) -> None:
    writer = Writer(database)
    held = threading.Event()

    def fails(session: Session) -> None:
        accept(1)(session)
        raise ValueError("x")

    with ThreadPoolExecutor(4) as pool:
        pool.submit(writer.run, lambda _session: held.wait(5))
        broken, good = pool.submit(writer.run, fails), pool.submit(writer.run, accept(2))
        held.set()
        with pytest.raises(ValueError, match="x"):
            broken.result(10)
        assert good.result(10).created

    assert stored(database) == 1


def test_when_the_commit_fails_everyone_hears_it(database: Database) -> None:
    def break_commit(_: object) -> None:
        raise OSError("disk full")

    event.listen(database.writer, "commit", break_commit)
    with pytest.raises(OSError, match="disk full"):
        Writer(database).run(accept(1))
    event.remove(database.writer, "commit", break_commit)

    assert stored(database) == 0
    assert Writer(database).run(accept(1)).created
