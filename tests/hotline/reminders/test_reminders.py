"""Reminders: a yes, three days before each once, in the day's hours; ended by a word of his or with his ticket."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from bot.mailbox.tables import OutboxRow
from hotline import people
from hotline.reminders import service as reminders
from hotline.reminders.tables import ReminderRow
from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker

CHINA = ZoneInfo("Asia/Shanghai")
ASKED = datetime(2026, 11, 30, 12, 0, tzinfo=CHINA)
LAST_DAY = date(2027, 3, 10)


def asked(database: Database, channel: str = "web") -> Worker:
    worker = Worker(database, channel=channel)
    worker.say("你好", verb="action_chat")
    with database.transaction() as session:
        reminders.plan(session, worker.conversation_id, "仲裁时效", LAST_DAY)
    return worker


def sent(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.key.startswith("reminder:")).order_by(OutboxRow.id))
        return [row.body["text"] for row in rows]


def run_on(database: Database, day: date, hour: int = 10) -> None:
    with time_machine.travel(datetime(day.year, day.month, day.day, hour, 5, tzinfo=CHINA), tick=False):
        reminders.send_due(database)
        reminders.send_due(database)


def test_thirty_seven_and_three_days_before_each_once(database: Database) -> None:
    with time_machine.travel(ASKED, tick=False):
        asked(database)
    for before in (31, 30, 29, 7, 3, 2):
        run_on(database, LAST_DAY - timedelta(days=before))

    assert [text.count("2027-03-10") for text in sent(database)] == [1, 1, 1]
    assert [days in text for days, text in zip(("30 天", "7 天", "3 天"), sent(database), strict=True)] == [True] * 3


@pytest.mark.parametrize("hour", [2, 8, 20, 23])
def test_nobody_is_woken(database: Database, hour: int) -> None:
    with time_machine.travel(ASKED, tick=False):
        asked(database)
    run_on(database, LAST_DAY - timedelta(days=30), hour)

    assert sent(database) == []


def test_a_word_ends_them_and_takes_the_yes_back(database: Database) -> None:
    with time_machine.travel(ASKED, tick=False):
        worker = asked(database)
        with database.reading() as session:
            assert people.has_consent(session, "reminders", conversation_id=worker.conversation_id)
        assert "不再提醒" in worker.hears("不用提醒了")
        assert "没有要提醒" in worker.hears("不用提醒了")
        with database.reading() as session:
            assert not people.has_consent(session, "reminders", conversation_id=worker.conversation_id)
    run_on(database, LAST_DAY - timedelta(days=7))

    assert sent(database) == []


def test_they_stop_when_the_ticket_is_closed(database: Database) -> None:
    with time_machine.travel(ASKED, tick=False):
        worker = Worker(database)
        worker.say(press="human")
        with database.transaction() as session:
            reminders.plan(session, worker.conversation_id, "仲裁时效", LAST_DAY)
            ticket = tickets.find_open(session, worker.conversation_id)
            tickets.close(session, ticket.id, "system", "办好了")
    run_on(database, LAST_DAY - timedelta(days=7))

    assert sent(database) == []
    with database.reading() as session:
        states = set(session.scalars(select(ReminderRow.state)))
    assert states == {"ended", "waiting"}


def test_on_a_phones_screen_stands_no_matter(database: Database) -> None:
    with time_machine.travel(ASKED, tick=False):
        asked(database, "sms")
        with database.reading() as session:
            row = session.scalars(select(ReminderRow)).first()
            told = reminders.told(row, "sms", 30)

    assert "仲裁" not in told.text and "2027-03-10" in told.text


def test_asking_twice_plans_once(database: Database) -> None:
    with time_machine.travel(ASKED, tick=False):
        worker = asked(database)
        with database.transaction() as session:
            reminders.plan(session, worker.conversation_id, "仲裁时效", LAST_DAY)
        with database.reading() as session:
            assert len(session.scalars(select(ReminderRow)).all()) == 3


def test_a_day_that_is_near_is_not_promised() -> None:
    assert [before for before, _ in reminders.days_of(date(2026, 12, 10), ASKED.date())] == [7, 3]
    assert reminders.days_of(date(2026, 12, 1), ASKED.date()) == []
