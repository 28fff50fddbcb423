"""On SMS a worker hears of his case only after a one-time code; a made-up sender learns nothing."""

import re

from bot import replies
from bot.mailbox.state import MailboxState
from kit.db import Database
from tests.actions.world import Worker


def code_of(told: str) -> str:
    return re.search(r"验证码 (\d{6})", told)[1]


def test_the_number_alone_tells_nothing(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    number = re.search(r"\d{8}-\d{4}-\d", worker.hears(press="human"))[0]
    told = worker.hears(press="status")

    assert number not in told
    assert number in worker.hears(code_of(told))
    assert number in worker.hears(press="status")  # for a quarter of an hour


def test_a_wrong_code_and_three_tries(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    worker.hears(press="human")
    right = code_of(worker.hears(press="status"))
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(3):
        assert worker.hears(wrong) == replies.SMS_CODE_WRONG
    assert code_of(worker.hears(right)) != right  # it holds no more: a new one was sent


def test_the_code_itself_is_not_kept(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    worker.hears(press="human")
    right = code_of(worker.hears(press="status"))
    assert right not in str(MailboxState(sqlite).get(f"sms:code:{worker.conversation_id}"))


def test_other_channels_need_none(sqlite: Database) -> None:
    worker = Worker(sqlite)
    number = re.search(r"\d{8}-\d{4}-\d", worker.hears(press="human"))[0]
    assert number in worker.hears(press="status")
