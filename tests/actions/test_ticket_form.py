"""The form of a ticket: what was said is not asked again, its category's own questions, many people, a separate yes."""

import pytest

from actions.forms import intake
from actions.people import noted
from hotline import people
from hotline.tickets import service as tickets
from hotline.tickets.tables import DeskRow
from kit.db import Database
from tests.actions.world import Worker, turn
from tests.hotline.tickets.support import import_desks


@pytest.mark.parametrize(
    ("asked", "matter"),
    [
        ("老板拖欠我三个月工资怎么办", "老板拖欠我三个月工资"),
        ("工地欠我们半年工钱，找谁", "工地欠我们半年工钱"),
        ("最低工资是多少", ""),
        ("年假有几天", ""),
        ("", ""),
    ],
)
def test_the_last_question_tells_the_matter(asked: str, matter: str) -> None:
    assert intake.told_before(asked) == matter


def test_what_the_sentence_holds_is_not_asked_again() -> None:
    told = intake.told_in("T-WAGE", "恒达电子厂拖欠三个月工资一共一万八", turn())

    assert told["amount"] == "18000元" and told["period"] == "三个月" and "恒达电子" in told["employer"]


@pytest.mark.parametrize(("text", "people_count"), [("我们车间30个人", 30), ("厂里有300个人", 0), ("我一个人", 0)])
def test_how_many_they_are(text: str, people_count: int) -> None:
    assert noted(turn(text)).talk.people == people_count


def test_many_name_representatives_and_are_one_ticket(sqlite: Database) -> None:
    worker = Worker(sqlite)
    assert "3到5名代表" in worker.hears("我们车间30个人三个月没发工资")
    worker.say(press="ticket:T-GROUP")
    for said in ("安全", "郑州", "在恒达电子厂", "张师傅、李姐、王哥", "同意"):
        told = worker.hears(said)
    assert "30人，代表：张师傅、李姐、王哥" in told
    assert "别聚集" in worker.hears("对")

    with sqlite.reading() as session:
        mine = tickets.of_conversation(session, worker.conversation_id)
        assert people.has_consent(session, "ticket", conversation_id=worker.conversation_id)
    assert [(one.category, one.people_count) for one in mine] == [("T-GROUP", 30)]


def test_a_text_message_does_not_repeat_the_matter(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    worker.say(press="ticket:T-WAGE")
    for said in ("安全", "苏州", "恒达电子厂拖欠三个月工资一共一万八", "就我一个人"):
        told = worker.hears(said)
        assert "恒达" not in told
    told = worker.hears("同意")

    assert "苏州" in told and "恒达" not in told and "一万八" not in told
    assert "工单号" in worker.hears("对")


def test_a_no_to_the_sensitive_facts_drops_them_and_goes_on(sqlite: Database) -> None:
    worker = Worker(sqlite)
    worker.say(press="ticket:T-WOMEN")
    for said in ("安全", "苏州", "恒达电子厂让我上夜班"):
        worker.say(said)
    worker.say(press="fact:0")
    worker.say(press="yes")
    assert "单独同意" in worker.hears("就我一个人")
    worker.say("不同意")
    told = worker.hears("同意")

    assert "怀孕" not in told and "我这样记" in told
    worker.say("对")
    with sqlite.reading() as session:
        ticket = tickets.of_conversation(session, worker.conversation_id)[0]
        assert people.masked(session, ticket.person_id, "pregnancy") == ""


@pytest.mark.parametrize(("unit", "desk"), [("国企", "CN-32-05.state"), ("私企", "CN-32-05"), ("跳过", "CN-32-05")])
def test_who_asks_for_a_union_is_sent_by_the_kind_of_his_unit(sqlite: Database, unit: str, desk: str) -> None:
    import_desks(sqlite)
    with sqlite.transaction() as session:
        state = {
            "id": "CN-32-05.state",
            "parent": "CN-32",
            "region": "CN-32-05",
            "kind": "industry",
            "title": "示例产业工会",
        }
        session.add(DeskRow(**state, industries=["state_owned"]))
    worker = Worker(sqlite)
    worker.say(press="ticket:T-UNION-JOIN")
    for said in ("安全", "苏州", "我们单位想建工会", "恒达公司"):
        told = worker.hears(said)
    assert "国企、机关事业单位" in told
    for said in (unit, "不是", "就我一个人", "同意", "对"):
        worker.say(said)
    with sqlite.reading() as session:
        assert tickets.of_conversation(session, worker.conversation_id)[0].desk_id == desk
