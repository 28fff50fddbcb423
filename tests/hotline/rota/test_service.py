"""Who is on duty: hours, nights, single days, deputies, gaps."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hotline import audit, rota
from hotline.rota import Shift, written
from kit.db import Database

CHINA = ZoneInfo("Asia/Shanghai")
DESK = "wuzhong"
WEEK = (1, 2, 3, 4, 5)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026; the first is a Tuesday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=CHINA)


@pytest.fixture
def desk(sqlite: Database) -> Database:
    wanted = [
        Shift(DESK, "08:30", "17:30", 1, 2, WEEK),
        Shift(DESK, "17:30", "08:30", 3, None, WEEK),
        Shift(DESK, "00:00", "24:00", 4, None, day=date(2026, 12, 3)),
    ]
    with sqlite.transaction() as session:
        rota.replace(session, DESK, wanted, by="operator:9")
    return sqlite


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        (at(1, 8, 29), 3),  # Monday's night is over at 8:30 on Tuesday
        (at(1, 8, 30), 1),
        (at(1, 17, 29), 1),
        (at(1, 17, 30), 3),
        (at(2, 3), 3),
        (at(3, 10), 4),  # the single day stands before the weekly shift
        (at(3, 23, 59), 4),
        (at(5, 3), 3),  # Friday's night reaches into Saturday
        (at(5, 9), None),
        (at(6, 12), None),
    ],
)
def test_who_is_on_call(desk: Database, moment: datetime, who: int | None) -> None:
    with desk.reading() as session:
        assert rota.on_call(session, DESK, moment) == who


def test_a_deputy_a_gap_and_the_record(desk: Database) -> None:
    with desk.reading() as session:
        assert rota.on_duty(session, DESK, at(1, 9)) == rota.OnDuty(1, 2)
        assert rota.on_call(session, "other", at(1, 9)) is None
        empty = rota.gaps(session, [DESK, "other"], at(1, 0))
        assert len(empty["other"]) == 24 * 7
        assert {hour.day for hour in empty[DESK]} == {5, 6, 7}
        assert audit.records(session, act="rota.changed")[0].subject == f"desk:{DESK}"


def test_only_who_can_be_reached_counts(desk: Database) -> None:
    with desk.transaction() as session:
        assert not rota.somebody_can_be_called(session, at(1, 9))
        rota.set_phone(session, 2, "sms", "13800000000", by="operator:9")
        assert rota.somebody_can_be_called(session, at(1, 9))
        assert not rota.somebody_can_be_called(session, at(1, 20))
        assert rota.phone(session, 2) == rota.Phone("sms", "13800000000")
        assert rota.phone(session, 1) is None


FILE = (
    "wuzhong:\n"
    "  - {days: 1-5, hours: 08:30-17:30, operator: anna, deputy: bo}\n"
    '  - {days: "6,7", hours: 09:00-12:00, operator: bo}\n'
    "  - {days: 2026-12-03, hours: 00:00-24:00, operator: bo}\n"
)
LOGINS = {"anna": 1, "bo": 2}


def test_a_file_is_read_and_written_back(sqlite: Database) -> None:
    found = written.read(FILE, LOGINS)
    with sqlite.transaction() as session:
        rota.replace(session, "wuzhong", found["wuzhong"], by="system")
        assert rota.on_duty(session, "wuzhong", at(1, 9)) == rota.OnDuty(1, 2)
        assert rota.on_call(session, "wuzhong", at(6, 9)) == 2
        assert rota.on_call(session, "wuzhong", at(3, 9)) == 2
        stored = rota.shifts(session, "wuzhong")

    out = written.text({"wuzhong": stored, "empty": []}, {number: login for login, number in LOGINS.items()})
    assert written.read(out, LOGINS) == {"wuzhong": stored, "empty": []}
    assert stored == found["wuzhong"]


def test_a_day_is_cut_where_somebody_else_comes(desk: Database) -> None:
    with desk.reading() as session:
        stored = rota.shifts(session, DESK)
    night, day = rota.OnDuty(3, None), rota.OnDuty(1, 2)

    assert rota.spans(stored, date(2026, 12, 1)) == [
        rota.Span("00:00", "08:30", night),
        rota.Span("08:30", "17:30", day),
        rota.Span("17:30", "24:00", night),
    ]
    assert rota.spans(stored, date(2026, 12, 3)) == [rota.Span("00:00", "24:00", rota.OnDuty(4, None))]
    assert rota.spans(stored, date(2026, 12, 5)) == [
        rota.Span("00:00", "08:30", night),
        rota.Span("08:30", "24:00", None),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{days: 1-5, hours: 8-17, operator: anna}", "时间"),
        ("{days: 1-9, hours: 08:30-17:30, operator: anna}", "星期"),
        ("{days: mon, hours: 08:30-17:30, operator: anna}", "哪些天"),
        ("{days: 1-5, hours: 08:30-17:30, operator: carl}", "carl"),
        ("{days: 1-5, hours: 08:30-17:30, operator: anna, deputy: anna}", "替班"),
    ],
)
def test_a_wrong_line_is_named(sqlite: Database, line: str, says: str) -> None:
    with sqlite.transaction() as session, pytest.raises(rota.RotaError, match=says):
        rota.replace(session, "wuzhong", written.read(f"wuzhong:\n  - {line}\n", {"anna": 1})["wuzhong"], by="system")


@pytest.mark.parametrize(
    "text", ["", "- 1", "wuzhong: 5", "wuzhong: [a]", "a: b: c", "wuzhong:\n  - {days: 1, hours: 5}"]
)
def test_what_is_no_rota_is_refused_in_words(text: str) -> None:
    with pytest.raises(rota.RotaError):
        written.read(text, {"anna": 1})
