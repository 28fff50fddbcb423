"""Facts in any order, over several turns, in workers' words. Today is 2026-11-21."""

from __future__ import annotations

import pytest

from knowledge.calculators import calculate
from knowledge.calculators.filling import fill, next_field

from .figures import TODAY, Figures


def said(kind, *turns, given=None):
    """Each turn answers the next question, as the bot asks it; a given fact is never asked twice."""
    inputs, notes = dict(given or {}), []
    for turn in turns:
        asked = next_field(kind, inputs) if inputs else None
        filled = fill(kind, turn, TODAY, given=inputs, asked=asked.name if asked else None)
        assert filled.unclear is None, filled.unclear
        inputs = dict(filled.inputs)
        notes += filled.notes
    return inputs, notes


def test_everything_in_one_sentence() -> None:
    inputs, _ = said("severance", "我从21年3月15干到上个月底，一个月六千八")
    assert inputs == {"hire_date": "2021-03-15", "last_day": "2026-10-31", "avg_wage_12m": "6800"}
    assert next_field("severance", inputs).name == "ground"


def test_turn_by_turn_in_any_order() -> None:
    inputs, notes = said("severance", "月薪八千多", "2022年5月1号入职，10月31号被辞退的", "公司裁员")
    assert inputs == {
        "avg_wage_12m": "8000",
        "hire_date": "2022-05-01",
        "last_day": "2026-10-31",
        "ground": "公司裁员",
    }
    assert "八千多" in notes[0]
    assert calculate("severance", inputs, Figures(), TODAY).values["amount"] == 40000


def test_a_length_of_work_and_a_last_day_give_the_first_day() -> None:
    inputs, notes = said("severance", "干了三年零四个月", given={"last_day": "2026-10-31"})
    assert inputs["hire_date"] == "2023-07-01" and "倒推" in notes[-1]


def test_a_length_waits_for_the_last_day() -> None:
    first = fill("severance", "我干了三年零四个月", TODAY)
    assert "hire_date" not in first.inputs
    second = fill("severance", "10月31号走的", TODAY, given=first.inputs, asked="hire_date")
    assert second.inputs["hire_date"] == "2023-07-01"


def test_a_correction_recomputes() -> None:
    given = {"months": "3", "monthly_wage": "5000"}
    assert fill("arrears_penalty", "不是三个月是四个月", TODAY, given=given).inputs["months"] == "4"
    given = {"avg_wage_12m": "6800", "hire_date": "2021-03-15"}
    assert fill("severance", "不是6800，是7200块", TODAY, given=given).inputs["avg_wage_12m"] == "7200"


def test_arrears_in_one_sentence() -> None:
    inputs, _ = said("arrears_penalty", "老板欠我3个月工资没发，一个月5500块")
    assert inputs == {"months": "3", "monthly_wage": "5500"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "平时加班20小时，周末加班16个小时，国庆加班8小时",
            {"weekday_hours": "20", "restday_hours": "16", "holiday_hours": "8"},
        ),
        ("工资4500", {"monthly_wage": "4500"}),
    ],
)
def test_overtime(text, expected) -> None:
    assert fill("overtime_pay", text, TODAY).inputs == expected


def test_a_months_only_day_is_taken_loosely_when_asked() -> None:
    filled = fill("severance", "去年三月", TODAY, given={"avg_wage_12m": "5000"}, asked="hire_date")
    assert filled.inputs["hire_date"] == "2025-03-01" and filled.notes
    filled = fill("severance", "上个月", TODAY, given={"avg_wage_12m": "5000"}, asked="last_day")
    assert filled.inputs["last_day"] == "2026-10-31" and filled.notes


@pytest.mark.parametrize(
    ("kind", "asked", "text", "value"),
    [
        ("disability_grant", "grade", "9级", "9"),
        ("disability_grant", "own_wage", "六千", "6000"),
        ("severance_plus_notice", "notice_30_days_given", "没有提前说", False),
        ("severance_plus_notice", "notice_30_days_given", "通知了", True),
        ("retirement_date", "birth", "68年5月", "1968-05"),
        ("retirement_date", "category", "男职工", "男职工"),
        ("overtime_pay", "holiday_hours", "没有", "0"),
        ("overtime_pay", "weekday_hours", "二十", "20"),
        ("annual_leave", "status", "离职", "离职"),
        ("annual_leave", "total_work_years", "六年半", "6.5"),
        ("severance", "ground", "拖欠工资我被迫走的", "拖欠工资我被迫走的"),
        ("layoff_threshold", "headcount", "两百人", "200"),
        ("unemployment_months", "reason", "单位辞退的", "单位辞退"),
    ],
)
def test_an_answer_to_a_question(kind, asked, text, value) -> None:
    filled = fill(kind, text, TODAY, asked=asked)
    assert filled.inputs[asked] == value and filled.unclear is None


@pytest.mark.parametrize(
    ("asked", "text"),
    [("avg_wage_12m", "不好说"), ("hire_date", "很久了"), ("ground", "就那样"), ("avg_wage_12m", "一天200块")],
)
def test_an_unclear_answer_is_asked_for_with_an_example(asked, text) -> None:
    filled = fill("severance", text, TODAY, asked=asked)
    assert filled.unclear is not None and filled.unclear.example and filled.inputs == {}


def test_days_of_rest_days_become_hours_and_are_said_back() -> None:
    filled = fill("overtime_pay", "周末上了四天", TODAY, given={"monthly_wage": "5500"}, asked="weekday_hours")
    assert filled.inputs["restday_hours"] == "32" and filled.unclear is None
    assert any("每天8小时" in note for note in filled.notes)


@pytest.mark.parametrize(
    "text", ["底薪是5500不是6000", "不是6000是5500", "一个月5500，不是6000", "哦对了底薪是5500，不是6000"]
)
def test_a_correction_in_either_order(text) -> None:
    filled = fill("overtime_pay", text, TODAY, given={"monthly_wage": "6000"}, asked="weekday_hours")
    assert dict(filled.inputs) == {"monthly_wage": "5500"}


def test_a_loose_sum_never_becomes_the_place_s_figure() -> None:
    filled = fill("overtime_pay", "不是6000", TODAY, given={"monthly_wage": "6000"}, asked="weekday_hours")
    assert dict(filled.inputs) == {"monthly_wage": "6000"}
    said = fill("overtime_pay", "当地最低工资2490", TODAY, given={"monthly_wage": "6000"}, asked="weekday_hours")
    assert said.inputs["local_min_wage"] == "2490" and said.inputs["monthly_wage"] == "6000"


def test_a_range_gives_its_lower_end_and_nothing_else() -> None:
    filled = fill("arrears_penalty", "工资大概五千到六千之间", TODAY, asked="monthly_wage")
    assert dict(filled.inputs) == {"monthly_wage": "5000"} and any("先按5000算" in note for note in filled.notes)


def test_a_wage_before_the_weekend_is_not_twelve_thousand_weeks() -> None:
    filled = fill("overtime_pay", "月薪1.2万 周末上了3天 平时没有", TODAY)
    assert filled.inputs["monthly_wage"] == "12000" and filled.inputs["restday_hours"] == "24"
