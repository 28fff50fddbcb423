"""Somebody who registers the same matter again is offered his ticket; another matter is registered as before."""

import re
from dataclasses import replace

from hotline.tickets import service as tickets
from kit.db import Database
from tests.actions.world import Worker

FORM = ("安全", "苏州", "恒达电子厂拖欠我三个月工资一共一万八", "就我一个人", "同意", "对")


def registered(worker: Worker, *answers: str, category: str = "T-WAGE") -> str:
    """Everything that is answered; the last thing that he hears."""
    worker.say(press=f"ticket:{category}")
    told = ""
    for said in answers:
        told = worker.hears(said)
    return told


def mine(worker: Worker) -> list[tickets.Ticket]:
    with worker.database.reading() as session:
        return tickets.of_conversation(session, worker.conversation_id)


def test_the_same_matter_is_one_ticket(sqlite: Database) -> None:
    worker = Worker(sqlite)
    number = re.search(r"\d{8}-\d{4}-\d", registered(worker, *FORM))[0]
    asked = registered(worker, "安全", "恒达电子厂的工资还是没发")
    assert number in asked and "同一件事吗" in asked
    told = worker.hears("是同一件")

    assert f"补到工单 {number}" in told and worker.talk.form is None
    assert [one.number for one in mine(worker)] == [number]
    with sqlite.reading() as session:
        said = [event.body.get("text") for event in tickets.thread(session, mine(worker)[0].id)]
    assert "恒达电子厂的工资还是没发" in said


def test_another_matter_is_another_ticket(sqlite: Database) -> None:
    worker = Worker(sqlite)
    registered(worker, *FORM)
    assert "同一件事吗" in registered(worker, "安全", "老板又欠了我工资")
    assert "单位" in worker.hears("不是同一件，是另一家")
    for said in ("鸿运服装厂", "跳过", "跳过", "就我", "同意"):
        worker.say(said)
    assert "登记好了" in worker.hears("对")
    assert len(mine(worker)) == 2


def test_another_employer_is_not_asked_about(sqlite: Database) -> None:
    worker = Worker(sqlite)
    registered(worker, *FORM)
    assert "同一件事吗" not in registered(worker, "安全", "鸿运服装厂拖欠我两个月工资九千")


def test_what_was_told_in_the_same_breath_is_registered(sqlite: Database) -> None:
    worker = Worker(sqlite)
    registered(worker, *FORM)
    registered(worker, "安全", "恒达电子厂的工资还是没发")
    form = worker.talk.form
    assert form is not None and form.asking == "same"
    both = {**form.facts, "also": [["T-INJURY", "上班受伤不报工伤"]]}
    worker.talk = worker.talk.but(form=replace(form, facts=both))
    first, then = worker.say("同一件事")

    assert "补到工单" in first.text and then.kind == "ask"
    assert worker.talk.form is not None and worker.talk.form.of == "T-INJURY"


def test_a_ticket_that_was_closed_meanwhile_takes_no_more(sqlite: Database) -> None:
    worker = Worker(sqlite)
    registered(worker, *FORM)
    registered(worker, "安全", "恒达电子厂的工资还是没发")
    with sqlite.transaction() as session:
        tickets.withdraw(session, mine(worker)[0].id)
    told = worker.hears("是")

    assert "补到工单" not in told and worker.talk.form is not None


def test_a_number_alone_hears_of_no_case_and_the_desk_sees_both(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="sms")
    registered(worker, *FORM)
    assert "同一件事吗" not in registered(worker, "安全", "恒达电子厂拖欠我三个月工资一共一万八")
    for said in ("就我一个人", "同意"):
        worker.say(said)
    assert "登记好了" in worker.hears("对")

    second, first = mine(worker)
    with sqlite.reading() as session:
        assert [one.id for one in tickets.linked(session, second.id)] == [first.id]


def test_abroad_he_is_asked_by_category(sqlite: Database) -> None:
    worker = Worker(sqlite, channel="telegram")
    number = re.search(r"\d{8}-\d{4}-\d", registered(worker, "安全", "苏州", "就我", "同意", "对"))[0]
    assert "同一件事吗" in registered(worker, "安全")
    assert number in worker.hears(press="yes")
    assert len(mine(worker)) == 1
