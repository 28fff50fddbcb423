"""The holiday calendar: published years, the 13-day rule, and years that are not out yet."""

from datetime import date, timedelta

import pytest

from knowledge.calendar import Calendar, CalendarError, CalendarMissing, load, read_year

CALENDAR = load()


@pytest.mark.parametrize("year", range(2008, 2027))
def test_every_year_equals_the_published_notice(year: int) -> None:
    package = pytest.importorskip("chinese_calendar")
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_workday(day) == package.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "count"), [(2008, 11), (2013, 11), (2020, 10), (2024, 11), (2025, 13), (2026, 13)])
def test_statutory_days(year: int, count: int) -> None:
    """2020's national day was also mid-autumn, so ten dates carry eleven days."""
    assert len(CALENDAR.year(year).statutory) == count


def test_thirteen_days_from_2025() -> None:
    assert not CALENDAR.is_statutory(date(2024, 5, 2))
    assert CALENDAR.is_statutory(date(2025, 5, 2))
    assert not CALENDAR.is_statutory(date(2024, 2, 9))
    assert CALENDAR.is_statutory(date(2025, 1, 28))


def test_moved_days() -> None:
    assert CALENDAR.is_workday(date(2026, 10, 10)), "a Saturday made up for National Day"
    assert not CALENDAR.is_workday(date(2026, 10, 7)), "a Wednesday of the holiday"
    assert CALENDAR.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert CALENDAR.previous_workday(date(2026, 10, 8)) == date(2026, 9, 30)


def test_working_days_of_a_span() -> None:
    assert CALENDAR.workdays_between(date(2026, 3, 2), date(2026, 3, 8)) == 5
    assert CALENDAR.add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert sum(CALENDAR.workdays_between(date(2026, month, 1), date(2026, month, 28)) for month in (2, 3)) == 16 + 20


def test_a_year_without_notice_is_never_guessed() -> None:
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.is_workday(date(2027, 3, 10))
    with pytest.raises(CalendarMissing):
        CALENDAR.workdays_between(date(2026, 12, 30), date(2027, 1, 2))
    assert CALENDAR.provisional_workday(date(2027, 3, 14)) == date(2027, 3, 15)
    assert CALENDAR.provisional_workday(date(2027, 1, 1)) == date(2027, 1, 4)


def test_warnings_name_the_missing_year() -> None:
    assert [line for line in CALENDAR.warnings(date(2026, 11, 21)) if "2027" in line]
    assert CALENDAR.warnings(date(2024, 6, 1)) == []
    assert len(Calendar().warnings(date(2026, 6, 1))) == 2


def test_broken_file(tmp_path) -> None:
    path = tmp_path / "2026.yml"
    path.write_text("year: 2026\nholidays: {}\n", encoding="utf-8")
    with pytest.raises(CalendarError, match="2026"):
        read_year(path)
    text = "year: 2026\nsource: 测试\nstatutory: {2025-01-01: 元旦}\ndays_off: {}\nworkdays: []\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match="不是2026年"):
        read_year(path)
