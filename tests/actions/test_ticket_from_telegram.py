"""A ticket on Telegram asks for place and number only, and sends the worker to the page with the rest."""

from bot import replies
from kit.db import Database
from tests.actions.world import Worker


def test_neither_the_matter_nor_a_name_is_asked(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="telegram")
    heard = [worker.hears(press="ticket:T-WAGE"), worker.hears(press="yes")]
    heard += [worker.hears("苏州昆山"), worker.hears("3个人"), worker.hears(press="yes"), worker.hears(press="yes")]

    asked = "\n".join(heard)
    assert replies.TICKET_MATTER not in asked
    assert "电话" not in asked.replace("打12351", "")
    assert "请到网页上说" in heard[-1]
