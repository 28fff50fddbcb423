"""Bad input: a clear sentence and an example of what is right; a missing figure: named, never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.calculators import CALCULATORS, BadInput, MissingInput, UnknownCalculator, calculate

from .figures import TODAY, Figures

GOOD = {"hire_date": "2021-03-15", "last_day": "2026-10-31", "avg_wage_12m": "6800", "ground": "40(2)"}


def bad(kind, field, **inputs):
    with pytest.raises(BadInput) as caught:
        calculate(kind, inputs, Figures(), TODAY)
    assert caught.value.field == field
    assert caught.value.example and caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hire_date", "2026-02-31", "没有31日"),
        ("hire_date", "去年", "年-月-日"),
        ("hire_date", "2030-01-01", "还没到"),
        ("hire_date", "0021-03-15", "年份太早"),
        ("last_day", "2021-03-14", "早于入职日期"),
        ("last_day", "2031-01-01", "年份太远"),
        ("avg_wage_12m", "-5", "负数"),
        ("avg_wage_12m", "0.68", "万"),
        ("avg_wage_12m", "1.2万", "万"),
        ("avg_wage_12m", "68000000", "100万"),
        ("avg_wage_12m", "六千八", "写成数字"),
        ("avg_wage_12m", "NaN", "不是数字"),
        ("avg_wage_12m", True, "元"),
        ("ground", "不知道", "法条"),
        ("ground", "44", "哪一项"),
        ("ground", "44(1) 本人不续", "条件"),
        ("ground", "99", "99"),
        ("local_avg_wage", "abc", "不是数字"),
        ("count_from", "2026-11-20", "晚于最后工作日"),
        ("avg_wage_12m", "1e-99999", "小数位"),
    ],
)
def test_bad_fields_of_severance(field, value, words) -> None:
    assert words in bad("severance", field, **{**GOOD, field: value}).message


def test_the_first_of_several_bad_fields_is_named() -> None:
    bad("severance", "hire_date", hire_date="x", last_day="y", avg_wage_12m="z", ground="")


@pytest.mark.parametrize("field", list(GOOD))
def test_a_missing_field_is_asked_for(field) -> None:
    error = bad("severance", field, **{**GOOD, field: None})
    assert isinstance(error, MissingInput) and error.message.endswith("？")


@pytest.mark.parametrize(
    ("kind", "field", "inputs"),
    [
        ("disability_grant", "grade", {"grade": 11, "own_wage": "6000"}),
        ("disability_grant", "grade", {"grade": 2.5, "own_wage": "6000"}),
        ("work_death", "dependants", {"own_wage": "6000", "death_year": 2026, "dependants": ["老板"]}),
        ("medical_period", "unit_years", {"total_work_years": 3, "unit_years": 5}),
        ("retirement_date", "birth", {"birth": "1968-13", "category": "男职工"}),
        ("retirement_date", "category", {"birth": "1968-05", "category": "厂长"}),
        ("retirement_date", "birth", {"birth": "2030-01", "category": "男职工"}),
        ("arbitration_limit", "known_date", {"claim": "经济补偿"}),
        (
            "arbitration_limit",
            "interrupted_on",
            {"claim": "赔偿金", "known_date": "2026-01-01", "interruption": "投诉"},
        ),
        ("limit", "rule", {"rule": "whenever", "from_date": "2026-11-01"}),
        ("layoff_threshold", "laid_off", {"headcount": 10, "laid_off": 11}),
        (
            "training_penalty",
            "service_months",
            {"training_cost": 1000, "service_months": 0, "served_months": 0, "agreed_penalty": 1, "reason": "辞职"},
        ),
        ("double_wage", "signed_date", {"hire_date": "2026-03-01", "signed_date": "2026-02-01", "monthly_wage": 5000}),
        (
            "double_wage",
            "wages_by_month",
            {"hire_date": "2026-01-01", "last_day": "2026-04-30", "wages_by_month": {"2026-02": 4900}},
        ),
        ("social_insurance_late_fee", "to", {"amount": 1000, "from": "2026-02-01", "to": "2026-01-01"}),
        ("unemployment_months", "reason", {"contribution_months": 40, "reason": "嗯"}),
        (
            "annual_leave",
            "last_day",
            {"status": "离职", "total_work_years": 5, "days_taken": 0, "avg_wage_excl_ot": 5000},
        ),
        ("severance", "last_day", {**GOOD, "hire_date": "2001-01-01", "last_day": "2006-01-01"}),
        (
            "overtime_pay",
            "weekday_hours",
            {"monthly_wage": 5000, "weekday_hours": 800, "restday_hours": 0, "holiday_hours": 0},
        ),
        (
            "minimum_wage_shortfall",
            "overtime_included",
            {"paid_monthly": 100, "months": 1, "min_wage": 2490, "overtime_included": 200},
        ),
    ],
)
def test_bad_fields(kind, field, inputs) -> None:
    bad(kind, field, **inputs)


def test_unknown_kind_says_which_there_are() -> None:
    with pytest.raises(UnknownCalculator, match="severance"):
        calculate("severence", {}, Figures(), TODAY)


@pytest.mark.parametrize(
    ("kind", "inputs", "missing"),
    [
        ("severance", GOOD, {"local_avg_wage", "local_min_wage"}),
        ("sick_pay", {"own_wage": "6000"}, {"local_min_wage"}),
        ("heat_allowance", {"months": 3}, {"heat_allowance"}),
        ("minimum_wage_shortfall", {"paid_monthly": "2000", "months": 3}, {"min_wage"}),
        (
            "work_death",
            {"own_wage": "6000", "death_year": 2020, "local_avg_wage": "9000"},
            {"national_urban_income_prev_year"},
        ),
        ("unlawful_employer_injury", {"grade": 9}, {"local_avg_year_wage"}),
        ("survivor_benefit", {"contribution_years": 12}, {"monthly_income"}),
        ("deduction_cap", {"monthly_wage": "5000", "loss": "100"}, {"local_min_wage"}),
    ],
)
def test_a_missing_figure_is_named_and_the_formula_is_given(kind, inputs, missing) -> None:
    result = calculate(kind, inputs, Figures(), TODAY)
    assert set(result.missing) == missing and result.steps


def test_a_region_gives_the_figures_and_says_from_where() -> None:
    figures = Figures({("average_wage.monthly", "CN-32-05"): 2000, ("minimum_wage.monthly", "CN-32-05"): 2490})
    result = calculate("severance", {**GOOD, "region": "CN-32-05"}, figures, TODAY)
    assert result.values["base"] == 6000 and result.missing == ()
    assert any("2000" in line and "2026-01-01" in line for line in result.assumptions)


@pytest.mark.parametrize("months", [None, "无固定期限"])
def test_an_open_ended_contract(months) -> None:
    inputs = {"contract_months": months, "agreed_probation_months": 6, "performed_months": 6}
    result = calculate("probation_limit", {**inputs, "post_probation_wage": 8000}, Figures(), TODAY)
    assert result.values["max_months"] == 6


def test_not_yet_may_be_said_as_false() -> None:
    inputs = {"claim": "拖欠工资", "known_date": "2026-01-01", "employment_ended": False}
    assert calculate("arbitration_limit", inputs, Figures(), TODAY).values["deadline"] is None


def test_double_wage_that_ran_out_says_so_first() -> None:
    old = calculate("double_wage", {"hire_date": "2023-03-15", "monthly_wage": "6000"}, Figures(), TODAY)
    assert old.urgent and "已经过了" in old.cautions[0]
    fresh = calculate("double_wage", {"hire_date": "2026-03-15", "monthly_wage": "6000"}, Figures(), TODAY)
    assert not fresh.urgent


def test_severance_says_until_when_it_can_be_claimed() -> None:
    result = calculate("severance", GOOD, Figures(), TODAY)
    assert any("2027-10-31" in line for line in result.cautions)


def test_articles_in_words() -> None:
    inputs = {**GOOD, "ground": "第三十八条第二项 拖欠工资"}
    assert calculate("severance", inputs, Figures(), TODAY).values["months"] == 6


def test_unknown_members_are_ignored() -> None:
    assert calculate("severance", {**GOOD, "colour": "red"}, Figures(), TODAY).values["months"] == 6


def test_thirty_days_or_fewer_is_urgent() -> None:
    for known, urgent in (("2025-12-22", True), ("2025-12-23", False), ("2025-01-01", True)):
        inputs = {"claim": "经济补偿", "known_date": known}
        assert calculate("arbitration_limit", inputs, Figures(), date(2026, 11, 22)).urgent is urgent


@pytest.mark.parametrize("kind", list(CALCULATORS))
def test_schema_names_and_asks(kind) -> None:
    found = CALCULATORS[kind].schema()
    assert found["type"] == "object" and set(found["required"]) <= set(found["properties"])
    for field in CALCULATORS[kind].fields:
        assert field.question and field.title and field.example


def test_a_last_day_still_to_come_is_said() -> None:
    later = calculate("severance", {**GOOD, "last_day": "2026-12-31"}, Figures(), TODAY)
    assert any("还没到" in line for line in later.assumptions)
    assert not any("还没到" in line for line in calculate("severance", GOOD, Figures(), TODAY).assumptions)
