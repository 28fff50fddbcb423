"""After a sign of danger: one gentle question at a time, no law and no form, until he is safe."""

import pytest

from actions import care
from bot import replies
from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker


def in_danger(database: Database) -> Worker:
    worker = Worker(database)
    assert "12356" in worker.hears("我不想活了")
    return worker


def test_one_question_at_a_time_then_it_stays(sqlite: Database) -> None:
    worker = in_danger(sqlite)

    for question in replies.CARE.values():
        assert question in worker.hears("老板不给钱")
    last = worker.say("老板不给钱")
    assert last[0].text == replies.CARE_STAYS
    assert len(last) > 1


def test_another_sign_joins_the_same_ticket_and_names_the_numbers_again(sqlite: Database) -> None:
    worker = in_danger(sqlite)

    again = worker.hears("我要跳楼")

    assert "110" in again and "12356" in again
    with sqlite.reading() as session:
        mine = tickets.of_conversation(session, worker.conversation_id)
    assert [one.category for one in mine] == ["T-CRISIS"]
    assert mine[0].priority == "P0"


@pytest.mark.parametrize("said", ["我现在安全了", "没事了，工友来了", "我下来了"])
def test_he_says_that_he_is_safe(sqlite: Database, said: str) -> None:
    worker = in_danger(sqlite)

    assert replies.SAFE in worker.hears(said)
    assert not worker.talk.caring


@pytest.mark.parametrize("said", ["我不安全", "没有安全", "安全帽都没有"])
def test_these_are_not_safe(sqlite: Database, said: str) -> None:
    worker = in_danger(sqlite)

    worker.hears(said)

    assert worker.talk.caring


def test_a_person_can_be_asked_for_meanwhile(sqlite: Database) -> None:
    assert "工单号" in in_danger(sqlite).hears("转人工")


def test_it_ends_with_the_day(sqlite: Database) -> None:
    worker = in_danger(sqlite)
    worker.talk = worker.talk.but(cared_on="2020-01-01")

    assert replies.CARE_HERE not in worker.hears("老板不给钱")
    assert care.STEPS[0] == "where"
