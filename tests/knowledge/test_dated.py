"""Figures by day and place: the row in force in the nearest region around, or a typed refusal."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import NotInForce, TierUnknown, UnknownParameter, UnknownRegion
from knowledge.regions import climb
from tests.knowledge.sample import sample

DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))
PLACES = st.sampled_from(
    ["CN", "CN-22", "CN-22-24", "CN-32", "CN-32-05", "CN-32-05-83", "CN-32-12", "CN-99", "CN-32-99"]
)


@settings(max_examples=400)
@given(DAYS, PLACES)
def test_a_figure_comes_from_the_row_in_force_of_the_nearest_region(day: date, region: str) -> None:
    base = sample()
    try:
        found = base.region_fact("minimum_wage.monthly", region, day)
    except UnknownRegion:
        assert region not in base.regions
        return
    except TierUnknown:
        assert region in ("CN-32", "CN-32-12") and day >= date(2024, 1, 1)
        return
    except (NotInForce, UnknownParameter):
        assert not any(
            not row.expected and since <= day
            for level in climb(region)
            for since, row in getattr(base.facts.get((level, "minimum_wage")), "values", {}).items()
        )
        return
    held = base.facts[(found.level_region, "minimum_wage")]
    before = [since for since, row in held.values.items() if since <= day and not row.expected]
    assert found.since == max(before) and held.values[found.since].value is not None
    nearer = climb(region)[: climb(region).index(found.level_region)]
    for level in nearer:
        other = base.facts.get((level, "minimum_wage"))
        rows = [] if other is None else [since for since in other.values if since <= day]
        assert not rows or other is None or other.values[max(rows)].value is None


@settings(max_examples=300)
@given(DAYS)
def test_a_national_figure_is_in_force_or_refused(day: date) -> None:
    base = sample()
    if date(2010, 1, 1) <= day < date(2020, 1, 1):
        assert base.param("tests.old_rate", day) == Decimal("1.10")
    else:
        with pytest.raises(NotInForce):
            base.param("tests.old_rate", day)


def test_an_announced_value_is_never_used() -> None:
    assert sample().param("severance.high_pay_multiple", date(2030, 1, 1)) == 3


def test_before_the_first_row_the_error_says_when_it_begins() -> None:
    with pytest.raises(NotInForce) as raised:
        sample().param("severance.high_pay_multiple", date(2007, 12, 31))
    assert raised.value.since == date(2008, 1, 1)


def test_unknown_figures_name_what_is_near() -> None:
    with pytest.raises(UnknownParameter, match=r"severance\.high_pay_multiple"):
        sample().param("wages.high_pay_multiple", date(2026, 1, 1))


def test_the_grade_of_a_place_decides_and_a_missing_grade_is_not_guessed() -> None:
    base, day = sample(), date(2026, 6, 1)
    assert base.region_fact("minimum_wage.hourly", "CN-32-05-83", day).value == 15
    assert base.region_fact("minimum_wage.hourly", "CN-32-12", date(2023, 1, 1)).value == Decimal("10.50")
    with pytest.raises(TierUnknown):
        base.region_fact("minimum_wage.hourly", "CN-32-12", day)
    assert base.find_region_fact("minimum_wage.hourly", "CN-32-12", day) is None
    with pytest.raises(UnknownRegion):
        base.region_fact("minimum_wage.hourly", None, day)
