"""Every table and every form is in the catalogue of purposes: what is not there is not stored (PIPL 6)."""

import re

import pytest

import hotline.migrations.every_table  # noqa: F401
from actions.forms import intake, ticket
from hotline import people
from hotline.people.catalogue import FILE, read
from hotline.people.errors import BadCatalogue
from hotline.tickets.categories import catalogue
from kit.db import Base

REGISTER = people.register()


def test_every_table_is_registered_and_nothing_else_is() -> None:
    assert REGISTER.tables.keys() & REGISTER.others.keys() == set()
    assert REGISTER.tables.keys() | REGISTER.others.keys() == Base.metadata.tables.keys()


@pytest.mark.parametrize("name", REGISTER.tables)
def test_every_column_is_told_or_silent(name: str) -> None:
    one = REGISTER.tables[name]
    columns = set(one.table.c.keys())

    assert sorted([*one.tell, *one.silent]) == sorted(columns)
    assert one.about.keys() <= columns
    if "set" in one.erase:
        assert one.erase["set"].keys() <= columns


@pytest.mark.parametrize("name", REGISTER.others)
def test_a_table_of_others_has_no_column_that_leads_to_a_worker(name: str) -> None:
    assert not {"conversation_id", "person_id"} & set(Base.metadata.tables[name].c.keys())


def test_the_chat_asks_only_what_stands_in_the_catalogue() -> None:
    kept = {step for step in intake.QUESTIONS if step not in ticket.OF_THE_FORM}
    kept |= {one.name for category in catalogue().categories for one in intake.fields(category)}

    assert [step for step in sorted(kept) if not people.catalogue().knows(step)] == []


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("问题, basis: service", "问题, basis: because"),
        ("keep_days: 7", "keep_days: 0"),
        ("mask: phone", "mask: none"),
        ("  place: ticket", "  place: fun"),
        ("  place: ticket", "  phone: ticket"),
    ],
)
def test_a_catalogue_that_does_not_fit_is_refused(tmp_path, find: str, put: str) -> None:
    broken = tmp_path / "purposes.yml"
    broken.write_text(re.sub(re.escape(find), put, FILE.read_text(encoding="utf-8"), count=1), encoding="utf-8")

    with pytest.raises(BadCatalogue):
        read(broken)
