"""P28: after a deletion nothing readable is left in any table, file, key store or Rasa row; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from bot.mailbox import outbox, privacy
from bot.mailbox.trackers import Trackers
from bot.messages import Outgoing
from hotline import audit, people
from hotline.people import keys, ledger
from hotline.people.tables import PersonRow
from kit import clock
from kit.db import Database
from kit.settings import settings
from tests.support.whole_person import CANARY, left_in_files, left_in_tables, seed


def rasa_row(database: Database, road: str) -> None:
    columns = [sa.Column("sender_id", sa.String(64), primary_key=True), sa.Column("events", sa.Text)]
    table = sa.Table("rasa_conversation", sa.MetaData(), *columns)
    with database.transaction() as session:
        table.create(session.connection())
        session.execute(table.insert().values(sender_id=road, events=CANARY))


def rasa_rows(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(sa.text("SELECT count(*) FROM rasa_conversation")).scalar_one())


def finish(database: Database) -> None:
    """What the duties do in the hours after."""
    with database.transaction() as session:  # everything that was under way has been delivered
        session.execute(sa.text("UPDATE outbox SET state = 'sent'"))
    people.finish(database)
    privacy.finish(database, Trackers(database))
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        people.finish(database)


def test_nothing_readable_is_left(
    database: Database, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    person = seed(database)
    rasa_row(database, person.road)
    before = left_in_tables(database)
    assert len(before) > 20

    with database.transaction() as session:
        people.erase_conversation(session, person.road)
    finish(database)

    assert left_in_tables(database) == []
    assert person.key_id not in keys.store().ids()
    assert rasa_rows(database) == 0
    record_property("measured", f"{len(before)} places before, 0 after; key, Rasa's row and files too")
    if database.is_sqlite:
        assert left_in_files(tmp_path) == []
    assert left_in_files(settings().data) == []


def test_the_audit_keeps_a_pseudonym_and_the_chain_holds(database: Database) -> None:
    person = seed(database)
    with database.transaction() as session:
        people.reveal(session, person.id, "phone", actor="operator:1", why="回电")
    with database.transaction() as session:
        people.erase(session, person.id)

    with database.reading() as session:
        acts = [one.act for one in audit.records(session, subject=f"person:{person.id}")]
        assert audit.verify(session) == []
    assert acts[0] == "person.erased"
    assert "field.revealed" in acts


def test_a_new_message_begins_a_new_person(database: Database) -> None:
    person = seed(database)
    with database.transaction() as session:
        people.erase(session, person.id)
    with database.transaction() as session:
        another = people.for_conversation(session, person.road)
        assert people.held(session, another) == []
    assert another != person.id


def test_the_last_answer_still_reaches_him(database: Database) -> None:
    person = seed(database)
    with database.transaction() as session:
        before = session.execute(sa.text("SELECT address FROM conversation")).scalar_one()
        people.erase(session, person.id)
        outbox.queue(
            session, person.road, Outgoing(kind="info", text="已经抹掉了"), key="bye", now=clock.now(), done=True
        )
    people.finish(database)

    with database.reading() as session:
        address = session.execute(sa.text("SELECT address FROM conversation")).scalar_one()
        said = session.execute(sa.text("SELECT body FROM outbox WHERE key = 'bye'")).scalar_one()
    assert address == before != ""
    assert "抹掉" in str(said) or "\\u62b9" in str(said)


def test_a_deletion_that_is_cut_off_after_the_key_is_finished_by_the_duty(database: Database) -> None:
    person = seed(database)
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        people.erase(session, person.id)
        raise ZeroDivisionError
    assert person.key_id not in keys.store().ids()

    finish(database)

    assert left_in_tables(database) == []
    with database.reading() as session:
        assert session.get_one(PersonRow, person.id).key_id is None


def test_the_ledger_can_be_carried_to_another_store(database: Database, tmp_path: Path) -> None:
    person = seed(database)
    with database.transaction() as session:
        people.erase(session, person.id)
    carried = ledger.read_file(settings().data / "keys" / ledger.FILE_NAME)
    other = keys.KeyStore(Database(f"sqlite:///{tmp_path / 'other.db'}"), bytes(32))
    for one in carried[-1].keys:
        other.ensure(one)

    ledger.merge(other, carried)
    ledger.merge(other, carried)

    assert set(carried[-1].keys) & other.ids() == set()
    assert {one.id for one in ledger.entries(other)} == {one.id for one in carried}
