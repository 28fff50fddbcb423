"""P29: a worker's copy has every column that may hold something about him; for machines and for reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import time_machine

from hotline import audit, people
from kit import clock
from kit.db import Database
from tests.support.whole_person import CANARY, seed


def test_the_copy_has_every_column_of_the_register(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    person = seed(database)
    with database.reading() as session:
        copy = people.export(session, person.id)

    for (table, column), value in person.told.items():
        assert value in [row[column] for row in copy["stored"][table]], f"{table}.{column}"
    record_property("measured", f"{len(person.told)} columns seeded, {len(person.told)} in the copy")
    named = {(name, column) for name, one in people.register().tables.items() for column in one.tell}
    assert {(name, column) for name, rows in copy["stored"].items() for column in rows[0]} == named


def test_sealed_fields_are_opened_in_it(database: Database) -> None:
    person = seed(database)
    with database.reading() as session:
        copy = people.export(session, person.id)

    fields = {row["field"]: row["value"] for row in copy["stored"]["person_field"]}
    assert fields == {name: f"{CANARY}{name}" for name in people.catalogue().sealed}
    assert json.loads(json.dumps(copy)) == copy


def test_the_readable_copy_says_the_same_in_his_words(database: Database) -> None:
    person = seed(database)
    with database.reading() as session:
        words = people.readable(people.export(session, person.id))

    for name, field in people.catalogue().sealed.items():
        assert f"{field.title}  {CANARY}{name}" in words
    assert f"{CANARY}inbox.body" in words
    assert "s1." not in words


def test_another_persons_words_are_not_in_it(database: Database) -> None:
    seed(database)
    with database.transaction() as session:
        other = people.for_conversation(session, "another road")

    with database.reading() as session:
        assert CANARY not in json.dumps(people.export(session, other), ensure_ascii=False)
        assert CANARY not in json.dumps(people.export_conversation(session, "unknown"), ensure_ascii=False)


def test_the_link_works_for_an_hour_and_is_on_record(database: Database) -> None:
    person = seed(database)
    with database.transaction() as session:
        token = people.make_link(session, person.road)

    with database.reading() as session:
        assert people.by_link(session, token) is not None
        assert people.by_link(session, token[:-1]) is None
        assert [one.subject for one in audit.records(session, act="copy.asked")] == [f"conversation:{person.road}"]
        with time_machine.travel(clock.now() + timedelta(minutes=61)):
            assert people.by_link(session, token) is None
