"""Clearing, leaving, deleting: what a worker says to have his words gone, for people whose phone is watched too."""

from sqlalchemy import select

from bot import replies
from bot.mailbox.tables import InboxRow
from hotline.policy.tables import MissRow
from kit.db import Database
from tests.actions.world import Worker


def words(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.body.get("text", "") for row in session.scalars(select(InboxRow).order_by(InboxRow.id))]


def test_clearing_is_done_at_once_and_rasa_forgets(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say("我在苏州上班")
    worker.say("一件没有人听得懂的事情")

    told = worker.hears("清空对话")

    assert told == replies.CLEARED
    assert words(sqlite) == ["", "", "清空对话"]
    assert not worker.talk.region
    with sqlite.reading() as session:
        assert session.scalars(select(MissRow)).all() == []


def test_leaving_says_nothing_of_the_matter_and_drops_the_form(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say(press="ticket:T-WAGE")

    left = worker.say("快速离开")

    assert (left[0].text, left[0].buttons) == (replies.LEFT, ())
    assert worker.talk.form is None


def test_deleting_asks_once_more(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say("我在苏州上班")

    assert "确认删除" in worker.hears("删除我的信息")
    assert "抹掉" in worker.hears("确认删除")
    assert words(sqlite)[:2] == ["", ""]
    assert not worker.talk.region


def test_the_copy_names_what_the_bot_remembers(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say("我在苏州上班")

    assert "苏州" in worker.hears("导出我的信息").partition(replies.EXPORT_REMEMBERED)[2]
