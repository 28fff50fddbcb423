"""A shut window is announced by SMS only to who left a phone with his yes, once a day, without the matter."""

import pytest
from sqlalchemy import select

from bot.gateway import knock
from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, OutboxRow
from hotline import people
from kit import clock
from kit.db import Database
from kit.settings import Settings

SMS = Settings(sms_driver="kannel", sms_number="12351")


def worker(database: Database, *, phone: bool = True, yes: bool = True) -> str:
    with database.transaction() as session:
        road = inbox.conversation_of(session, "wechat", "wx1", "oA", clock.now())
        person = people.for_conversation(session, road)
        people.consent(session, conversation_id=road, purpose="ticket", version="2026-11", yes=True)
        if phone:
            people.seal(session, person, "phone", "13800000000")
        if not yes:
            people.consent(session, conversation_id=road, purpose="ticket", version="2026-11", yes=False)
    return road


def knocked(database: Database, road: str, settings: Settings = SMS) -> bool:
    with database.transaction() as session:
        return knock.by_sms(session, road, settings, clock.now())


def test_who_left_a_phone_is_told_once_a_day(sqlite: Database) -> None:
    road = worker(sqlite)

    assert [knocked(sqlite, road) for _ in range(2)] == [True, False]
    with sqlite.reading() as session:
        to = session.scalars(select(ConversationRow).filter_by(channel="sms")).one()
        assert (to.account, to.address) == ("12351", "13800000000")
        assert session.scalars(select(OutboxRow.body)).one()["text"] == knock.WORDS


@pytest.mark.parametrize(("phone", "yes"), [(False, True), (True, False)])
def test_without_a_phone_or_a_yes_nothing_is_sent(sqlite: Database, phone: bool, yes: bool) -> None:
    assert not knocked(sqlite, worker(sqlite, phone=phone, yes=yes))


def test_without_an_sms_channel_nothing_is_sent(sqlite: Database) -> None:
    assert not knocked(sqlite, worker(sqlite), Settings())
