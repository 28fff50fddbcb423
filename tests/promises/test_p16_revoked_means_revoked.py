"""P16: a shut account, another role or an ended session closes open streams within ten seconds and forms at once."""

import time
from collections.abc import Callable

import httpx
import pytest

from hotline.console import auth, operators
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets

BOUND = 10.0
Revoke = Callable[[Database, Operator], None]


def shut(database: Database, operator: Operator) -> None:
    with database.transaction() as session:
        operators.change(session, operator.id, by="operator:0", is_active=False)


def other_role(database: Database, operator: Operator) -> None:
    with database.transaction() as session:
        operators.change(session, operator.id, by="operator:0", role="editor")


def other_desks(database: Database, operator: Operator) -> None:
    with database.transaction() as session:
        operators.change(session, operator.id, by="operator:0", desk_ids=("CN-11",))


def end_login(database: Database, operator: Operator) -> None:
    with database.transaction() as session:
        auth.end_all_logins(session, operator.id)


REVOKED = [shut, other_role, other_desks, end_login]


@pytest.mark.parametrize("revoke", REVOKED, ids=lambda one: one.__name__)
def test_a_stream_ends_within_ten_seconds(
    revoke: Revoke,
    sqlite: Database,
    logged_in: Callable[..., Operator],
    desk_url: str,
    record_property: Callable[[str, object], None],
) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    cookies = {"desk": operator.cookie}
    with (
        httpx.Client(base_url=desk_url, cookies=cookies, timeout=60, trust_env=False) as http,
        http.stream("GET", "/desk/stream") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        revoke(sqlite, operator)
        revoked_at = time.monotonic()
        told = list(lines)
    took = time.monotonic() - revoked_at

    assert "event: ended" in told
    assert took < BOUND
    record_property("measured", f"{revoke.__name__}: stream closed after {took:.1f} s")


@pytest.mark.parametrize("revoke", REVOKED, ids=lambda one: one.__name__)
def test_a_form_is_refused_at_once(revoke: Revoke, sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    ticket = seeded.open(desk=OWN).ticket
    operator = logged_in("operator", desk_ids=(OWN,))
    page = operator.get(f"/desk/tickets/{ticket.id}")
    revoke(sqlite, operator)
    answer = operator.send(f"/desk/tickets/{ticket.id}/note", page, text="太迟了")

    assert answer.status_code == 401
    with sqlite.reading() as session:
        from hotline.tickets import service as tickets

        assert [event.kind for event in tickets.thread(session, ticket.id)] == ["opened"]
