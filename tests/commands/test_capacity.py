"""The calculator grows as it should and names the next limit."""

from commands.capacity import Costs, plan

COSTS = Costs(encoder=24, rasa=13, app=9, database=3)


def test_a_city_fits_on_one_box_and_a_country_does_not() -> None:
    city = plan(300_000, 0.02, 8, 8, 8000, COSTS)
    country = plan(100_000_000, 0.02, 8, 8, 8000, COSTS)

    assert city.app_boxes == 1
    assert 0.5 < city.peak_rate < 0.6
    assert country.app_boxes >= 2
    assert country.peak_rate == city.peak_rate / 300_000 * 100_000_000


def test_the_limit_is_named() -> None:
    assert "one box" in plan(1000, 0.02, 8, 8, 8000, COSTS).limit
    assert "encoder" in plan(200_000_000, 0.02, 8, 8, 8000, COSTS).limit
    assert "commits" in plan(900_000_000, 0.1, 8, 8, 8000, COSTS).limit
