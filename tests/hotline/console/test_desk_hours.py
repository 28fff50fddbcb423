"""A lead sets the hours of his own desk: new clocks count by them, and an import of the files leaves them alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from hotline import audit
from hotline.tickets import desks, settings
from kit import clock
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets

PAGE = f"/desk/hours/{OWN}"


@pytest.fixture
def lead(sqlite: Database, logged_in: Callable[..., Operator]) -> Operator:
    Tickets(sqlite).desks()
    return logged_in("lead", desk_ids=(OWN,))


def is_open(database: Database, moment: datetime) -> bool:
    with database.reading() as session:
        return settings.schedule_of(session, desks.get(session, OWN)).is_open(moment)


def at(day: int, hour: int) -> datetime:
    """December 2026; the second is a Wednesday."""
    return datetime(2026, 12, day, hour, tzinfo=clock.SHANGHAI)


def test_new_hours_count_and_outlive_an_import(sqlite: Database, lead: Operator) -> None:
    assert not is_open(sqlite, at(2, 19))
    assert lead.send(PAGE, begins="12:00", ends="20:00", days_off="2026-12-31\n2026-12-30").status_code == 303
    with sqlite.transaction() as session:
        desks.import_files(session)
        assert desks.get(session, OWN).days_off == ("2026-12-30", "2026-12-31")
        assert audit.records(session, act="desk.hours_set")[0].actor == f"operator:{lead.id}"

    assert is_open(sqlite, at(2, 19))
    assert not is_open(sqlite, at(2, 9))
    assert not is_open(sqlite, at(31, 13))
    lead.send(PAGE, act="file")
    assert not is_open(sqlite, at(2, 19))
    assert is_open(sqlite, at(2, 9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": "20:00", "ends": "08:00"},
        {"begins": "25:00", "ends": "26:00"},
        {"begins": "early"},
        {"days_off": "2026-02-30"},
        {"days_off": "new year"},
    ],
)
def test_hours_that_cannot_be_are_refused(sqlite: Database, lead: Operator, wrong: dict[str, str]) -> None:
    assert lead.send(PAGE, **{"begins": "08:00", "ends": "17:00", "days_off": "", **wrong}).status_code == 409
    with sqlite.reading() as session:
        assert desks.get(session, OWN).hours_by is None
