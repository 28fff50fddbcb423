"""Deleted people's tickets close empty; old ones end by themselves."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import text

from hotline import people
from hotline.tickets import desks
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database

WORDS = "老板欠我三个月工资"


def opened(database: Database, key: str, person: int | None) -> tickets.Ticket:
    with database.transaction() as session:
        if not desks.every(session):
            desks.import_files(session)
        facts = {"place": "CN-32-05-06", "matter": WORDS}
        return tickets.open_ticket(
            session, key=key, conversation_id=None, category="T-WAGE", facts=facts, person_id=person, channel="call"
        )


def somebody(database: Database) -> int:
    with database.transaction() as session:
        return people.new_person(session)


def test_a_deletion_closes_what_is_open(database: Database) -> None:
    person = somebody(database)
    ticket = opened(database, "a", person)
    with database.transaction() as session:
        people.erase(session, person)

    with database.reading() as session:
        after = tickets.get(session, ticket.id)
        assert (after.state, after.number) == ("closed", ticket.number)
        assert WORDS not in str(tickets.thread(session, ticket.id)) + after.summary
        assert session.execute(text("SELECT count(*) FROM ticket_word")).scalar() == 0


def test_words_end_three_years_after_the_last_ticket(sqlite: Database) -> None:
    old, busy = somebody(sqlite), somebody(sqlite)
    done = [opened(sqlite, f"old{person}", person) for person in (old, busy, None)]
    with sqlite.transaction() as session:
        for ticket in done:
            tickets.close(session, ticket.id, "system", "办好了")
    with time_machine.travel(clock.now() + timedelta(days=1094), tick=False):
        assert tickets.end_old(sqlite) == 0
        opened(sqlite, "again", busy)
    with time_machine.travel(clock.now() + timedelta(days=1096), tick=False):
        assert tickets.end_old(sqlite) == 1
        assert tickets.end_old(sqlite) == 0

    with sqlite.reading() as session:
        assert WORDS not in str(tickets.thread(session, done[0].id))
        assert WORDS in str(tickets.thread(session, done[1].id))
        assert WORDS not in str(tickets.thread(session, done[2].id))
