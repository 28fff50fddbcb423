"""P22: whatever comes by webhook or to the chat's API is answered by a clear 2xx or 4xx, never by a failure of ours."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.channels.base import Channel, Webhook
from bot.gateway.chat import Chat
from bot.gateway.errors import ApiError, on_api_error
from bot.gateway.receive import Receive
from bot.gateway.uploads import Uploads
from bot.mailbox.tables import InboxRow
from hotline.evidence.store import Store
from kit.db import Database
from kit.settings import ROOT, Settings
from tests.promises import test_p21_forged_webhooks_leave_no_row as right
from tests.support.asgi import Caller
from tests.support.promise import Record, count

PUBLIC, NOBODY = "https://gongyou.example", "nobody-knows-this-session"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><FromUserName>&b;</FromUserName></xml>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


def zip_bomb() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 50_000_000)
    return made.getvalue()


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "ten megabytes": b"x" * 10_000_000,
    "one line of a megabyte": b'{"text": "' + b"a" * 1_000_000 + b'"}',
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000,
    "deep XML": b"<a>" * 10_000,
    "entities": ENTITIES,
    "an outside entity": OUTSIDE,
    "half an UTF-8": b'{"text": "\xe5\xb7"}',
    "lone surrogates": b'{"text": "\\ud800\\udfff\\ud800", "update_id": 1}',
    "zeros": b"\x00" * 1000,
    "NUL in words": b'{"text": "a\\u0000b", "update_id": 2}',
    "right to left": '{"text": "\u202e\u2066\u200f工资\u202c"}'.encode(),
    "numbers beyond all": b'{"update_id": 1e400, "message": {"date": 99999999999999999999}}',
    "not a number": b'{"update_id": NaN, "text": Infinity}',
    "lists for words": b'{"text": [[]], "session": {}, "id": [], "payload": {}, "as": []}',
    "a zip bomb": zip_bomb(),
    "a form": b"From=%00&Body=%ff%fe&MessageSid=" + b"S" * 500,
    "many fields": b"&".join(b"a%d=1" % n for n in range(5000)),
    "CDATA": b"<xml><Content><![CDATA[x]]]]><![CDATA[>]]></Content><Encrypt></Encrypt></xml>",
}


@pytest.fixture
def api(sqlite: Database, tmp_path: Path) -> Starlette:
    limits = Settings(session_rate=1e6, session_burst=10**6, address_per_minute=10**6)
    routes = [*Chat(sqlite, limits, "key").routes(), *Uploads(sqlite, Store(tmp_path), "key").routes()]
    return Starlette(routes=routes, exception_handlers={ApiError: on_api_error})  # type: ignore[dict-item]


@pytest.fixture(params=["telegram", "kannel", "twilio", "wechat"])
def webhook(request: pytest.FixtureRequest, sqlite: Database) -> Iterator[tuple[Caller, Channel, Webhook]]:
    """A door whose caller knows the secrets: what he brings passes to the parsers."""
    channel, good, _ = getattr(right, request.param)()
    yield Caller(Starlette(routes=Receive(sqlite, [channel], PUBLIC, "key").routes())), channel, good
    channel.close()


@pytest.mark.parametrize("name", BODIES)
def test_webhooks(webhook: tuple[Caller, Channel, Webhook], name: str, sqlite: Database) -> None:
    caller, channel, good = webhook
    for hook in (replace(good, body=BODIES[name]), replace(good, body=BODIES[name], query={}, headers={})):
        status = right.send(caller, channel, hook).status_code
        assert status in (200, 400, 403, 413), f"{channel.name}: {status}"
    with sqlite.reading() as session:
        assert (session.scalar(select(func.count()).select_from(InboxRow)) or 0) <= 1


def test_queries_of_text_messages(sqlite: Database) -> None:
    channel, good, _ = right.kannel()
    caller = Caller(Starlette(routes=Receive(sqlite, [channel], PUBLIC, "key").routes()))
    odd = [{"from": "1", "bytes": "%ff", "coding": "2"}, {"from": "x" * 5000, "id": "1", "bytes": "a"}]
    for query in (*odd, {"report": "9" * 99}):
        assert right.send(caller, channel, replace(good, query=query)).status_code in (200, 400, 403)
    channel.close()


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(
    "path", ["/api/chat/messages", "/api/chat/files?session=nobody-knows-this-session&consent=yes"]
)
def test_the_chat(api: Starlette, name: str, path: str) -> None:
    answer = Caller(api).post(path, content=BODIES[name])
    assert answer.status_code in (202, 400, 404, 413, 415)
    assert json.loads(answer.text)


def test_whatever_the_openapi_allows_or_forbids(api: Starlette, record_property: Record) -> None:
    """Schemathesis makes valid and broken requests of docs/openapi.yml; none of them is a failure of ours."""
    document = yaml.safe_load((ROOT / "docs" / "openapi.yml").read_text(encoding="utf-8"))
    api.router.routes.append(Route("/openapi.json", lambda _request: JSONResponse(document)))
    described = schemathesis.openapi.from_asgi("/openapi.json", api)
    tried: list[int] = []
    for operation in described.get_all_operations():
        send_generated(operation.ok(), tried)
    assert max(tried) < 500
    record_property("measured", f"{len(BODIES)} bodies on 6 doors, {len(tried)} generated requests: 0 failures of ours")


def send_generated(operation: schemathesis.APIOperation, tried: list[int]) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=count(15, 500), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def one(case: schemathesis.Case) -> None:
        tried.append(case.call().status_code)

    one()
