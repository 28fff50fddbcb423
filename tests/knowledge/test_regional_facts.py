"""The shipped figures of places: what the press supports is found, and what nobody has checked stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.base import Base
from knowledge.loader import DATA, read

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def base() -> Base:
    return read(DATA)[0]


@pytest.mark.parametrize(
    ("place", "day", "monthly"),
    [
        ("CN-32-05", TODAY, "2660"),
        ("CN-32-05-83", date(2025, 12, 31), "2490"),
        ("CN-22-24-01", TODAY, "2020"),
        ("CN-11", TODAY, "2540"),
        ("CN-11-05", date(2024, 6, 30), "2420"),
        ("CN-44-01", date(2026, 8, 31), "2500"),
        ("CN-44-01", TODAY, "2680"),
        ("CN-44-03", TODAY, "2700"),
        ("CN-12-01", TODAY, "2510"),
        ("CN-35-02", TODAY, "2265"),
        ("CN-50-29", TODAY, "2200"),
        ("CN-31-15", TODAY, "2740"),
    ],
)
def test_a_minimum_wage_is_that_of_the_place_and_the_day(base: Base, place: str, day: date, monthly: str) -> None:
    assert base.region_fact("minimum_wage.monthly", place, day).value == Decimal(monthly)


@pytest.mark.parametrize("place", ["CN-37-01", "CN-22-24", "CN-13-01", "CN-44-52"])
def test_a_place_without_a_checked_figure_or_grade_gets_none(base: Base, place: str) -> None:
    assert base.find_region_fact("minimum_wage.monthly", place, TODAY) is None


def test_every_province_has_a_minimum_wage(base: Base) -> None:
    provinces = {path.stem for path in (DATA / "regions" / "tree").glob("CN-*.yml") if path.stem < "CN-70"}
    assert {fact.region for fact in base.facts.values() if fact.fact == "minimum_wage"} >= provinces


def test_every_figure_of_a_place_says_how_well_it_was_checked(base: Base) -> None:
    assert {fact.verified.mark for fact in base.facts.values() if fact.verified} <= {"press", "official", None}


def test_an_office_without_a_number_names_the_line_that_has_it(base: Base) -> None:
    lost = [office.id for office in base.offices.values() if not office.phones and not office.via]
    assert lost == []


@pytest.mark.parametrize("kind", ["inspection", "union", "legal_aid", "government_line"])
def test_every_province_has_its_four_lines(base: Base, kind: str) -> None:
    served = {place for office in base.offices.values() if office.kind == kind for place in office.serves}
    provinces = sorted(path.stem for path in (DATA / "regions" / "tree").glob("CN-*.yml") if path.stem < "CN-70")
    assert len(provinces) == 31
    assert set(provinces) - served == set()
