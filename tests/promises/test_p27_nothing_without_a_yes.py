"""P27: no notice, no collection; what is sensitive needs its own yes; a no leaves nothing.

Through the package that stores it, on every channel's conversation, for every field of the catalogue; the bot's own
form is played in tests/conversations.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from hotline import people
from hotline.people.catalogue import SealedField
from hotline.tickets import desks
from hotline.tickets import service as tickets
from kit.db import Database

CHANNELS = ("web", "wechat", "telegram", "sms")
NEEDS_YES = [field for field in people.catalogue().sealed.values() if field.purpose.needs_yes]
SENSITIVE = [field for field in NEEDS_YES if field.is_sensitive]


def stored(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM person_field")).scalar_one())


@pytest.mark.parametrize("channel", CHANNELS)
def test_before_a_yes_no_field_is_stored_on_any_channel(
    sqlite: Database, channel: str, record_property: Callable[[str, object], None]
) -> None:
    with sqlite.transaction() as session:
        person = people.for_conversation(session, f"{channel}-1")
        for field in NEEDS_YES:
            with pytest.raises(people.ConsentMissing):
                people.seal(session, person, field.name, "金丝雀")
        people.consent(session, conversation_id=f"{channel}-1", purpose="ticket", version="2026-11", yes=False)
        for field in NEEDS_YES:
            with pytest.raises(people.ConsentMissing):
                people.seal(session, person, field.name, "金丝雀")

    assert stored(sqlite) == 0
    record_property("measured", f"{len(NEEDS_YES)} fields x {len(CHANNELS)} channels, 0 stored before a yes")


@pytest.mark.parametrize("field", SENSITIVE, ids=lambda field: field.name)
def test_a_yes_to_the_ticket_is_none_to_what_is_sensitive(sqlite: Database, field: SealedField) -> None:
    with sqlite.transaction() as session:
        person = people.for_conversation(session, "c")
        people.consent(session, conversation_id="c", purpose="ticket", version="2026-11", yes=True)
        with pytest.raises(people.ConsentMissing):
            people.seal(session, person, field.name, "金丝雀")

    assert stored(sqlite) == 0


def test_a_withdrawal_leaves_nothing_and_keeps_its_record(database: Database) -> None:
    purposes = {field.purpose.id for field in NEEDS_YES}
    with database.transaction() as session:
        person = people.for_conversation(session, "c")
        for purpose in purposes:
            people.consent(session, conversation_id="c", purpose=purpose, version="2026-11", yes=True)
        for field in NEEDS_YES:
            people.seal(session, person, field.name, "金丝雀")
    assert stored(database) == len(NEEDS_YES)
    with database.transaction() as session:
        for purpose in purposes:
            people.consent(session, conversation_id="c", purpose=purpose, version="2026-11", yes=False)

    assert stored(database) == 0
    with database.reading() as session:
        rows = session.execute(text("SELECT version, yes FROM consent ORDER BY id")).all()
    assert len(rows) == 2 * len(purposes)
    assert {row.version for row in rows} == {"2026-11"}


def test_a_ticket_without_a_yes_keeps_no_private_field(database: Database) -> None:
    """A ticket of a failure or a crisis is opened without asking; private facts in it are refused or left out."""
    with database.transaction() as session:
        desks.import_files(session)
        facts = {"place": "CN-32-05-06", "matter": "没发工资", "phone": "13800000000", "health": "腰疼"}
        try:
            with session.begin_nested():
                tickets.open_ticket(
                    session, key="a", conversation_id=None, person_id=people.new_person(session), facts=facts
                )
        except people.ConsentMissing:
            pass

    assert stored(database) == 0


def test_of_a_child_nothing_is_stored_but_what_saves_it(database: Database) -> None:
    with database.transaction() as session:
        person = people.for_conversation(session, "c")
        for purpose in {field.purpose.id for field in NEEDS_YES}:
            people.consent(session, conversation_id="c", purpose=purpose, version="2026-11", yes=True)
        people.note_child(session, person)
        for field in NEEDS_YES:
            with pytest.raises(people.ConsentMissing):
                people.seal(session, person, field.name, "金丝雀")
        people.seal(session, person, "emergency_place", "三号楼")

    assert stored(database) == 1


def test_one_word_withdraws_everything(database: Database) -> None:
    """What “撤回同意” does in the chat: no field, no word of a ticket is left, and each no is on record."""
    with database.transaction() as session:
        desks.import_files(session)
        person = people.for_conversation(session, "c")
        for purpose in ("ticket", "sensitive"):
            people.consent(session, conversation_id="c", purpose=purpose, version="2026-11", yes=True)
        people.seal(session, person, "phone", "13800000000")
        people.seal(session, person, "health", "腰疼")
        facts = {"place": "CN-32-05-06", "matter": "金丝雀没发工资"}
        ticket = tickets.open_ticket(
            session, key="a", conversation_id=None, person_id=person, facts=facts, channel="call"
        )
        people.withdraw(session, "c")

    assert stored(database) == 0
    with database.reading() as session:
        assert "金丝雀" not in str(tickets.thread(session, ticket.id)) + tickets.get(session, ticket.id).summary
        assert not people.has_consent(session, "ticket", conversation_id="c")
        assert not people.has_consent(session, "sensitive", conversation_id="c")
        said = session.execute(text("SELECT count(*) FROM consent WHERE NOT yes")).scalar_one()
    assert said == 2
