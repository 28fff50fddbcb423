"""An alarm goes from the person on duty to his deputy to the desk above, until somebody says that he has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from bot.mailbox.tables import ConversationRow, OutboxRow
from hotline import alarms, audit, rota
from hotline.alarms.tables import AlarmCallRow
from hotline.hooks.tables import HookDeliveryRow
from hotline.rota import Shift
from hotline.tickets import desks
from hotline.tickets import service as tickets
from hotline.tickets.access import Viewer
from kit import clock
from kit.db import Database

EVERY = Viewer(9, "lead")
ALWAYS = (1, 2, 3, 4, 5, 6, 7)
WAIT = timedelta(seconds=121)


@pytest.fixture
def town(sqlite: Database) -> Database:
    """A district desk with a duty officer and his deputy, and the city above with one."""
    with sqlite.transaction() as session:
        desks.import_files(session)
        ticket = urgent(session, "first")
        above = desks.above(session, ticket.desk_id or "")
        assert ticket.desk_id is not None and above is not None
        rota.replace(session, ticket.desk_id, [Shift(ticket.desk_id, "00:00", "24:00", 1, 2, ALWAYS)], by="system")
        rota.replace(session, above.id, [Shift(above.id, "00:00", "24:00", 3, None, ALWAYS)], by="system")
        rota.set_phone(session, 1, "sms", "13800000001", by="system")
        rota.set_phone(session, 2, "webhook", "https://duty.example/ring", by="system")
    return sqlite


def urgent(session: Any, key: str) -> tickets.Ticket:
    facts = {"place": "CN-32-05-06", "matter": "有人要跳楼"}
    return tickets.open_ticket(
        session, key=key, conversation_id=None, category="T-CRISIS", priority="P0", facts=facts, channel="call"
    )


def called(database: Database) -> list[tuple[int | None, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(AlarmCallRow).order_by(AlarmCallRow.id))
        return [(row.operator_id, row.as_what, row.way) for row in rows]


def test_duty_then_deputy_then_the_desk_above(town: Database) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False) as now:
        alarms.run(town)
        alarms.run(town)
        assert called(town) == [(1, "duty", "sms")]
        now.shift(timedelta(seconds=119))
        alarms.run(town)
        assert len(called(town)) == 1
        now.shift(timedelta(seconds=2))
        alarms.run(town)
        assert called(town)[1:] == [(2, "deputy", "webhook")]
        now.shift(WAIT)
        alarms.run(town)
        assert called(town)[2:] == [(3, "duty", "none")]
        now.shift(WAIT)
        for _ in range(3):
            alarms.run(town)
        now.shift(WAIT)
        for _ in range(3):
            alarms.run(town)
        assert (1, "duty", "sms") in called(town)[3:]  # nobody answered: from the beginning again


def test_the_messages_say_nothing_of_the_worker(town: Database) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        alarms.run(town)
        now.shift(WAIT)
        alarms.run(town)

    with town.reading() as session:
        text = session.scalars(select(OutboxRow.body)).one()["text"]
        road = session.scalars(select(ConversationRow)).one()
        body = session.scalars(select(HookDeliveryRow.body)).one()
    assert (road.channel, road.address) == ("sms", "13800000001")
    assert "紧急工单" in text
    assert "跳楼" not in text + body


def test_acknowledging_stops_it_and_is_on_record(town: Database) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        alarms.run(town)
        with town.transaction() as session:
            [ringing] = alarms.raised(session, EVERY)
            alarms.acknowledge(session, ringing.id, 1)
        now.shift(WAIT)
        alarms.run(town)

    assert len(called(town)) == 1
    with town.reading() as session:
        assert alarms.raised(session, EVERY) == []
        [seen] = audit.records(session, act="alarm.acknowledged")
        assert (seen.actor, seen.subject) == ("operator:1", f"ticket:{ringing.thing[1]}")
    with pytest.raises(alarms.AlarmGone), town.transaction() as session:
        alarms.acknowledge(session, ringing.id, 2)


def test_a_ticket_that_somebody_takes_rings_no_more(town: Database) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        alarms.run(town)
        with town.transaction() as session:
            ticket = tickets.find_by_number(session, tickets.list_open(session)[0].number)
            assert ticket is not None
            tickets.claim(session, ticket.id, 7, version=ticket.version)
        now.shift(WAIT)
        alarms.run(town)

    assert len(called(town)) == 1


def test_an_empty_rota_goes_up_at_once(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        desks.import_files(session)
        ticket = urgent(session, "second")
        above = desks.above(session, ticket.desk_id or "")
        assert above is not None
        rota.replace(session, above.id, [Shift(above.id, "00:00", "24:00", 3, None, ALWAYS)], by="system")
    with time_machine.travel(clock.now(), tick=False):
        alarms.run(sqlite)
        alarms.run(sqlite)

    assert called(sqlite)[:2] == [(None, "duty", "none"), (3, "duty", "none")]


def test_the_bots_words_follow_the_rota(town: Database) -> None:
    with town.reading() as session:
        assert tickets.somebody_is_on_call(session)
        assert not tickets.somebody_is_here(session)
    with town.transaction() as session:
        for desk in desks.every(session):
            rota.replace(session, desk.id, [], by="system")
    with town.reading() as session:
        assert not tickets.somebody_is_on_call(session)


def test_moments_are_aware(town: Database) -> None:
    alarms.run(town)
    with town.reading() as session:
        assert isinstance(alarms.raised(session, EVERY)[0].at, datetime)


def test_an_alarm_rings_on_every_desk_of_its_road_and_for_who_was_called(town: Database) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        alarms.run(town)
        with town.reading() as session:
            ticket = tickets.list_open(session)[0]
            above = desks.above(session, ticket.desk_id or "")
        assert above is not None and ticket.desk_id is not None
        own, city = frozenset({ticket.desk_id}), frozenset({above.id})
        assert ringing_for(town, Viewer(9, "operator", own)) == [ticket.number]
        assert ringing_for(town, Viewer(9, "operator", city)) == []
        assert ringing_for(town, Viewer(1, "operator", city)) == [ticket.number]  # his duty phone rang
        for _ in range(2):
            now.shift(WAIT)
            alarms.run(town)
        assert ringing_for(town, Viewer(9, "operator", city)) == [ticket.number]
        assert ringing_for(town, Viewer(9, "operator", own)) == [ticket.number]


def ringing_for(database: Database, viewer: Viewer) -> list[str]:
    with database.reading() as session:
        return [one.name for one in alarms.raised(session, viewer)]
