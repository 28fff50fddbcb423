"""The lump sums of grades 5 to 10: from the place's own standard, or said to be missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.calculators import calculate
from knowledge.calculators.talking import headline

from .figures import TODAY, Figures, base

GRADES = [f"grade_{grade}" for grade in range(5, 11)]
YUAN = {"medical": dict.fromkeys(GRADES, 50000), "employment": dict.fromkeys(GRADES, 25000)}


def grant(grade, standards=None, **inputs):
    regional = {} if standards is None else {("injury_grants", "CN-32-05"): standards}
    given = {"grade": grade, "own_wage": "6000", "region": "CN-32-05", **inputs}
    return calculate("disability_grant", given, Figures(regional), TODAY)


def test_amounts_of_the_place_stand_beside_the_grant() -> None:
    result = grant(9, YUAN)
    assert result.values["medical_lump"] == 50000 and result.values["employment_lump"] == 25000
    assert result.values["grant"] == 54000 and "injury_lump_sums" not in result.missing
    assert any("基金付" in step.words for step in result.steps) and any("单位付" in step.words for step in result.steps)


def test_months_of_the_place_need_its_average_wage() -> None:
    months = {part: dict.fromkeys(GRADES, 6) for part in YUAN} | {"counted_in": "months"}
    counted = grant(9, months, local_avg_wage="9000")
    assert counted.values["medical_lump"] == Decimal(54000) and counted.missing == ()
    without = grant(9, months)
    assert "medical_lump" not in without.values and "local_avg_wage" in without.missing
    assert any("6个月 × 当地上年度职工月平均工资" in step.words for step in without.steps)


def test_no_standard_is_named_and_not_guessed() -> None:
    result = grant(9)
    assert "injury_lump_sums" in result.missing and "medical_lump" not in result.values


def test_grades_one_to_four_have_none() -> None:
    result = grant(4, YUAN)
    assert "medical_lump" not in result.values and "injury_lump_sums" not in result.missing


@pytest.mark.parametrize(
    ("region", "grade", "medical", "employment"),
    [("CN-32-05", 5, 200000, 95000), ("CN-32-05", 10, 30000, 15000), ("CN-11", 5, 18, 18), ("CN-11", 10, 3, 3)],
)
def test_jiangsu_and_beijing_stand_in_the_files(region, grade, medical, employment) -> None:
    found = base().region_fact("injury_grants", region, TODAY)
    standards = found.value
    assert (standards["medical"][f"grade_{grade}"], standards["employment"][f"grade_{grade}"]) == (medical, employment)
    assert found.verified.mark == "press"


def test_jilin_is_honestly_unknown() -> None:
    assert base().find_region_fact("injury_grants", "CN-22-24", TODAY) is None


def test_no_allowance_is_not_told_as_zero_yuan() -> None:
    assert "津贴" not in headline(grant(9, YUAN)) and "津贴" in headline(grant(5, YUAN))
