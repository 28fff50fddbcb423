"""What was given up is not forgotten: a person tries it again or ends it with a reason, and no word of it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.mailbox.tables import InboxRow, OutboxRow
from hotline import audit
from kit import clock
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets


@pytest.fixture
def given_up(sqlite: Database) -> Tickets:
    """One message that crashed the bot and one reply that no platform took, of the same worker."""
    seeded = Tickets(sqlite)
    seeded.desks()
    seeded.open("T-WAGE", "telegram", facts={"matter": "三个月没发工资"})
    with sqlite.transaction() as session:
        came, went = session.get_one(InboxRow, 1), session.get_one(OutboxRow, 1)
        came.state, came.error, came.finished_at = "buried", "it crashed its worker too often", clock.now()
        went.state, went.attempts, went.finished_at = "undeliverable", 5, clock.now()
    return seeded


def row(database: Database, table: type[Any]) -> tuple[str, int]:
    with database.reading() as session:
        found = session.get_one(table, 1)
        return found.state, found.attempts


@pytest.mark.parametrize(("box", "table"), [("in", InboxRow), ("out", OutboxRow)])
def test_it_goes_on_its_way_again(
    given_up: Tickets, logged_in: Callable[..., Operator], box: str, table: type[Any]
) -> None:
    lead = logged_in("lead", desk_ids=(OWN,))
    assert lead.send(f"/desk/stuck/{box}/1", act="again").status_code == 303
    assert row(given_up.database, table) == ("new", 0)
    assert lead.send(f"/desk/stuck/{box}/1", act="again").status_code == 409
    with given_up.database.reading() as session:
        assert audit.records(session, act="stuck.sent_again")[0].actor == f"operator:{lead.id}"


@pytest.mark.parametrize(("box", "table", "state"), [("in", InboxRow, "done"), ("out", OutboxRow, "ended")])
def test_it_is_ended_only_with_a_reason(
    given_up: Tickets, logged_in: Callable[..., Operator], box: str, table: type[Any], state: str
) -> None:
    lead = logged_in("lead", desk_ids=(OWN,))
    before = row(given_up.database, table)
    assert lead.send(f"/desk/stuck/{box}/1", act="end").status_code == 409
    assert row(given_up.database, table) == before

    lead.send(f"/desk/stuck/{box}/1", act="end", why="电话里说清了")
    assert row(given_up.database, table)[0] == state
    with given_up.database.reading() as session:
        assert audit.records(session, act="stuck.ended")[0].detail == {"why": "电话里说清了"}
    assert "没有。" in lead.get("/desk/stuck")


def test_no_word_is_shown_and_the_ticket_only_to_who_handles_tickets(
    given_up: Tickets, logged_in: Callable[..., Operator]
) -> None:
    lead, system = logged_in("lead").get("/desk/stuck"), logged_in("system").get("/desk/stuck")

    assert "/desk/tickets/1" in lead
    assert "/desk/tickets/1" not in system
    for page in (lead, system):
        assert "没发工资" not in page
        assert "劳动监察" not in page
