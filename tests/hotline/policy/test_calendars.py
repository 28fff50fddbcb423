"""A year's holidays that the desk publishes count at once, in sums and in the clocks of tickets."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hotline.policy import calendars, records
from hotline.policy.current import build_base
from hotline.policy.errors import PolicyError
from hotline.tickets import settings
from kit import clock
from kit.db import Database

BODY = """year: 2027
source: 编的，只为测试
statutory: {2027-01-01: 元旦}
days_off: {2027-01-01: 元旦, 2027-03-09: 编的假}
workdays: [2027-03-13]
"""
PATH = "calendars/2027.yml"


def published(database: Database, body: str) -> None:
    with database.transaction() as session:
        records.import_files(session)
        number = records.save_draft(session, PATH, body, "operator:1")
        records.publish(session, number, "operator:2")


def test_it_counts_in_the_base_and_in_the_clocks(sqlite: Database) -> None:
    with sqlite.reading() as session:
        assert not calendars.in_force(session).holds(2027)
        assert calendars.in_force(session).holds(2026)
    published(sqlite, BODY)

    with sqlite.reading() as session:
        for held in (calendars.in_force(session), build_base(session).calendar):
            assert held.is_workday(date(2027, 3, 13))  # a Saturday made up for
            assert not held.is_workday(date(2027, 3, 9))  # a Tuesday off
            assert held.holds(2026)
        schedule = settings.schedule_of(session, None)
        assert schedule.is_open(datetime(2027, 3, 13, 10, tzinfo=clock.SHANGHAI))
        assert not schedule.is_open(datetime(2027, 3, 9, 10, tzinfo=clock.SHANGHAI))


def test_the_next_version_takes_its_place(sqlite: Database) -> None:
    published(sqlite, BODY)
    published(sqlite, BODY.replace("2027-03-09: 编的假", "2027-03-10: 编的假"))

    with sqlite.reading() as session:
        assert calendars.in_force(session).is_workday(date(2027, 3, 9))
        assert not calendars.in_force(session).is_workday(date(2027, 3, 10))


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("2027-03-13", "2026-03-13"),
        BODY.replace("workdays", "work"),
        BODY.replace("year: 2027", "year: 2028"),
        BODY.replace("[2027-03-13]", "[2027-03-09]"),
        BODY.replace("[2027-03-13]", "soon"),
    ],
)
def test_a_year_that_cannot_be_is_refused(sqlite: Database, body: str) -> None:
    with pytest.raises(PolicyError), sqlite.transaction() as session:
        records.import_files(session)
        records.save_draft(session, PATH, body, "operator:1")
