"""A worker's own ticket from any channel: its state, more words, a rating, its withdrawal; never another person's."""

import re

import pytest

from actions.fixed_words import verb_for
from actions.status import left_off
from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker, turn


def opened(worker: Worker) -> tuple[str, str]:
    told = worker.hears(press="human")
    return re.search(r"\d{8}-\d{4}-\d", told)[0], re.search(r"查询码 (\d{4})", told)[1]


def test_a_stranger_needs_number_and_code(sqlite: Database) -> None:
    number, code = opened(Worker(sqlite))
    stranger = Worker(sqlite, "somebody-else")

    assert "已收到" not in stranger.hears(f"查 {number}")
    assert "已收到" not in stranger.hears(f"查 {number} {int(code) % 8999 + 1000 if code != '2222' else 3333}")
    assert "已收到" in stranger.hears(f"查 {number} {code}")


def test_guessing_locks_the_number_even_for_the_right_code(sqlite: Database) -> None:
    number, code = opened(Worker(sqlite))
    stranger = Worker(sqlite, "somebody-else")
    wrong = next(one for one in ("2222", "3333") if one != code)
    for _ in range(5):
        stranger.hears(f"查 {number} {wrong}")

    assert "四位查询码" in stranger.hears(f"查 {number} {code}")


def test_words_are_added_from_another_channel(sqlite: Database) -> None:
    number, code = opened(Worker(sqlite))
    elsewhere = Worker(sqlite, "the-same-man-on-sms", "sms")

    assert "补充到工单" in elsewhere.hears(f"补充 {number} {code} 我找到考勤表了")
    assert "要给工单" in elsewhere.hears(f"补充 {number} {code}")
    assert "补充到工单" in elsewhere.hears("老板昨天又打电话来")
    with sqlite.reading() as session:
        ticket = tickets.find_by_number(session, number)
        words = [event.body.get("text", "") for event in tickets.thread(session, ticket.id)]
    assert any("考勤表" in one for one in words) and any("又打电话" in one for one in words)


def test_withdrawing_asks_once_and_closes(sqlite: Database) -> None:
    worker = Worker(sqlite)
    number, _ = opened(worker)

    assert "确定撤回" in worker.hears("撤回工单")
    assert "照常办" in worker.hears("不撤")
    worker.hears("撤回工单")
    assert "已经撤回" in worker.hears("是的")
    with sqlite.reading() as session:
        assert tickets.find_by_number(session, number).state == "closed"
    assert "不能再改" in worker.hears(f"补充 {number} 还有一件")


def test_the_words_of_the_button_withdraw_though_they_sound_like_a_cancel(sqlite: Database) -> None:
    worker = Worker(sqlite)
    opened(worker)
    worker.hears("撤回工单")
    assert "已经撤回" in worker.hears("撤回", intent="cancel")


@pytest.mark.parametrize(("said", "score"), [("很满意", 5), ("4分", 4), ("一般", 3)])
def test_a_closed_ticket_is_rated(sqlite: Database, said: str, score: int) -> None:
    worker = Worker(sqlite)
    number, _ = opened(worker)
    assert "办结以后" in worker.hears(f"给工单 {number} 打分 {said}")
    with sqlite.transaction() as session:
        tickets.close(session, tickets.find_by_number(session, number).id, "system", "办好了")

    assert "打个分" in worker.hears(f"给工单 {number} 打分")
    assert "谢谢" in worker.hears(said)
    with sqlite.reading() as session:
        assert tickets.find_by_number(session, number).satisfaction == score


def test_a_rating_button_of_somebody_elses_ticket_does_nothing(sqlite: Database) -> None:
    number, _ = opened(Worker(sqlite))
    with sqlite.transaction() as session:
        tickets.close(session, tickets.find_by_number(session, number).id, "system", "办好了")

    Worker(sqlite, "somebody-else").say(press=f"rate:{number}:1")

    with sqlite.reading() as session:
        assert tickets.find_by_number(session, number).satisfaction is None


def given_back(database: Database, number: str, summary: str) -> None:
    with database.transaction() as session:
        ticket = tickets.find_by_number(session, number)
        tickets.claim(session, ticket.id, 7, version=ticket.version)
        tickets.give_back(session, ticket.id, 7, summary)


@pytest.mark.parametrize("said", ["刚才说到哪了", "人工怎么说的？", "查工单", "刚才的客服怎么说"])
def test_the_bot_knows_what_the_operator_left_it_with(sqlite: Database, said: str) -> None:
    worker = Worker(sqlite)
    number, _ = opened(worker)
    assert "办到这里" not in worker.hears(said)
    given_back(sqlite, number, "厂里答应周五发一半。")
    given_back(sqlite, number, "厂里周五发了一半，剩下的下周三发")

    told = worker.hears(said)
    assert "同事上次办到这里：厂里周五发了一半，剩下的下周三发。" in told
    assert "答应周五" not in told
    assert number in told


def test_a_stranger_with_the_code_is_not_told_what_the_operator_said(sqlite: Database) -> None:
    number, code = opened(Worker(sqlite))
    given_back(sqlite, number, "厂里答应周五发一半")

    assert "周五" not in Worker(sqlite, "somebody-else").hears(f"查 {number} {code}")


@pytest.mark.parametrize("said", ["老板怎么说的", "我同事怎么说都没用", "说到工资就吵架", "刚才说到哪里可以投诉"])
def test_other_sentences_are_not_taken_for_it(said: str) -> None:
    assert verb_for(turn(said)) is not left_off
