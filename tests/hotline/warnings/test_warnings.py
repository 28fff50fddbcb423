"""Early warning: who counts, which names are one, what raises and what lowers."""

import pytest
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from hotline import people
from hotline.tickets import service as tickets
from hotline.warnings import alerts, evaluate, watch
from hotline.warnings.alerts import Alert
from kit.db import Database
from tests.hotline.tickets.support import at, conversation, import_desks, opened

SPELLINGS = ("苏州市恒达电子有限公司", "恒达电子", "恒达厂")


def one_more(database: Database, n: int, employer: str = "恒达电子厂", matter: str = "拖欠工资", **more: object) -> int:
    with database.transaction() as session:
        facts = {"matter": matter, "employer": employer, "place": "CN-32-05-83", **more}
        talk = conversation(session, f"c{n}")
        return opened(session, key=f"k{n}", talk=talk, facts=facts).id


def shown(database: Database) -> list[Alert]:
    evaluate.run(database)
    with database.reading() as session:
        return alerts.board(session, None)


def test_three_persons_who_write_the_name_differently_are_one_blue_alert(database: Database) -> None:
    import_desks(database)
    with at("2026-11-30 10:00"):
        for n, name in enumerate(SPELLINGS):
            one_more(database, n, name)
        (alert,) = shown(database)

    assert (alert.color, alert.persons, alert.rule) == ("blue", 3, "three")
    assert alert.desk_id == "CN-32-05-83"
    assert "有限公司" in alert.inputs["names"]["苏州市恒达电子有限公司"]
    assert len(alert.inputs["tickets"]) == 3
    assert alert.rule_version


def test_persons_count_and_not_messages(database: Database) -> None:
    with at("2026-11-30 10:00"):
        with database.transaction() as session:
            talk = conversation(session)
            for n in range(5):
                opened(session, key=f"k{n}", talk=talk)

        assert shown(database) == []


def test_the_same_phone_on_two_channels_is_one_person(database: Database) -> None:
    with at("2026-11-30 10:00"):
        for n in range(3):
            one_more(database, n)
        with database.transaction() as session:
            for n in range(3):
                about = {"conversation_id": f"c{n}", "purpose": "ticket", "version": "2026-11", "yes": True}
                people.consent(session, **about)
                people.seal(session, people.for_conversation(session, f"c{n}"), "phone", "13800000000")

        assert shown(database) == []


@pytest.mark.parametrize(
    ("later", "expected"), [("2026-12-03 09:59", "blue"), ("2026-12-03 10:01", None)], ids=["inside", "outside"]
)
def test_the_window_rolls(sqlite: Database, later: str, expected: str | None) -> None:
    with at("2026-11-30 10:00"):
        one_more(sqlite, 1)
        one_more(sqlite, 2)
    with at(later):
        one_more(sqlite, 3)
        found = shown(sqlite)

    assert [alert.color for alert in found] == ([expected] if expected else [])


def test_another_trade_and_another_city_are_other_employers(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        one_more(sqlite, 1, "恒达电子")
        one_more(sqlite, 2, "恒达餐饮")
        one_more(sqlite, 3, "恒达电子", place="CN-11-05")
        one_more(sqlite, 4, "恒达电子")

        assert shown(sqlite) == []


def test_ten_persons_are_orange_with_a_reporting_clock_of_half_an_hour(sqlite: Database) -> None:
    import_desks(sqlite)
    with at("2026-11-30 10:00"):
        for n in range(10):
            one_more(sqlite, n)
        (alert,) = shown(sqlite)

        assert alert.color == "orange"
        assert alert.report_by is not None
        assert (alert.report_by - alert.updated_at).total_seconds() == 30 * 60
    with at("2026-11-30 10:31"):
        assert watch.hurry(sqlite) == 1
        assert watch.hurry(sqlite) == 0
        (alert,) = shown(sqlite)
        assert alert.desk_id == "CN-32-05"


@pytest.mark.parametrize(
    ("matter", "people_count", "color"),
    [
        ("明天早上八点我们去堵门", 1, "red"),
        ("我们三十五个人都没拿到工资", 35, "red"),
        ("我们停工了", 1, "orange"),
        ("老板失联，电话打不通了", 1, "orange"),
        ("厂里停水停电还欠着房租，工资也没发", 1, "orange"),
        ("我和另外五个人都没拿到钱", 6, "yellow"),
        ("去年有人堵门", 1, None),
        ("这个月工资少发了五十", 1, None),
    ],
)
def test_one_caller_is_enough_where_the_words_are_grave(
    sqlite: Database, matter: str, people_count: int, color: str | None
) -> None:
    with at("2026-11-30 10:00"):
        one_more(sqlite, 1, matter=matter, people=people_count)

        assert [alert.color for alert in shown(sqlite)] == ([color] if color else [])


def test_only_a_named_person_with_a_reason_lowers_and_only_something_new_raises_again(database: Database) -> None:
    with at("2026-11-30 10:00"):
        one_more(database, 1, matter="老板失联了")
        (alert,) = shown(database)
        with database.transaction() as session:
            with pytest.raises(alerts.AlertError, match="理由"):
                alerts.lower(session, alert.id, 7, "blue", " ", version=alert.version)
            lowered = alerts.lower(session, alert.id, 7, "blue", "电话打通了，老板在医院", version=alert.version)
            assert lowered.color == "blue"
            assert alerts.steps(session, alert.id)[-1].actor == "operator:7"
        with database.transaction() as session:
            evaluate.evaluate(session, 1)
            assert alerts.get(session, alert.id).color == "blue"
        one_more(database, 2, matter="老板失联，人去楼空")
        (alert,) = shown(database)
        assert alert.color == "orange"


def test_an_incident_goes_through_its_states_with_author_and_minute(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        one_more(sqlite, 1, matter="我们停工了")
        (alert,) = shown(sqlite)
    with at("2026-11-30 10:20"), sqlite.transaction() as session:
        alerts.acknowledge(session, alert.id, 3)
        version = alerts.report(session, alert.id, 3, "昆山市总工会值班").version
        for note in ("核实有12人停工", "人社到场", "盯三天"):
            version = alerts.advance(session, alert.id, 3, note, version=version).version
        with pytest.raises(alerts.AlertError, match="任务"):
            alerts.advance(session, alert.id, 3, "结束", version=version)
        for task in alerts.tasks(session, alert.id):
            alerts.do_task(session, alert.id, task.text, 3)
        version = alerts.get(session, alert.id).version
        closed = alerts.advance(session, alert.id, 3, "工资已发", version=version)
        kinds = [step.kind for step in alerts.steps(session, alert.id)]

    assert closed.state == "closed"
    assert kinds[:6] == ["raised", "acknowledged", "reported_to", "judged", "handled", "tracked"]


def test_nothing_of_it_reaches_the_worker(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        one_more(sqlite, 1, matter="我们停工了，明天堵门")
        shown(sqlite)
    with sqlite.reading() as session:
        assert outbox.after(session, "c1", 0) == []
        assert not told_of_alert(session)


def told_of_alert(session: Session) -> bool:
    return any("alert" in event.kind for event in tickets.thread(session, 1))


def test_a_visited_firm_with_arrears_is_yellow(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        with sqlite.transaction() as session:
            watch.watch(session, "昆山恒达电子厂", "CN-32-05-83", "去年送温暖走访过", by="operator:1")
        one_more(sqlite, 1)
        (alert,) = shown(sqlite)

    assert (alert.color, alert.rule) == ("yellow", "watched")
    assert alert.inputs["rules"]["watched"]["also"] == "去年送温暖走访过"


def test_a_week_that_says_it_more_than_twice_as_often_is_blue(sqlite: Database) -> None:
    with at("2026-11-10 10:00"):
        one_more(sqlite, 100, "甲公司电子厂", matter="粉尘很大")
    with at("2026-11-30 10:00"):
        for n in range(5):
            one_more(sqlite, n, f"{'甲乙丙丁戊'[n]}光电子厂", matter="车间流水线粉尘很大")
        shown(sqlite)
        assert watch.look_for_rises(sqlite) == 1
        found = [alert for alert in shown(sqlite) if alert.rule == "keyword_rise"]

    assert [alert.color for alert in found] == ["blue"]
    assert found[0].title == "manufacturing"
