"""P22 for /api/tickets: a caller with every scope sends whatever he likes; he hears a clear 2xx or 4xx."""

import json
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.gateway.errors import ApiError, on_api_error
from hotline.api import tokens
from hotline.api.tickets import ENDPOINTS, TicketsApi
from hotline.console.tables import OperatorRow
from kit import clock
from kit.db import Database
from kit.settings import ROOT
from tests.hotline.tickets.support import import_desks, opened
from tests.promises.test_p22_hostile_input_is_boring import BODIES
from tests.support.asgi import Caller
from tests.support.promise import Record, count

ODD: list[dict[str, object]] = [
    {"key": "a", "matter": "x", "category": []},
    {"key": "b", "matter": "x", "category": {"a": 1}},
    {"key": "c", "matter": "x", "consent": [{}]},
    {"key": "d", "matter": "x", "consent": "ticket"},
    {"key": "e", "matter": "x", "facts": {"people": "²"}},
    {"key": "f", "matter": "x", "facts": {"people": 10**30, "place": ["CN-32"], "employer": {"a": []}}},
    {"key": "g", "matter": "x", "facts": {"employer": "恒\x00达", "home": {}}},
    {"key": "h", "matter": "x\ud800"},
    {"key": "m", "matter": "x", "facts": {"employer": "恒\ud800达"}},
    {
        "key": "i",
        "matter": "x",
        "facts": {"matter": [], "place": "A" * 5000, "grid": "B" * 5000, "industry": "C" * 999},
    },
    {"key": "j", "text": "\x00", "to": 2**63, "version": 2**63, "outcome": [], "desk": "A" * 5000, "reason": "r"},
    {
        "key": "k",
        "text": "x",
        "to": 1,
        "version": 1,
        "outcome": "x",
        "fields": {"result": []},
        "desk": "x",
        "reason": "x",
    },
    {"key": "l", "outcome": "x", "version": 2, "fields": {"feedback_date": "99999-99-99", "result_date": 7, "a": {}}},
]
QUERIES = (
    "limit=²",
    "limit=-1",
    "view=no",
    "cursor=x",
    "cursor=W10",
    "words=%00",
    "region=%00%ff",
    "employer=%00",
    "priority=P9",
)


class Door:
    """The API with one ticket behind it, and a token that may do everything."""

    def __init__(self, database: Database) -> None:
        import_desks(database)
        with database.transaction() as session:
            self.number = opened(session).number
            operator = OperatorRow(
                login="platform", name="平台", role="lead", password_hash="x", created_at=clock.now()
            )
            operator.desk_ids = ["CN-32"]
            session.add(operator)
            session.flush()
            token = tokens.create(session, "平台", "platform", tokens.SCOPES)
        self.headers = {"authorization": f"Bearer {token}"}
        routes = TicketsApi(database).routes()
        self.app = Starlette(routes=routes, exception_handlers={ApiError: on_api_error})  # type: ignore[dict-item]

    def posts(self) -> list[str]:
        return [one.path.replace("{number}", self.number) for one in ENDPOINTS if one.method == "POST"]


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


def test_any_body(door: Door) -> None:
    caller = Caller(door.app)
    odd = [json.dumps(one).encode() for one in ODD]
    for path in door.posts():
        for body in (*BODIES.values(), *odd):
            answer = caller.post(path, content=body, headers=door.headers)
            assert 200 <= answer.status_code < 500 and json.loads(answer.text), (path, body[:200])


def test_any_query(door: Door) -> None:
    caller = Caller(door.app)
    for query in QUERIES:
        assert caller.get(f"/api/tickets?{query}", headers=door.headers).status_code in (200, 400, 409), query
    for number in ("%00", "²", "20261130-0042-7", "9" * 300, "%ff"):
        assert caller.get(f"/api/tickets/{number}", headers=door.headers).status_code == 404, number


def test_whatever_the_openapi_allows_or_forbids(door: Door, record_property: Record) -> None:
    document = yaml.safe_load(Path(ROOT / "docs" / "openapi-tickets.yml").read_text(encoding="utf-8"))
    door.app.router.routes.append(Route("/openapi.json", lambda _request: JSONResponse(document)))
    described = schemathesis.openapi.from_asgi("/openapi.json", door.app)
    tried: list[int] = []
    for operation in described.get_all_operations():
        _send(operation.ok(), door, tried)
    assert max(tried) < 500
    assert 200 in tried and 201 in tried, "nothing that was generated came through: the test looks at refusals only"
    record_property("measured", f"{len(tried)} generated requests: 0 failures of ours")


def _send(operation: schemathesis.APIOperation, door: Door, tried: list[int]) -> None:
    """Every other request is about a ticket that there is."""

    @given(case=operation.as_strategy())
    @settings(max_examples=count(15, 500), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def one(case: schemathesis.Case) -> None:
        if case.path_parameters and len(tried) % 2:
            case.path_parameters["number"] = door.number
        tried.append(case.call(headers=door.headers).status_code)

    one()
