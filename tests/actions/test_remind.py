"""From a limit that was worked out to a reminder: the channel's window is told, a yes is asked, the days are named."""

import pytest
import time_machine

from bot import replies
from kit.db import Database
from tests.actions.world import Worker


def told_limit(worker: Worker) -> str:
    worker.say(press="calc:injury_report_limit")
    worker.say("事故")
    told = worker.hears("2026年9月1日")
    return told if "最后" in told or "期限" in told else worker.hears(press="skip")


@pytest.mark.parametrize("channel", ["web", "wechat", "telegram", "sms"])
def test_the_window_is_told_in_words(sqlite: Database, channel: str) -> None:
    with time_machine.travel("2026-11-30T04:00:00Z", tick=False):
        worker = Worker(sqlite, channel=channel)
        told_limit(worker)
        asked = worker.hears("提醒我")
        assert replies.REMIND_WINDOWS[channel] in asked and "2027" in asked
        assert "2027-" in worker.hears("要")


def test_without_a_limit_the_limits_are_offered(sqlite: Database) -> None:
    told = Worker(sqlite).say("提醒我")

    assert [button.payload for button in told[0].buttons] == ["calc:arbitration_limit", "calc:injury_report_limit"]


def test_a_no_is_a_no(sqlite: Database) -> None:
    with time_machine.travel("2026-11-30T04:00:00Z", tick=False):
        worker = Worker(sqlite)
        told_limit(worker)
        worker.say(press="remind")
        assert "不提醒" in worker.hears(press="no")
        assert "没有要提醒" in worker.hears("不用提醒了")
