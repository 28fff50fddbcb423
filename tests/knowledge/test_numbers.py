"""Figures in workers' words. Today is 2026-11-21, a Saturday."""

import time
from datetime import date
from decimal import Decimal

import pytest

from knowledge.numbers import Amount, Count, Day, Duration, Hours, Span, find, first, number

TODAY = date(2026, 11, 21)


def only(text, kind):
    found = [one for one in find(text, TODAY) if isinstance(one, kind)]
    assert len(found) == 1, found
    assert text[found[0].start : found[0].end] == found[0].text
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "per", "approximate"),
    [
        ("两万三", 23000, None, False),
        ("三千五", 3500, None, False),
        ("1.5万", 15000, None, False),
        ("一个月八千多", 8000, "month", True),
        ("月薪6800元", 6800, "month", False),
        ("大概八千", 8000, None, True),
        ("八九千块", 8000, None, True),
        ("每个月少发我一千二", 1200, "month", False),
        ("一小时18块，每天10个小时", 18, "hour", False),
        ("一天200块，干了45天", 200, "day", False),
        ("一百八一天", 180, "day", False),
        ("5k一个月", 5000, "month", False),
        ("年薪12万", 120000, "year", False),
        ("8,500.50元", Decimal("8500.50"), None, False),
        ("一万零二百五", 10250, None, False),
        ("两千八百五", 2850, None, False),
        ("1万2", 12000, None, False),
        ("3万5千", 35000, None, False),
        ("工资４５００", 4500, "month", False),
        ("不到五千块", 5000, None, True),
        ("欠我们12个人的工资，一共36万", 360000, None, False),
    ],
)
def test_amounts(text, value, per, approximate) -> None:
    found = only(text, Amount)
    assert (found.value, found.per, found.approximate) == (value, per, approximate)


@pytest.mark.parametrize(
    "text", ["电话13800000000", "2026年3月", "三号楼502", "9级伤残", "第47条", "干了三年", "农历三月初五"]
)
def test_no_amount(text) -> None:
    assert not [one for one in find(text, TODAY) if isinstance(one, Amount)]


@pytest.mark.parametrize(
    ("text", "years", "months", "days", "approximate"),
    [
        ("三年零四个月", 3, 4, 0, False),
        ("3年4个月", 3, 4, 0, False),
        ("半年", 0, 6, 0, False),
        ("一个半月", 0, 1, 15, False),
        ("两年半", 2, 6, 0, False),
        ("半个月", 0, 0, 15, False),
        ("三年多", 3, 0, 0, True),
        ("快三年了", 3, 0, 0, True),
        ("差不多干了五年", 5, 0, 0, True),
        ("七八个月", 0, 7, 0, True),
        ("干了21年了", 21, 0, 0, False),
        ("二十一天", 0, 0, 21, False),
        ("俩月没发", 0, 2, 0, False),
        ("三个星期", 0, 0, 21, False),
        ("一年零十天", 1, 0, 10, False),
    ],
)
def test_durations(text, years, months, days, approximate) -> None:
    found = only(text, Duration)
    assert (found.years, found.months, found.days, found.approximate) == (years, months, days, approximate)


def test_a_correction_gives_both_in_order() -> None:
    found = [one for one in find("不是三个月是四个月", TODAY) if isinstance(one, Duration)]
    assert [one.months for one in found] == [3, 4]


def test_duration_in_months_and_years() -> None:
    found = first("三年零六个月", TODAY, Duration)
    assert found and found.in_months == 42 and found.in_years == Decimal("3.5")


@pytest.mark.parametrize(
    ("text", "value", "precision", "approximate"),
    [
        ("去年三月进厂的", "2025-03-01", "month", False),
        ("前年来的", "2024-01-01", "year", False),
        ("上个月底", "2026-10-31", "day", True),
        ("月初走的", "2026-11-01", "day", True),
        ("月底走的", "2026-10-31", "day", True),
        ("2021年3月15日入职", "2021-03-15", "day", False),
        ("21年3月15来的", "2021-03-15", "day", False),
        ("2026-10-31离职", "2026-10-31", "day", False),
        ("7月15号摔的", "2026-07-15", "day", False),
        ("12月20号摔的", "2025-12-20", "day", False),
        ("12月31号合同到期", "2026-12-31", "day", False),
        ("上个月15号出的事", "2026-10-15", "day", False),
        ("15号发工资", "2026-11-15", "day", False),
        ("25号走的", "2026-10-25", "day", False),
        ("昨天", "2026-11-20", "day", False),
        ("上周五被辞退的", "2026-11-13", "day", False),
        ("三个月前受的伤", "2026-08-21", "day", True),
        ("半年前", "2026-05-21", "day", True),
        ("08年进来的", "2008-01-01", "year", False),
        ("二〇二三年五月六号", "2023-05-06", "day", False),
        ("1968年5月出生", "1968-05-01", "month", False),
        ("95年3月生", "1995-03-01", "month", False),
        ("今年年初", "2026-01-01", "month", True),
        ("去年年底", "2025-12-01", "month", True),
        ("２０２１年３月", "2021-03-01", "month", False),
    ],
)
def test_days(text, value, precision, approximate) -> None:
    found = only(text, Day)
    assert (found.value, found.precision, found.approximate) == (date.fromisoformat(value), precision, approximate)


@pytest.mark.parametrize("text", ["农历三月初五", "腊月二十三放假", "正月十五", "2月31号", "2023年2月30日"])
def test_no_day(text) -> None:
    assert not [one for one in find(text, TODAY) if isinstance(one, Day) and one.precision == "day"]


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("从21年3月15到上个月底", "2021-03-15", "2026-10-31"),
        ("2021年3月到2023年5月", "2021-03-01", "2023-05-31"),
        ("3月到5月没发工资", "2026-03-01", "2026-05-31"),
        ("去年12月到今年2月", "2025-12-01", "2026-02-28"),
        ("19年进厂，干到现在", "2019-01-01", "2026-11-21"),
        ("2023年11月到2月", "2023-11-01", "2024-02-29"),
        ("08年进来的，一直干到23年底", "2008-01-01", "2023-12-31"),
        ("2021-03-15至2026-10-31", "2021-03-15", "2026-10-31"),
    ],
)
def test_spans(text, begin, end) -> None:
    found = only(text, Span)
    assert (found.first.value, found.last.last) == (date.fromisoformat(begin), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "value", "per", "approximate"),
    [
        ("大概一天干12个钟", 12, "day", True),
        ("每天10个小时", 10, "day", False),
        ("一周干60小时", 60, "week", False),
        ("加班20小时", 20, None, False),
        ("每天十一二个小时", 11, "day", True),
        ("一个月加班八十个小时", 80, "month", False),
        ("早上8点到晚上8点", 12, "day", True),
        ("三个半小时", Decimal("3.5"), None, False),
    ],
)
def test_hours(text, value, per, approximate) -> None:
    found = only(text, Hours)
    assert (found.value, found.per, found.approximate) == (value, per, approximate)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("我们十二个人", 12, "人"),
        ("9级伤残", 9, "级"),
        ("我52岁", 52, "岁"),
        ("百分之六十", 60, "%"),
        ("两次", 2, "次"),
        ("30多人", 30, "人"),
    ],
)
def test_counts(text, value, unit) -> None:
    found = only(text, Count)
    assert (found.value, found.unit) == (value, unit)


def test_a_whole_sentence() -> None:
    found = find("我2023年3月份入职，到今天没签合同，一个月六千五", TODAY)
    assert [type(one) for one in found] == [Span, Amount]


@pytest.mark.parametrize(
    ("text", "value"), [("三千五", 3500), ("大概6800吧", 6800), ("没有", None), ("十五", 15), ("一百零五", 105)]
)
def test_bare_number(text, value) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "工资", "。。。", "万", "年年月月", "一" * 200, "9" * 200, "半" * 50, "到到到", "上个月月月月"]
)
def test_nothing_crashes(text) -> None:
    find(text, TODAY)


@pytest.mark.parametrize(
    "text", ["1" * 4000, "一万" * 2000, "一" * 4000, "1," * 2000, "一年零" * 1300, "2021年3月15日到" * 400]
)
def test_a_very_long_message_costs_little(text) -> None:
    began = time.perf_counter()
    find(text, TODAY)
    assert time.perf_counter() - began < 3
