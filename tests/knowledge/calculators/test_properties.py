"""What must hold for any input: longer service never pays less, steps add up, nothing is a float."""

from __future__ import annotations

import ast
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.calculators import CALCULATORS, CalculatorError, calculate
from knowledge.calculators.dates import add_months, service

from .figures import TODAY, Figures

SOURCES = sorted((Path(__file__).parents[3] / "knowledge" / "calculators").glob("*.py"))
FIGURES = Figures()
wages = st.decimals(min_value=100, max_value=100000, places=2)
days = st.dates(min_value=date(2008, 1, 1), max_value=date(2026, 11, 20))
QUICK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_no_float_anywhere(path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{path.name}:{node.lineno}"
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round"}), f"{path.name}:{node.lineno}"


def severance(kind, hire, last, wage, average=None):
    inputs = {"hire_date": hire, "last_day": last, "avg_wage_12m": str(wage), "ground": "41", "local_avg_wage": average}
    return calculate(kind, inputs, FIGURES, TODAY)


@QUICK
@given(days, days, st.integers(0, 700), wages, st.sampled_from(["severance", "unlawful_termination"]))
def test_longer_service_never_pays_less(hire, last, more, wage, kind) -> None:
    hire, last = sorted((hire, last))
    later = min(last + timedelta(days=more), date(2026, 11, 21))
    short, long = (severance(kind, hire, end, wage, "9000").values["amount"] for end in (last, later))
    assert short <= long


@QUICK
@given(days, days, wages)
def test_double_is_twice_the_single(hire, last, wage) -> None:
    hire, last = sorted((hire, last))
    single, double = (
        severance(kind, hire, last, wage).values["amount"] for kind in ("severance", "unlawful_termination")
    )
    assert abs(double - 2 * single) <= Decimal("0.01")


@QUICK
@given(days, st.integers(0, 700))
def test_months_of_service_count_back(day, months) -> None:
    if day.day > 28:
        return
    found = service(day, add_months(day, months) - timedelta(days=1)) if months else None
    assert found is None or (found.years * 12 + found.months, found.days) == (months, 0)


@QUICK
@given(wages, *(st.decimals(min_value=0, max_value=200, places=1) for _ in range(3)))
def test_overtime_lines_add_up(wage, weekday, restday, holiday) -> None:
    inputs = {"monthly_wage": str(wage), "weekday_hours": weekday, "restday_hours": restday, "holiday_hours": holiday}
    result = calculate("overtime_pay", inputs, FIGURES, TODAY)
    assert sum(step.amount for step in result.steps) == result.values["amount"]
    exact = wage * (weekday * 15 + restday * 20 + holiday * 30) / 10 / Decimal("21.75") / 8
    assert abs(exact - result.values["amount"]) <= Decimal("0.005")


@QUICK
@given(days, wages, st.none() | days)
def test_double_wage_lasts_eleven_months_at_most(hire, wage, signed) -> None:
    if signed is not None and signed < hire:
        return
    inputs = {"hire_date": hire, "signed_date": signed, "monthly_wage": str(wage), "workdays_in_partial_month": 10}
    result = calculate("double_wage", inputs, FIGURES, TODAY)
    assert result.values["months"] <= 11
    assert result.values["extra_amount"] <= wage * 11
    assert sum(step.amount or 0 for step in result.steps) == result.values["extra_amount"]


@QUICK
@given(st.dates(min_value=date(2010, 1, 1), max_value=date(2026, 11, 21)))
def test_a_deadline_is_never_before_its_nominal_day(known) -> None:
    values = calculate("arbitration_limit", {"claim": "经济补偿", "known_date": known}, FIGURES, TODAY).values
    nominal = add_months(known, 12)
    assert nominal <= values["deadline"] <= nominal + timedelta(days=10)
    assert values["safer_day"] <= values["deadline"]


@QUICK
@given(st.integers(0, 400), st.integers(0, 400))
def test_more_contributions_never_shorten_the_benefit(fewer, more) -> None:
    fewer, more = sorted((fewer, more))
    short, long = (
        calculate("unemployment_months", {"contribution_months": count, "reason": "裁员"}, FIGURES, TODAY).values[
            "max_months"
        ]
        for count in (fewer, more)
    )
    assert short <= long


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
EXTREMES = st.sampled_from(
    ["1e999999", "1e-999999", "-0", "9" * 400, "0001-01-01", "9999-12-31", "2026-00-00", "１２３", "第四十四条"]
)


def inputs_for(kind, data):
    """Mostly what each field expects, now and then anything at all."""
    inputs = {}
    for field in CALCULATORS[kind].fields:
        right = st.sampled_from((field.example, *field.choices))
        inputs[field.name] = data.draw(st.one_of(right, right, right, ANYTHING, EXTREMES))
    return inputs


@pytest.mark.parametrize("kind", list(CALCULATORS))
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_input_gives_a_typed_error_or_a_result(kind, data) -> None:
    try:
        result = calculate(kind, inputs_for(kind, data), FIGURES, TODAY)
    except CalculatorError as error:
        assert str(error)
        return
    json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False)
    lines = [step.amount for step in result.steps if step.amount is not None]
    if result.main is not None and not result.missing:
        assert sum(lines, Decimal(0)) == result.values[result.main]
