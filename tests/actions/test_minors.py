"""A child at work is told, not asked about as a rule: the police and the authority first, a person at once."""

import pytest

from actions.minors import age_in, is_child_at_work
from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("我今年15岁在厂里上班老板不给钱", True),
        ("我儿子才十四岁被招去工地搬砖", True),
        ("我要举报有童工", True),
        ("里面有几个小孩13岁在流水线", True),
        ("15岁可以打工吗", False),
        ("我25岁在厂里上班", False),
        ("我女儿十五岁上学", False),
        ("16岁算童工吗", False),
        ("我在厂里上班十五年了", False),
    ],
)
def test_told_or_asked(text: str, is_told: bool) -> None:
    assert is_child_at_work(text) is is_told


def test_the_age_is_read_in_words() -> None:
    assert age_in("我才十三岁") == 13
    assert age_in("老板拖欠工资") is None


def test_the_police_the_authority_and_a_ticket_at_once_and_only_once(sqlite: Database) -> None:
    worker = Worker(sqlite)

    first = worker.hears("我今年15岁在厂里上班老板不给钱")
    second = worker.hears("我今年15岁在厂里上班老板不给钱")

    assert "110" in first and "12333" in first
    assert "12333 举报" not in second
    with sqlite.reading() as session:
        mine = tickets.of_conversation(session, worker.conversation_id)
    assert [(one.category, one.priority) for one in mine] == [("T-MINOR", "P0")]


def test_below_fourteen_the_guardian_is_asked(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.talk = worker.talk.but(child_told=True)
    worker.say(press="ticket:T-WAGE")
    worker.say("安全")
    worker.say("苏州")
    told = worker.hears("我才13岁在饭店洗碗老板不给工钱")
    for _ in range(4):
        if "大人" in told:
            break
        told = worker.hears("就我一个人") if "几个人" in told else worker.hears(press="skip")

    assert "大人在旁边" in told
    assert "先不登记" in worker.hears("没有")
    with sqlite.reading() as session:
        assert not tickets.of_conversation(session, worker.conversation_id)
