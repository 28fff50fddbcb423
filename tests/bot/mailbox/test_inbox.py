"""Stages 2 and 3: accepted once, claimed in order, finished once, on both engines."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.mailbox import inbox
from bot.messages import Incoming
from kit.db import Database

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=timezone.utc)


def message(number: int, sender: str = "worker-1", text: str = "工资没发") -> Incoming:
    return Incoming(channel="telegram", account="bot", address=sender, external_id=str(number), text=text)


def accept(database: Database, incoming: Incoming) -> inbox.Accepted:
    with database.transaction() as session:
        return inbox.accept(session, incoming, now=NOW, key="test")


def claim(database: Database, now: datetime = NOW, limit: int = 10) -> list[inbox.Claimed]:
    with database.transaction() as session:
        return inbox.claim(session, now=now, lease=30, limit=limit)


def test_a_repeated_message_is_accepted_once(database: Database) -> None:
    first, second = accept(database, message(1)), accept(database, message(1))

    assert (first.created, second.created, second.conflict) == (True, False, False)
    assert first.inbox_id == second.inbox_id


def test_the_same_id_with_another_body_is_flagged(database: Database) -> None:
    accept(database, message(1))

    assert accept(database, message(1, text="别的话")).conflict


def test_order_holds_within_a_conversation_and_others_run_beside_it(database: Database) -> None:
    for number, sender in [(1, "A"), (2, "A"), (3, "B")]:
        accept(database, message(number, sender))

    first = claim(database)
    assert [row.address for row in first] == ["A", "B"]
    assert claim(database) == []
    with database.transaction() as session:
        inbox.done(session, first[0], now=NOW)
    assert [row.address for row in claim(database)] == ["A"]


def test_a_lease_that_ended_is_claimed_again_and_the_late_worker_writes_nothing(database: Database) -> None:
    accept(database, message(1))
    late = claim(database)[0]
    later = NOW + timedelta(seconds=31)
    again = claim(database, later)[0]

    assert (again.inbox_id, again.crashes) == (late.inbox_id, 1)
    with pytest.raises(inbox.LeaseLost), database.transaction() as session:
        inbox.done(session, late, now=later)
    with database.transaction() as session:
        inbox.done(session, again, now=later)


def test_a_postponed_row_keeps_its_place(database: Database) -> None:
    accept(database, message(1))
    accept(database, message(2))
    first = claim(database)[0]
    with database.transaction() as session:
        inbox.postpone(session, first, until=NOW + timedelta(seconds=5), error="rasa_away")

    assert claim(database, NOW + timedelta(seconds=1)) == []
    assert [row.inbox_id for row in claim(database, NOW + timedelta(seconds=6))] == [first.inbox_id]


def test_a_backlog_does_not_starve_who_writes_now(database: Database) -> None:
    """The newest conversations first, and still each conversation in its order."""
    for number, sender in [(1, "A"), (2, "B"), (3, "C"), (4, "A")]:
        accept(database, message(number, sender))
    with database.transaction() as session:
        newest = inbox.claim(session, now=NOW, lease=30, limit=2, newest_first=True)

    assert sorted(row.address for row in newest) == ["B", "C"]
    assert [row.address for row in claim(database)] == ["A"]


@pytest.mark.postgres
@pytest.mark.parametrize("newest_first", [False, True])
def test_behind_a_backlog_a_claim_walks_the_open_rows_and_stops(postgres: Database, newest_first: bool) -> None:
    """PostgreSQL knows the figures of the quiet time; a plan that sorts or joins a whole backlog starves everybody."""
    with postgres.transaction() as session:
        session.execute(text("ANALYZE"))
        for number in range(600):
            inbox.accept(session, message(number, f"w{number}"), now=NOW, key="test")
    asked: list[Any] = []
    event.listen(postgres.writer, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    with postgres.transaction() as session:
        inbox.claim(session, now=NOW, lease=30, newest_first=newest_first)
        words, given = next((words, given) for words, given in asked if "FOR UPDATE" in words)
        plan = "\n".join(session.connection().exec_driver_sql(f"EXPLAIN {words}", given).scalars())

    assert "using inbox_open" in plan
    assert not {"Sort", "Hash", "Materialize"} & set(plan.replace("->", " ").split()), plan


def test_a_suspect_counts_its_own_turns_and_not_the_crashes_of_others(database: Database) -> None:
    accept(database, message(1))
    for crash in range(6):  # it was claimed beside a poison that ended the process each time
        row = claim(database, NOW + timedelta(seconds=31 * crash))[0]
    assert row.crashes == inbox.SUSPECT

    with database.transaction() as session:
        inbox.begin_alone(session, row)
    row = claim(database, NOW + timedelta(seconds=31 * 6))[0]
    assert row.crashes == inbox.SUSPECT + 1

    with database.transaction() as session:
        inbox.begin_alone(session, row)
        inbox.postpone(session, row, until=NOW, error="rasa_away")
    assert claim(database, NOW + timedelta(seconds=31 * 7))[0].crashes == inbox.SUSPECT + 1
