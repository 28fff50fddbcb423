"""P17 for /api/tickets: every route x every role x every scope x own and foreign ticket; generated from the routes.

The desk's own pages have their matrix elsewhere. A new endpoint without a line in `EXPECTED` fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.gateway.errors import ApiError, on_api_error
from hotline import audit, people
from hotline.api import tokens
from hotline.api.tickets import ENDPOINTS, Endpoint, TicketsApi
from hotline.console.tables import OperatorRow
from hotline.tickets import desks
from hotline.tickets import service as tickets
from hotline.tickets.access import ACTS
from kit import clock
from kit.db import Database
from tests.support.asgi import Caller

HERE, THERE = "CN-32-05-06", "CN-22-24"
SCOPES = (*tokens.SCOPES,)
EXPECTED = {
    ("GET", "/api/tickets"): "list",
    ("GET", "/api/tickets/{number}"): "read",
    ("POST", "/api/tickets"): "create",
    ("POST", "/api/tickets/{number}/reply"): "reply",
    ("POST", "/api/tickets/{number}/note"): "note",
    ("POST", "/api/tickets/{number}/assign"): "assign",
    ("POST", "/api/tickets/{number}/transfer"): "transfer",
    ("POST", "/api/tickets/{number}/close"): "close",
}


@dataclass
class World:
    database: Database
    caller: Caller
    own: tickets.Ticket
    foreign: tickets.Ticket
    tokens: dict[tuple[str, str], str]

    def call(self, one: Endpoint, token: str, ticket: tickets.Ticket) -> int:
        path = one.path.replace("{number}", ticket.number)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if one.method == "GET":
            return self.caller.get(path, headers=headers).status_code
        return self.caller.post(path, headers=headers, json=body(ticket)).status_code


def body(ticket: tickets.Ticket) -> dict[str, Any]:
    said = {"text": "您好", "key": "k", "matter": "老板欠我工资", "to": 1, "desk": ticket.desk_id, "reason": "归他们"}
    return {**said, "version": 1, "outcome": "办好了"}


@pytest.fixture
def world(sqlite: Database) -> World:
    with sqlite.transaction() as session:
        desks.import_files(session)
        own, foreign = (_ticket(session, place) for place in (HERE, THERE))
        made = {}
        for role in ACTS:
            session.add(_operator(role, own.desk_id or ""))
        session.flush()
        for role, scope in itertools.product(ACTS, SCOPES):
            made[role, scope] = tokens.create(session, f"{role} {scope}", role, [scope])
    app = Starlette(routes=TicketsApi(sqlite).routes(), exception_handlers={ApiError: on_api_error})
    return World(sqlite, Caller(app), own, foreign, made)


def _ticket(session: Any, place: str) -> tickets.Ticket:
    facts = {"place": place, "matter": "三个月没发工资"}
    return tickets.open_ticket(session, key=place, conversation_id=None, category="T-WAGE", facts=facts, channel="call")


def _operator(role: str, desk_id: str) -> OperatorRow:
    return OperatorRow(login=role, name=role, password_hash="x", role=role, desk_ids=[desk_id], created_at=clock.now())


def test_every_route_stands_in_the_matrix() -> None:
    assert {(one.method, one.path): one.scope for one in ENDPOINTS} == EXPECTED


def test_no_forbidden_pair_gets_through(world: World, record_property: Callable[[str, object], None]) -> None:
    """For each endpoint: all roles and scopes; what is let through must be allowed by scope, role and desk together."""
    record_property(
        "measured", f"/api/tickets: {len(ENDPOINTS) * len(world.tokens) * 2} pairs, 0 forbidden let through"
    )
    for one in ENDPOINTS:
        for (role, scope), token in world.tokens.items():
            role_may = one.act in ACTS[role]
            for ticket, is_own in ((world.own, True), (world.foreign, False)):
                status = world.call(one, token, ticket)
                named = f"{one.method} {one.path} as {role} with {scope}, {'own' if is_own else 'foreign'}: {status}"
                if scope != one.scope or not role_may:
                    assert status == 403, named
                elif "{number}" in one.path and not is_own and role != "auditor":
                    assert status == 404, named
                else:
                    assert status in (200, 201, 409), named


def test_without_a_token_or_with_a_dead_one_there_is_nothing(world: World) -> None:
    token = world.tokens["operator", "list"]
    one = ENDPOINTS[0]
    assert world.call(one, token, world.own) == 200
    with world.database.transaction() as session:
        session.get_one(OperatorRow, 1).is_active = False
        for listed in tokens.every(session):
            if listed.name == "lead list":
                tokens.revoke(session, listed.id)

    for dead in ("", "x", "gy_x", token, world.tokens["lead", "list"]):
        for endpoint in ENDPOINTS:
            assert world.call(endpoint, dead, world.own) == 401, (dead[:4], endpoint.path)


def test_a_list_holds_only_own_tickets_and_no_personal_field_is_in_clear(world: World) -> None:
    with world.database.transaction() as session:
        person = people.new_person(session)
        people.consent(session, person_id=person, purpose="ticket", version="2026-11", yes=True)
        facts = {"place": HERE, "matter": "没发工资", "phone": "13800000000", "name": "测试工友"}
        made = tickets.open_ticket(
            session, key="p", conversation_id=None, category="T-WAGE", facts=facts, person_id=person, channel="call"
        )
    headers = {"authorization": f"Bearer {world.tokens['operator', 'list']}"}
    listed = world.caller.get("/api/tickets?view=all", headers=headers)
    headers = {"authorization": f"Bearer {world.tokens['operator', 'read']}"}
    read = world.caller.get(f"/api/tickets/{made.number}", headers=headers)

    numbers = {one["number"] for one in listed.json()["tickets"]}
    assert numbers == {world.own.number, made.number}
    assert read.json()["person"] == {"name": "测***", "phone": "138****0000"}
    assert "13800000000" not in listed.text + read.text


def test_acts_are_on_record_under_the_token(world: World) -> None:
    headers = {"authorization": f"Bearer {world.tokens['operator', 'note']}"}
    answer = world.caller.post(f"/api/tickets/{world.own.number}/note", headers=headers, json={"text": "查过了"})

    assert answer.status_code == 200
    with world.database.reading() as session:
        [seen] = audit.records(session, act="api.note")
    assert (seen.actor.partition(":")[0], seen.subject) == ("token", f"ticket:{world.own.id}")


def test_a_ticket_is_made_once_per_key_and_personal_fields_need_consent(world: World) -> None:
    headers = {"authorization": f"Bearer {world.tokens['operator', 'create']}"}
    said: dict[str, Any] = {"key": "12345-1", "category": "T-WAGE", "matter": "没发工资", "facts": {"place": HERE}}
    first = world.caller.post("/api/tickets", headers=headers, json=said)
    again = world.caller.post("/api/tickets", headers=headers, json=said)
    unknown = world.caller.post(
        "/api/tickets", headers=headers, json={**said, "key": "2", "facts": {"shoe_size": "42"}}
    )

    assert (first.status_code, again.json()["number"]) == (201, first.json()["number"])
    assert unknown.status_code == 400


@pytest.mark.parametrize(
    "sent", [b"[]", b"{", b"\xff", b'{"text": 5}', b'{"text": "' + b"a" * 70_000 + b'"}', b'{"text": "\\u0000"}']
)
def test_odd_bodies_get_a_clear_refusal(world: World, sent: bytes) -> None:
    headers = {"authorization": f"Bearer {world.tokens['operator', 'note']}"}
    answer = world.caller.post(f"/api/tickets/{world.own.number}/note", headers=headers, content=sent)

    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["message"]
