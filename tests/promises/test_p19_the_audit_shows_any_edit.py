"""P19: whatever single edit is made to the audit by SQL, `audit verify` finds it; on both engines.

The editor is one who may do anything to the database, so the triggers are taken away first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hotline import audit
from kit.db import Database

RECORDS = 12
COLUMNS = ("at", "actor", "act", "subject", "detail", "previous", "mark")


@pytest.fixture
def filled(database: Database) -> Database:
    for number in range(RECORDS):
        with database.transaction() as session:
            audit.record(session, f"operator:{number % 3}", "ticket.claimed", f"ticket:{number}", {"to": number})
    with database.reading() as session:
        assert audit.verify(session) == []
    return database


def drop_triggers(database: Database) -> None:
    with database.transaction() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER audit_refuses_update"))
            session.execute(text("DROP TRIGGER audit_refuses_delete"))
        else:
            session.execute(text("DROP TRIGGER audit_refuses_change ON audit_record"))


def edits() -> Iterator[list[str]]:
    for seq in range(1, RECORDS + 1):
        yield [f"DELETE FROM audit_record WHERE seq = {seq}"]
        yield [f"UPDATE audit_record SET seq = {RECORDS + 9} WHERE seq = {seq}"]
        for column in COLUMNS:
            other = "'2026-01-01 00:00:00+00'" if column == "at" else "'x'"
            yield [f"UPDATE audit_record SET {column} = {other} WHERE seq = {seq}"]
    for seq in range(1, RECORDS):
        moves = ((seq, 99), (seq + 1, seq), (99, seq + 1))
        yield [f"UPDATE audit_record SET seq = {there} WHERE seq = {here}" for here, there in moves]
    yield ["UPDATE audit_head SET seq = seq - 1"]
    yield ["UPDATE audit_head SET mark = 'x'"]
    yield ["DELETE FROM audit_head"]
    yield [
        f"INSERT INTO audit_record SELECT {RECORDS + 1}, at, actor, act, subject, detail, mark, mark FROM audit_record"
        f" WHERE seq = {RECORDS}"
    ]


def test_every_single_edit_is_found(filled: Database, record_property: Callable[[str, object], None]) -> None:
    drop_triggers(filled)
    tried = 0
    for statements in edits():
        with filled.transaction() as session:
            for statement in statements:
                session.execute(text(statement))
            session.expire_all()
            assert audit.verify(session) != [], statements
            session.rollback()
        tried += 1
    record_property("measured", f"{tried} of {tried} single edits found")
    assert tried == RECORDS * (2 + len(COLUMNS)) + RECORDS - 1 + 4


@pytest.mark.parametrize("statement", ["UPDATE audit_record SET actor = 'x'", "DELETE FROM audit_record"])
def test_the_database_itself_refuses(filled: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"), filled.transaction() as session:
        session.execute(text(statement))


def test_an_act_that_fails_leaves_no_record_and_a_record_that_fails_lets_no_act_happen(filled: Database) -> None:
    with pytest.raises(ZeroDivisionError), filled.transaction() as session:
        audit.record(session, "operator:1", "ticket.closed", "ticket:1")
        raise ZeroDivisionError
    with filled.transaction() as session:
        session.execute(text("DELETE FROM audit_head"))
    with pytest.raises(RuntimeError, match="no head"), filled.transaction() as session:
        session.execute(text("INSERT INTO ticket_counter VALUES ('20260101', 7)"))
        audit.record(session, "operator:1", "ticket.closed", "ticket:1")

    with filled.reading() as session:
        assert len(audit.records(session)) == RECORDS
        assert session.execute(text("SELECT count(*) FROM ticket_counter")).scalar() == 0


def test_many_writers_make_one_chain(database: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as session:
            audit.record(session, f"operator:{number}", "ticket.noted", f"ticket:{number}")
            audit.record(session, f"operator:{number}", "ticket.closed", f"ticket:{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    with database.reading() as session:
        assert audit.verify(session) == []
        found = audit.records(session, limit=500)
    assert [one.seq for one in found] == list(range(80, 0, -1))


def test_a_savepoint_that_is_taken_back_takes_its_record_along(database: Database) -> None:
    with database.transaction() as session:
        audit.record(session, "system", "kept", "x:1")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            audit.record(session, "system", "lost", "x:2")
            raise ZeroDivisionError

    with database.reading() as session:
        assert [one.act for one in audit.records(session)] == ["kept"]
        assert audit.verify(session) == []


def test_a_number_that_slips_into_the_detail_is_masked(database: Database) -> None:
    with database.transaction() as session:
        audit.record(session, "system", "tried", "x:1", {"why": "打 13800000000 没人接"})

    with database.reading() as session:
        assert "13800000000" not in str(audit.records(session))
