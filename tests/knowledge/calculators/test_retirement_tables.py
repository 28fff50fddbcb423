"""Every cohort of the official annexes, against the annex itself where it is at hand and against a second reckoning."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge.calculators import calculate

from .figures import TODAY, Figures

SHARED = next((parent / "shared" for parent in Path(__file__).parents if (parent / "shared" / "laws").is_dir()), None)
ANNEXES = sorted((SHARED / "laws").glob("全国人大常委会关于实施渐进式延迟法定退休年龄*")) if SHARED else []
GROUPS = {
    "1": ("男职工", 60, 4, 36, 1965),
    "2": ("原55周岁女职工", 55, 4, 36, 1970),
    "3": ("原50周岁女职工", 50, 2, 60, 1975),
}
MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
AGE = re.compile(r"(\d{2})岁(?:(\d{1,2})个月)?")


def cohorts():
    """A second reckoning that walks month by month instead of dividing: who is born when retires when."""
    for category, age, step, cap, first_year in GROUPS.values():
        delay, waited = 0, 0
        for index in range((2039 - 2025 + 1) * 12):
            if waited == 0 and delay < cap:
                delay += 1
            waited = (waited + 1) % step
            born = (first_year * 12 + index) // 12, (first_year * 12 + index) % 12 + 1
            if born[0] * 12 + born[1] - 1 + age * 12 + delay > 2039 * 12 + 11:
                break
            month = born[0] * 12 + born[1] - 1 + age * 12 + delay
            yield category, born, (month // 12, month % 12 + 1), (age + delay // 12, delay % 12), delay


def told(category, born):
    inputs = {"birth": f"{born[0]}-{born[1]:02d}", "category": category}
    return calculate("retirement_date", inputs, Figures(), TODAY).values


@pytest.mark.parametrize("category", [group[0] for group in GROUPS.values()])
def test_every_cohort_by_a_second_reckoning(category) -> None:
    rows = [row for row in cohorts() if row[0] == category]
    assert len(rows) in (144, 120)
    for _, born, month, age, delay in rows:
        values = told(category, born)
        assert values["retire_month"] == f"{month[0]}-{month[1]:02d}", born
        assert (values["age_years"], values["age_months"], values["delay_months"]) == (*age, delay), born


def annex_rows():
    """(category, birth, retirement) of every line; the age and the delay are spread over several lines in the file."""
    group = None
    for line in ANNEXES[0].read_text(encoding="utf-8").splitlines():
        found = re.match(r"\s*附件([1-4])[:：]", line)
        if found:
            group = GROUPS.get(found[1])
        if group is None or "|" not in line:
            continue
        months = [(int(year), int(month)) for year, month in MONTH.findall(line)]
        for birth, retire in zip(months[::2], months[1::2], strict=True):
            yield group[0], birth, retire


@pytest.mark.skipif(not ANNEXES, reason="the official annexes are not at hand")
def test_every_cohort_of_the_annexes() -> None:
    rows = list(annex_rows())
    assert len(rows) == 408
    for category, born, month in rows:
        assert told(category, born)["retire_month"] == f"{month[0]}-{month[1]:02d}", (category, born)


@pytest.mark.skipif(not ANNEXES, reason="the official annexes are not at hand")
def test_the_ages_of_the_annexes() -> None:
    """Each printed age belongs to the first birth month on its line."""
    group = None
    for line in ANNEXES[0].read_text(encoding="utf-8").splitlines():
        found = re.match(r"\s*附件([1-4])[:：]", line)
        group = GROUPS.get(found[1]) if found else group
        for cell in re.finditer(r"(\d{4})年(\d{1,2})月 \|(?: \|)* (\d{2})岁(?:(\d{1,2})个月)?", line if group else ""):
            values = told(group[0], (int(cell[1]), int(cell[2])))
            assert (values["age_years"], values["age_months"]) == (int(cell[3]), int(cell[4] or 0)), cell[0]


@pytest.mark.skipif(not ANNEXES, reason="the official annexes are not at hand")
def test_annex_four() -> None:
    text = ANNEXES[0].read_text(encoding="utf-8").split("提高最低缴费年限情况表")[-1]
    rows = re.findall(r"\| (\d{4})年 \| (\d{2})年(\+6个月)? \|", text)
    assert len(rows) == 15
    for year, years, half in rows:
        values = calculate("min_contribution_years", {"retire_year": int(year)}, Figures(), TODAY).values
        assert values["years"] * 2 == int(years) * 2 + bool(half)


def test_reached_before_the_reform_follows_the_old_rule() -> None:
    values = told("男职工", (1964, 12))
    assert (values["retire_month"], values["delay_months"], values["earliest_flexible_month"]) == ("2024-12", 0, None)
    assert date(2024, 12, 1) < date(2025, 1, 1)
