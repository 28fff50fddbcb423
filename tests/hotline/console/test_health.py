"""The administrators' page says in plain words what is wrong, and that nothing is."""

from collections.abc import Callable
from datetime import timedelta

from bot.mailbox import inbox
from bot.messages import Incoming
from hotline.health.beat import Beat
from kit import clock
from kit.db import Database
from tests.support.desk import Operator


def test_a_quiet_house_is_said_to_be_well(logged_in: Callable[..., Operator]) -> None:
    assert "一切正常" in logged_in("system").get("/desk/health")


def test_what_is_wrong_is_said(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    with sqlite.transaction() as session:
        message = Incoming(channel="telegram", account="b", address="7", external_id="1", text="老板欠我工资")
        inbox.accept(session, message, now=clock.now() - timedelta(minutes=5), key="k")
        beat = Beat(sqlite, ("worker",), lambda: {"policy_version": 3, "models": {"http://a": ""}})
        beat.beat(session, beat.about())
    page = logged_in("lead").get("/desk/health")

    assert "有工人的消息已等了 30" in page
    assert "没有应答" in page
    assert "欠我工资" not in page
