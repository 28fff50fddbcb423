"""A worker's own ticket from any channel: its state, more words, a rating, its withdrawal; never another person's."""

import re

import pytest

from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker


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
