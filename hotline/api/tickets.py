"""`/api/tickets`: what another system may do with tickets. Each route names its scope and its act; both are asked.

Personal data are masked here as at the desk; there is no way to reveal them by a token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.gateway.chat import read_json
from bot.gateway.errors import ApiError
from bot.mailbox.wake import bell
from hotline import audit, people
from hotline.api import tokens
from hotline.api.tokens import Token
from hotline.tickets import access, queries
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from hotline.tickets.shapes import Ticket
from kit.db import Database

Doing = Callable[[Session, "Call", "Ticket | None"], Any]
SHOWN = (
    *("number", "category", "priority", "state", "summary", "people_count", "region", "place", "employer", "industry"),
    *("channel", "desk_id", "owner_id", "version", "opened_at", "updated_at", "first_act_at", "closed_at"),
    *("satisfaction", "home_region"),
)
HIDDEN_EVENTS = ("alerted",)
MOST_TEXT, MOST_LISTED, MOST_NUMBER = 4000, 50, 10**12
ODD = re.compile("[\x00\ud800-\udfff]")  # what no database stores


@dataclass(frozen=True)
class Call:
    """One request: who, what he sent."""

    token: Token
    viewer: access.Viewer
    body: dict[str, Any]
    query: dict[str, str]

    def text(self, name: str, *, most: int = MOST_TEXT) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > most or ODD.search(value):
            raise ApiError(400, "bad_field", f"{name} 要写1到{most}个字", field=name)
        return value.strip()

    def facts(self, name: str) -> dict[str, Any]:
        """An object whose values are words, numbers, yes or no, or lists of words."""
        value = self.body.get(name) or {}
        if not isinstance(value, dict) or not all(_is_fact(one) for one in (*value, *value.values())):
            raise ApiError(400, "bad_field", f"{name} 应当是一个对象，里面是文字、数字或是否", field=name)
        return value

    def number(self, name: str) -> int:
        value = self.body.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            raise ApiError(400, "bad_field", f"{name} 应当是整数", field=name)
        return value


def _is_fact(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_TEXT and not ODD.search(value)
    if isinstance(value, list):
        return len(value) <= MOST_LISTED and all(isinstance(one, str) and _is_fact(one) for one in value)
    return value is None or (isinstance(value, (bool, int, float)) and -MOST_NUMBER <= value <= MOST_NUMBER)


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    scope: str
    act: str
    run: Doing


ENDPOINTS: list[Endpoint] = []


def endpoint(method: str, path: str, scope: str, act: str) -> Callable[[Doing], Doing]:
    def made(function: Doing) -> Doing:
        ENDPOINTS.append(Endpoint(method, path, scope, act, function))
        return function

    return made


class TicketsApi:
    def __init__(self, database: Database) -> None:
        self._database = database

    def routes(self) -> list[BaseRoute]:
        return [Route(one.path, self._handler(one), methods=[one.method]) for one in ENDPOINTS]

    def _handler(self, one: Endpoint) -> Callable[[Request], Any]:
        async def handler(request: Request) -> Response:
            body = await read_json(request) if one.method == "POST" else {}
            answer = await run_in_threadpool(self._run, one, request, body)
            bell.ring("outbox")
            return JSONResponse(answer, status_code=201 if one.act == "open" else 200, headers=NO_STORE)

        return handler

    def _run(self, one: Endpoint, request: Request, body: dict[str, Any]) -> Any:
        try:
            with self._database.transaction() as session:
                call = _call(session, one, request, body)
                ticket = _ticket(session, call, one, request.path_params.get("number"))
                answer = one.run(session, call, ticket)
                if one.method == "POST":
                    subject = f"ticket:{ticket.id}" if ticket else "tickets"
                    audit.record(session, f"token:{call.token.id}", f"api.{one.scope}", subject)
                return answer
        except tickets.TicketNotFound as error:
            raise _not_there() from error
        except tickets.TicketChanged as error:
            raise ApiError(409, "changed", str(error), field="version") from error
        except tickets.TicketError as error:
            raise ApiError(409, "not_possible", str(error)) from error


NO_STORE = {"cache-control": "no-store"}


def _call(session: Session, one: Endpoint, request: Request, body: dict[str, Any]) -> Call:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    token = tokens.who(session, given)
    if token is None:
        raise ApiError(401, "token_needed", "要带有效的令牌：Authorization: Bearer gy_...")
    viewer = access.viewer(session, token.operator_id, token.role, token.desk_ids)
    if one.scope not in token.scopes or not access.may(viewer, one.act):
        raise ApiError(403, "not_allowed", f"这个令牌不能做这件事（要有 {one.scope}）")
    return Call(token, viewer, body, dict(request.query_params))


def _ticket(session: Session, call: Call, one: Endpoint, number: str | None) -> Ticket | None:
    """The ticket of the path; one that he may not read is as good as none."""
    if number is None:
        return None
    found = None if ODD.search(number) else tickets.find_by_number(session, number)
    if found is None:
        raise _not_there()
    copied = queries.copied(session, found.id)
    if not access.may(call.viewer, "read", found, copied=copied):
        raise _not_there()
    if not access.may(call.viewer, one.act, found, copied=copied):
        raise ApiError(403, "not_allowed", "这张工单不归这个令牌的台")
    return found


def _not_there() -> ApiError:
    return ApiError(404, "not_found", "没有这张工单", field="number")


def as_json(value: Any) -> dict[str, Any]:
    """A ticket or a line of the list, without anything that leads to a person."""
    found = {name: getattr(value, name) for name in SHOWN if hasattr(value, name)}
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in found.items()}


@endpoint("GET", "/api/tickets", "list", "read")
def listed(session: Session, call: Call, _ticket: Ticket | None) -> dict[str, Any]:
    asked = call.query
    names = ("category", "region", "priority", "channel", "employer", "words", "cursor")
    limit = asked.get("limit", "50")
    if not limit.isdecimal():
        raise ApiError(400, "bad_field", "limit 应当是数字", field="limit")
    view: Any = asked.get("view", "desk")
    if view not in queries.VIEWS:
        raise ApiError(400, "bad_field", f"view 可以是 {'、'.join(queries.VIEWS)}", field="view")
    chosen: dict[str, Any] = {name: asked.get(name, "") for name in names}
    if odd := [name for name, value in chosen.items() if ODD.search(value)]:
        raise ApiError(400, "bad_field", f"{odd[0]} 里有不是文字的符号", field=odd[0])
    wanted = queries.Filter(view=view, limit=int(limit[:4]), **chosen)
    page = queries.find(session, wanted, call.viewer)
    return {"tickets": [as_json(line) for line in page.lines], "next": page.next}


@endpoint("GET", "/api/tickets/{number}", "read", "read")
def read(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    events = [
        {"seq": event.seq, "kind": event.kind, "at": event.at.isoformat(), "actor": event.actor, "body": event.body}
        for event in tickets.thread(session, ticket.id)
        if call.viewer.sees_alerts or event.kind not in HIDDEN_EVENTS
    ]
    person = {}
    if ticket.person_id is not None:
        held = people.held(session, ticket.person_id)
        person = {name: people.masked(session, ticket.person_id, name) for name in held}
    audit.record(session, f"token:{call.token.id}", "api.read", f"ticket:{ticket.id}")
    return {**as_json(ticket), "events": events, "person": person}


@endpoint("POST", "/api/tickets", "create", "open")
def create(session: Session, call: Call, _ticket: Ticket | None) -> dict[str, Any]:
    """Once per `key`, however often it is sent. Personal fields need `consent`, as everywhere."""
    category = call.body.get("category", "T-OTHER")
    if not isinstance(category, str) or category not in catalogue().categories:
        raise ApiError(400, "bad_field", "没有这个类别", field="category")
    facts = call.facts("facts")
    if not all(people.catalogue().knows(name) for name in facts):
        raise ApiError(400, "bad_field", "facts 里有目录之外的项（docs/api.md）", field="facts")
    person = people.new_person(session)
    for purpose in _consents(call):
        version = people.catalogue().version
        people.consent(session, person_id=person, purpose=purpose, version=version, yes=True)
    try:
        made = tickets.open_ticket(
            session,
            key=f"api:{call.token.id}:{call.text('key', most=80)}",
            conversation_id=None,
            category=category,
            reason="api",
            facts={**facts, "matter": call.text("matter", most=1000)},
            actor=f"operator:{call.token.operator_id}",
            person_id=person,
            channel="api",
        )
    except people.ConsentMissing as error:
        raise ApiError(409, "consent_needed", str(error), field="consent") from error
    return as_json(made)


def _consents(call: Call) -> list[str]:
    given = call.body.get("consent") or []
    if not isinstance(given, list) or any(
        not isinstance(one, str) or one not in people.catalogue().purposes for one in given
    ):
        raise ApiError(400, "bad_field", "consent 是同意了的用途的列表", field="consent")
    return [str(one) for one in given]


@endpoint("POST", "/api/tickets/{number}/reply", "reply", "reply")
def reply(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    key = f"api:{call.token.id}:{call.text('key', most=80)}"
    tickets.reply(session, ticket.id, call.token.operator_id, call.text("text"), key=key)
    return as_json(tickets.get(session, ticket.id))


@endpoint("POST", "/api/tickets/{number}/note", "note", "note")
def note(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    tickets.note(session, ticket.id, call.token.operator_id, call.text("text"))
    return as_json(tickets.get(session, ticket.id))


@endpoint("POST", "/api/tickets/{number}/assign", "assign", "assign")
def assign(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    by, version = call.token.operator_id, call.number("version")
    return as_json(tickets.assign(session, ticket.id, call.number("to"), by=by, version=version))


@endpoint("POST", "/api/tickets/{number}/transfer", "transfer", "transfer")
def transfer(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    by, version, desk = call.token.operator_id, call.number("version"), call.text("desk", most=64)
    return as_json(tickets.transfer(session, ticket.id, desk, by=by, reason=call.text("reason"), version=version))


@endpoint("POST", "/api/tickets/{number}/close", "close", "close")
def close(session: Session, call: Call, ticket: Ticket | None) -> dict[str, Any]:
    assert ticket is not None
    fields = call.facts("fields")
    actor, version = f"operator:{call.token.operator_id}", call.number("version")
    closed = tickets.close(session, ticket.id, actor, call.text("outcome"), fields=fields, version=version)
    return as_json(closed)
