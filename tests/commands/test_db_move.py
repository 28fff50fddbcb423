"""From SQLite to PostgreSQL and back: the same rows, also when the move was stopped in the middle."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.mailbox import inbox, outbox
from bot.mailbox.tables import InboxRow
from bot.messages import Incoming, Outgoing
from commands import db_move
from hotline.people.keys import KeyStore
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database

pytestmark = pytest.mark.postgres


def fill(database: Database, number: int) -> None:
    now = clock.now()
    with database.transaction() as session:
        for n in range(number):
            words = Incoming(channel="telegram", account="b", address=f"{n % 7}", external_id=f"{n}", text=f"工资{n}😀")
            stored = inbox.accept(session, words, now=now + timedelta(microseconds=n), key="k")
            answer = Outgoing(kind="answer", text=f"答{n}")
            outbox.queue(session, stored.conversation_id, answer, key=f"{n}", now=now, inbox_id=stored.inbox_id)
        tickets.open_ticket(session, key="t", conversation_id=stored.conversation_id, reason="asked", facts={})


def test_there_and_back(sqlite: Database, postgres: Database, tmp_path) -> None:
    fill(sqlite, 120)
    told = list(db_move.move(sqlite, postgres))

    assert "inbox: 120 rows copied" in told
    back = Database(f"sqlite:///{tmp_path / 'back.db'}")
    list(db_move.move(postgres, back))
    for table in db_move.tables():
        assert db_move.digest(sqlite, table) == db_move.digest(back, table), table.name
    back.close()
    with postgres.transaction() as session:  # and it counts on after the copied numbers
        words = Incoming(channel="telegram", account="b", address="1", external_id="new", text="还有")
        assert inbox.accept(session, words, now=clock.now(), key="k").inbox_id == 121


def test_a_stopped_move_goes_on(sqlite: Database, postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sqlite, 60)
    monkeypatch.setattr(db_move, "AT_ONCE", 25)
    written, real = [], db_move._write

    def stops(session, table, rows):
        if written.count("inbox"):
            raise KeyboardInterrupt
        written.append(table.name)
        real(session, table, rows)

    monkeypatch.setattr(db_move, "_write", stops)
    with pytest.raises(KeyboardInterrupt):
        list(db_move.move(sqlite, postgres))
    monkeypatch.setattr(db_move, "_write", real)
    with postgres.reading() as session:
        assert len(session.scalars(select(InboxRow.id)).all()) == 25

    assert "inbox: 35 rows copied" in list(db_move.move(sqlite, postgres))


def test_a_difference_is_named(sqlite: Database, postgres: Database) -> None:
    fill(sqlite, 5)
    list(db_move.move(sqlite, postgres))
    with postgres.transaction() as session:
        session.execute(text("UPDATE inbox SET error = 'changed' WHERE id = 3"))

    with pytest.raises(db_move.MoveFailed, match="inbox"):
        list(db_move.move(sqlite, postgres))


def test_the_keys_move_too_and_open_what_they_opened(tmp_path: Path, postgres: Database) -> None:
    here = KeyStore(Database(f"sqlite:///{tmp_path / 'keys.db'}"), bytes(32))
    sealed = here.ensure("person").encrypt(bytes(12), b"13800000000", None)
    told = list(db_move.move_keys(here.database, postgres))
    there = KeyStore(postgres, bytes(32))

    assert "data_key: 1 rows copied" in told
    assert there.ensure("person").decrypt(bytes(12), sealed, None) == b"13800000000"
    here.database.close()
