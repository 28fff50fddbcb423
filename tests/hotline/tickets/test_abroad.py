"""A ticket from Telegram holds category, city and number of people, until somebody has decided otherwise."""

import pytest
from sqlalchemy import select

from bot.mailbox import inbox
from hotline.tickets import abroad
from hotline.tickets import service as tickets
from hotline.tickets.tables import TicketRow
from kit import clock
from kit.db import Database
from kit.settings import Settings

SAID = {
    "matter": "金丝雀公司欠我三个月",
    "place": "CN-32-05-83",
    "people": 3,
    "employer": "金丝雀公司",
    "phone": "13800000000",
}


def opened(database: Database, channel: str, reason: str = "asked", **more: object) -> tuple[TicketRow, str]:
    with database.transaction() as session:
        conversation = inbox.conversation_of(session, channel, "", "worker", clock.now())
        made = tickets.open_ticket(
            session, key="k", conversation_id=conversation, category="T-WAGE", reason=reason, facts={**SAID, **more}
        )
        tickets.add_words(session, made.id, "金丝雀的老板跑了", inbox_id=1)
    with database.reading() as session:
        row = session.scalars(select(TicketRow)).one()
        return row, str([event.body for event in tickets.thread(session, made.id)])


def test_from_telegram_only_category_city_and_number(sqlite: Database) -> None:
    row, thread = opened(sqlite, "telegram")

    assert (row.category, row.people_count, row.region) == ("T-WAGE", 3, "CN-32-05")
    assert "金丝雀" not in thread + row.employer + row.place
    assert "138" not in thread


def test_other_channels_keep_what_was_said(sqlite: Database) -> None:
    row, thread = opened(sqlite, "web")

    assert row.region == "CN-32-05-83"
    assert "金丝雀" in thread


def test_a_life_goes_before(sqlite: Database) -> None:
    assert "跳楼" in opened(sqlite, "telegram", "crisis", words="我要跳楼")[1]


def test_full_when_it_was_decided(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abroad, "settings", lambda: Settings(telegram_tickets="full"))

    assert "金丝雀" in opened(sqlite, "telegram")[1]
