"""P20: every deadline of the table is exact, whatever the machine's zone, after a clock jump and after a restart."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from bot.mailbox import outbox
from hotline.tickets import clocks, escalation, events, legal
from hotline.tickets import service as tickets
from hotline.tickets.tables import DeskRow
from kit import clock
from kit.db import Database
from knowledge.loader import shipped
from tests.hotline.tickets.support import at, conversation, import_desks, opened

CASES = yaml.safe_load((Path(__file__).parent / "deadlines.yml").read_text(encoding="utf-8"))
ZONES = ("UTC", "America/New_York")
OF_PRIORITY = {"P0": "T-CRISIS", "P1": "T-LAYOFF", "P2": "T-CONTRACT", "P3": "T-SUGGEST"}


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def test_the_table_has_forty_cases() -> None:
    assert len(CASES) == 40


def test_every_deadline_of_the_table_is_exact(
    sqlite: Database, zone: str, record_property: Callable[[str, object], None]
) -> None:
    wrong = []
    for n, case in enumerate(CASES):
        due = _play(sqlite, n, case)
        if due != case["due"]:
            wrong.append(f"{case['why']}: {due} is not {case['due']}")
    record_property("measured", f"{len(CASES) - len(wrong)} of {len(CASES)} exact with TZ={zone}")
    assert wrong == []


def _play(database: Database, n: int, case: dict[str, Any]) -> str:
    with database.transaction() as session, at(case["opened"]):
        _desk(session, case)
        limits = {"arbitration": clock.today() + timedelta(days=case["days_left"])} if "days_left" in case else None
        facts = {"matter": "说一件事", "place": "CN-32-05-83"}
        ticket = tickets.open_ticket(
            session,
            key=f"k{n}",
            conversation_id=conversation(session, f"c{n}"),
            category=OF_PRIORITY[case["priority"]],
            facts=facts,
            limits=limits,
        )
        assert ticket.priority == case["priority"]
    if "wait" in case:
        with database.transaction() as session, at(case["wait"]):
            events.append(session, events.load(session, ticket.id), "waiting", "operator:1", {})
        with database.transaction() as session, at(case["wrote"]):
            tickets.message_in(session, ticket.id, "材料发你了", inbox_id=1)
    with database.reading() as session:
        (due,) = (one.due_at for one in clocks.of(session, ticket.id) if one.kind == case["clock"])
        return clock.local(due).strftime("%Y-%m-%d %H:%M:%S")


def _desk(session: Session, case: dict[str, Any]) -> None:
    values = {"hours": case.get("hours", "08:30-17:30"), "days_off": case.get("days_off", [])}
    row = session.merge(DeskRow(id="K", region="CN-32-05-83", kind="district", title="昆山", **values))
    session.flush()
    assert row.hours == values["hours"]


def test_a_clock_climbs_once_a_step_and_a_clock_that_jumps_changes_nothing(database: Database) -> None:
    import_desks(database)
    with at("2026-11-30 10:00"), database.transaction() as session:
        talk = conversation(session)
        ticket = opened(session, talk=talk)
        assert ticket.desk_id == "CN-32-05-83"
    steps = (
        ("2026-12-01 08:59", 0),
        ("2026-12-01 09:00", 1),  # an hour before it is due
        ("2026-12-01 08:00", 1),  # the machine's clock was set back
        ("2026-12-01 09:59", 1),
        ("2026-12-01 10:00", 2),  # due: the supervisor
        ("2026-12-01 11:00", 2),  # an hour forward
        ("2026-12-02 10:00", 3),  # a working day later: the desk above
    )
    for moment, level in steps:
        with at(moment):
            for _ in range(2):  # a restart in between repeats nothing
                escalation.run(database)
            with database.reading() as session:
                told = [
                    event for event in tickets.thread(session, ticket.id) if event.kind in ("reminded", "escalated")
                ]
                assert len(told) == level, moment
    with database.reading() as session:
        moved = tickets.get(session, ticket.id)
        said = [row.body["text"] for row in outbox.after(session, talk, 0)]
    assert (moved.desk_id, moved.number) == ("CN-32-05", ticket.number)
    assert len(said) == 1
    assert ticket.number in said[0]


def test_limits_of_the_matter_run_beside_and_are_not_let_pass_unseen(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        facts = {"injury_date": "2026-11-20", "award_date": "2026-11-27"}
        limits = legal.limits("T-INJURY", facts, shipped(), clock.today())
        assert limits["injury_employer_30_days"] == date(2026, 12, 21)  # the 20th is a Sunday
        assert limits["injury_worker_one_year"] == date(2027, 11, 22)  # the 20th is a Saturday
        assert limits["court_15_days"] == date(2026, 12, 14)  # the 12th is a Saturday
        with sqlite.transaction() as session:
            ticket = opened(session, category="T-CULTURE", limits={"court_15_days": limits["court_15_days"]})
            assert ticket.priority == "P1"
    seen: list[int] = []
    for day in range(1, 16):
        with at(f"2026-12-{day:02d} 09:00"):
            escalation.run(sqlite)
            with sqlite.reading() as session:
                told = [event.body for event in tickets.thread(session, ticket.id) if event.kind == "reminded"]
                seen = [body["days_left"] for body in told if body["clock"] == "legal:court_15_days"]
    assert seen == [7, 3, 1, 0]
