"""Sealed fields: stored only with a yes, shown masked, opened on record, found without being readable."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from hotline import audit, people
from hotline.people import keys
from hotline.people.tables import PersonFieldRow, PersonRow
from kit.db import Database

PHONE = "13800000000"


def somebody(database: Database, *purposes: str, conversation: str = "c1") -> int:
    with database.transaction() as session:
        person = people.for_conversation(session, conversation)
        for purpose in purposes:
            people.consent(session, conversation_id=conversation, purpose=purpose, version="2026-11", yes=True)
    return person


def test_a_field_waits_for_its_own_yes(database: Database) -> None:
    person = somebody(database, "ticket")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
        with pytest.raises(people.ConsentMissing, match="敏感"):
            people.seal(session, person, "health", "腰疼")
        with pytest.raises(people.UnknownField):
            people.seal(session, person, "favourite_colour", "红")
        people.consent(session, conversation_id="c1", purpose="sensitive", version="2026-11", yes=True)
        people.seal(session, person, "health", "腰疼")

    with database.reading() as session:
        assert people.held(session, person) == ["health", "phone"]


def test_nothing_readable_is_in_the_database_and_masks_hide_the_rest(database: Database) -> None:
    person = somebody(database, "ticket")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
        people.seal(session, person, "name", "测试工友甲")

    with database.reading() as session:
        stored = str(session.execute(text("SELECT field, value, blind FROM person_field")).all())
        assert people.masked(session, person, "phone") == "138****0000"
        assert people.masked(session, person, "name") == "测***"
        assert people.masked(session, person, "health") == ""
    assert PHONE not in stored
    assert "测试" not in stored


def test_looking_is_an_act_on_record(database: Database) -> None:
    person = somebody(database, "ticket")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
    with database.transaction() as session:
        assert people.reveal(session, person, "phone", actor="operator:3", why="回电") == PHONE

    with database.reading() as session:
        [seen] = audit.records(session, act="field.revealed")
    assert (seen.actor, seen.subject, seen.detail) == (
        "operator:3",
        f"person:{person}",
        {"field": "phone", "why": "回电"},
    )


@pytest.mark.parametrize("written", [PHONE, "138 0000 0000", "+86 138-0000-0000", "１３８００００００００"])
def test_a_person_is_found_by_his_phone_however_it_is_written(database: Database, written: str) -> None:
    person = somebody(database, "ticket")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)

    with database.reading() as session:
        assert people.person_by_phone(session, written) == person
        assert people.person_by_phone(session, "13800000001") is None


def test_one_conversation_is_one_person(database: Database) -> None:
    assert somebody(database) == somebody(database)
    assert somebody(database, conversation="c2") != somebody(database)


def test_a_no_removes_what_the_yes_allowed(database: Database) -> None:
    person = somebody(database, "ticket", "sensitive")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
        people.seal(session, person, "health", "腰疼")
    with database.transaction() as session:
        people.consent(session, conversation_id="c1", purpose="sensitive", version="2026-11", yes=False)

    with database.reading() as session:
        assert people.held(session, person) == ["phone"]
        assert not people.has_consent(session, "sensitive", conversation_id="c1")
        assert people.has_consent(session, "ticket", conversation_id="c1")


def test_a_child_is_registered_only_with_a_guardians_yes(database: Database) -> None:
    person = somebody(database, "ticket")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
        people.note_child(session, person)
        assert people.held(session, person) == []
        with pytest.raises(people.ConsentMissing, match="14"):
            people.seal(session, person, "phone", PHONE)
        people.seal(session, person, "emergency_place", "工地三号楼")
        people.consent(session, person_id=person, purpose="guardian", version="2026-11", yes=True)
        people.seal(session, person, "phone", PHONE)


def test_text_opens_until_the_key_is_gone(database: Database) -> None:
    person = somebody(database)
    with database.transaction() as session:
        token = people.seal_text(session, person, "老板欠我三个月工资")
        assert people.open_text(session, person, token) == "老板欠我三个月工资"
        assert people.open_text(session, person, "以前没封过的话") == "以前没封过的话"
        key_id = session.get_one(PersonRow, person).key_id
    assert key_id is not None
    assert "工资" not in token
    store = keys.store()
    with store.database.transaction() as session:
        store.destroy(session, [key_id])

    with database.reading() as session:
        assert people.open_text(session, person, token) == people.GONE


def test_a_sealed_value_cannot_be_moved_to_another_field(database: Database) -> None:
    person = somebody(database, "ticket", "sensitive")
    with database.transaction() as session:
        people.seal(session, person, "phone", PHONE)
        people.seal(session, person, "health", "腰疼")
        phone = session.scalars(select(PersonFieldRow.value).filter_by(field="phone")).one()
        session.execute(update(PersonFieldRow).where(PersonFieldRow.field == "health").values(value=phone))
        session.expire_all()
        with pytest.raises(people.Damaged):
            people.reveal(session, person, "health", actor="operator:1", why="x")


def test_the_key_store_is_private(sqlite: Database) -> None:
    somebody(sqlite)
    path = keys.default_path(keys.settings())
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_after_a_leak_it_is_known_whom_it_concerns(sqlite: Database) -> None:
    first, second = somebody(sqlite, "ticket", "sensitive"), somebody(sqlite, "ticket", conversation="c2")
    with sqlite.transaction() as session:
        people.seal(session, first, "phone", PHONE)
        people.seal(session, first, "health", "腰疼")
        people.seal(session, second, "phone", PHONE)

    with sqlite.reading() as session:
        assert people.by_kind(session) == {"contact": [first, second], "health": [first]}
