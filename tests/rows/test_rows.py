"""Every TICKET, ROUTE and WARN row of the source systems: its example through the chat, then the ticket, desk or alert.

One stack for all rows. The rows are data: matters.yml, routes.yml, warnings.yml; the test's id is the row's id.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.tickets import desks, queries
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from hotline.tickets.tables import TicketClockRow, TicketRow
from hotline.warnings import alerts, watch
from hotline.warnings.tables import AlertRow
from kit import clock
from kit.db import Database
from tests.rows.driver import FOLDER, Played, play, rows
from tests.support.stack import Stack, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.slow]
DUTIES = ("matters", "routes", "warnings")
ROWS = {id: row for duty in DUTIES for id, row in rows(duty).items()}
THREADS = 4
PATIENT = {"GONGYOU_FALLBACK_AFTER": "100", "GONGYOU_TURN_DEADLINE": "60"}  # a cold stack may take its time
NEVER = ("预警", "橙色", "红色", "苗头", "维稳")  # words of the inner side, which no worker may read


class Desk:
    """The stack's database, and what every row's conversation came to."""

    def __init__(self, database: Database, played: dict[str, Played]) -> None:
        self.database, self.played = database, played

    def ticket(self, session: Session, id: str, at: int = 0) -> tickets.Ticket:
        found = tickets.find_by_number(session, self.played[id].numbers[at])
        assert found is not None
        return found


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="gongyou-rows-") as folder:
        data = Path(folder) / "data"
        with Stack(data, **PATIENT) as stack:
            database = Database(f"sqlite:///{data / 'gongyou.db'}")
            _prepare(database, Path(folder))
            with stack.client(timeout=60) as http, ThreadPoolExecutor(THREADS) as pool:
                jobs = {id: pool.submit(play, http, id, row) for id, row in ROWS.items()}
                yield Desk(database, {id: job.result() for id, job in jobs.items()})
            database.close()


def _prepare(database: Database, folder: Path) -> None:
    """The shipped desks and some of the tests' own; a firm on the list of those that are visited."""
    with database.transaction() as session:
        shutil.copytree(desks.FOLDER, folder / "desks")
        shutil.copy(FOLDER / "desks.yml", folder / "desks" / "zz-tests.yml")
        desks.import_files(session, folder / "desks")
        for row in ROWS.values():
            if "watched" in row:
                watch.watch(session, row["watched"], "CN-32-05-83", "走访过的困难企业", by="operator:1")


@pytest.mark.parametrize("id", ROWS)
def test_row(desk: Desk, id: str) -> None:
    row, played = ROWS[id], desk.played[id]
    assert not played.wrong, f"{played.wrong}\n" + "\n".join(played.heard)
    if "answer" in row and "say" in row:
        assert re.search(row["answer"], played.first), played.first
    if "must_not" in row:
        assert not re.search(row["must_not"], "".join(played.heard))
    assert not [word for word in NEVER if word in "".join(played.heard)]
    with database_of(desk) as session:
        _check_ticket(session, desk, id, row, played)
    if "alert" in row:
        _check_alert(desk, row)
    if "check" in row:
        CHECKS[row["check"]](desk, id, row)


def database_of(desk: Desk) -> Any:
    return desk.database.reading()


def _check_ticket(session: Session, desk: Desk, id: str, row: dict[str, Any], played: Played) -> None:
    if "form" not in row and not row.get("number"):
        return
    wanted = row.get("tickets", row.get("persons", 1))
    assert len(played.numbers) == wanted, played.heard
    ticket = desk.ticket(session, id)
    expected = {"category": row.get("category"), "priority": row.get("priority"), "group": row.get("group")}
    expected |= {"desk_id": row.get("desk"), "people_count": row.get("people")}
    found = {name: getattr(ticket, name) for name, value in expected.items() if value is not None}
    assert found == {name: value for name, value in expected.items() if value is not None}
    assert ticket.desk_id is not None
    if "copied" in row:
        assert queries.copied(session, ticket.id).get(row["copied"]) == "home"
    if wanted > 1 and "persons" not in row:
        assert len(tickets.linked(session, ticket.id)) == wanted - 1


def _check_alert(desk: Desk, row: dict[str, Any]) -> None:
    def found() -> alerts.Alert | None:
        with desk.database.reading() as session:
            wanted = select(AlertRow).where(AlertRow.subject == row["subject"]).order_by(AlertRow.level.desc())
            known = session.scalars(wanted).first()
            return alerts.alert_of(known) if known is not None else None

    def is_raised() -> bool:
        alert = found()
        return alert is not None and alert.color == row["alert"]

    wait_for(is_raised, 60, f"{row['subject']} is not {row['alert']}: {found()}")
    alert = found()
    assert alert is not None
    assert alert.rule_version
    assert alert.inputs["tickets"]
    if "rule" in row:
        assert row["rule"] in alert.inputs["rules"]
    if "kind" in row:
        assert alert.kind == row["kind"]
    if "notify" in row:
        assert row["notify"] in alert.inputs["notify"]


def _alert(session: Session, row: dict[str, Any]) -> alerts.Alert:
    wanted = select(AlertRow).where(AlertRow.subject == row["subject"]).order_by(AlertRow.level.desc())
    found = session.scalars(wanted).first()
    assert found is not None
    return alerts.alert_of(found)


def has_tasks(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.transaction() as session:
        alert = _alert(session, row)
        listed = alerts.tasks(session, alert.id)
        assert listed
        alerts.do_task(session, alert.id, listed[0].text, 1)
        step = alerts.steps(session, alert.id)[-1]
        assert (step.kind, step.actor, step.body["task"]) == ("task_done", "operator:1", listed[0].text)


def has_a_reporting_clock(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.transaction() as session:
        alert = _alert(session, row)
        assert alert.report_by is not None
        reported = alerts.report(session, alert.id, 1, "昆山市总工会")
        assert reported.report_by is None
        assert alerts.steps(session, alert.id)[-1].body["to"] == "昆山市总工会"


def weekly_rise(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.reading() as session:
        assert any(rise.sign == "disease" and rise.this_week >= 5 for rise in watch.rises(session))


def goes_up(desk: Desk, id: str, row: dict[str, Any]) -> None:
    """Nobody at the street station moves: the district has it, and the worker is told in his chat."""
    with desk.database.transaction() as session:
        ticket = desk.ticket(session, id)
        past = clock.now()
        session.execute(
            update(TicketClockRow)
            .where(TicketClockRow.ticket_id == ticket.id, TicketClockRow.kind == "close")
            .values(level=2, next_at=past)
        )
    worker = desk.played[id].worker
    assert worker is not None

    def is_told() -> bool:
        return any("接着办" in message["text"] and ticket.number in message["text"] for message in worker.read(wait=1))

    wait_for(is_told, 90, "the worker was not told that the district has it now")
    with desk.database.reading() as session:
        assert tickets.get(session, ticket.id).desk_id == "CN-32-05-83"


def carries_a_grid(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.transaction() as session:
        ticket = desk.ticket(session, id)
        changed = tickets.change(session, ticket.id, {"grid": "KS-0001"}, by=1, reason="网格", version=ticket.version)
        assert changed.grid == "KS-0001"


def adds_a_party(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.transaction() as session:
        ticket = desk.ticket(session, id)
        tickets.copy(session, ticket.id, "CN-32-05", by=1, why="三方")
        assert queries.copied(session, ticket.id)["CN-32-05"] == "三方"


def shows_copies_in_the_thread(desk: Desk, id: str, row: dict[str, Any]) -> None:
    adds_a_party(desk, id, row)
    with desk.database.reading() as session:
        ticket = desk.ticket(session, id)
        assert [event.kind for event in tickets.thread(session, ticket.id)].count("copied") == 1
        assert ticket.desk_id == "CN-32-05-83"


def stands_on_the_joint_list(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.reading() as session:
        ticket = desk.ticket(session, id)
    assert catalogue().category(ticket.category).joint
    assert "反馈日期" in tickets.missing(ticket.category, {"done": "办了", "result": "解决了"})


def closes_only_after_a_reply(desk: Desk, id: str, row: dict[str, Any]) -> None:
    fields = {"result": "解决了", "feedback_date": "2026-11-30", "feedback_result": "责令改正"}
    with desk.database.transaction() as session, pytest.raises(tickets.ClosingIncomplete, match="回话"):
        tickets.close(session, desk.ticket(session, id).id, "operator:1", "办了", fields=fields)


def notes_the_minute(desk: Desk, id: str, row: dict[str, Any]) -> None:
    with desk.database.transaction() as session:
        newest = session.scalars(select(TicketRow).where(TicketRow.priority == "P0").order_by(TicketRow.id.desc()))
        ticket = newest.first()
        assert ticket is not None
        tickets.note_time(session, ticket.id, 1, "已报110")
        last = session.scalars(select(TicketRow).filter_by(id=ticket.id)).one()
        assert last.version > 1


CHECKS: dict[str, Callable[[Desk, str, dict[str, Any]], None]] = {
    check.__name__: check
    for check in (
        has_tasks,
        has_a_reporting_clock,
        weekly_rise,
        goes_up,
        carries_a_grid,
        adds_a_party,
        shows_copies_in_the_thread,
        stands_on_the_joint_list,
        closes_only_after_a_reply,
        notes_the_minute,
    )
}
