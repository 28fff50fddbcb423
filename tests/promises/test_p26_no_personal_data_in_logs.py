"""P26: logs, metrics, traces and errors carry no personal data, on the good road and on every bad one.

Four canaries (identity number, phone, name, bank number) go through the doors, the turn, the actions, the desk's acts
and the API; each is also put into the message of an exception that some library might raise. Afterwards nothing that
was logged, counted or answered holds any of them.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np
import pytest
from prometheus_client import REGISTRY, generate_latest
from sqlalchemy import select, text
from starlette.applications import Starlette

from actions.server import ActionServer
from bot.gateway.app import on_error
from bot.gateway.chat import Chat
from bot.gateway.converse import Converse
from bot.gateway.errors import ApiError, on_api_error
from bot.gateway.rasa_client import RasaAway, RasaError
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow
from commands import trace
from hotline import audit, people
from hotline.api.tickets import TicketsApi
from hotline.health import snapshot
from hotline.health.prometheus import families
from kit import clock, log
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.asgi import Caller
from tests.support.fake_channel import FakeChannel
from tests.support.fake_rasa import FakeRasa

CANARIES = {
    "identity": "11010519491231002X",
    "phone": "13800000000",
    "name": "金丝雀王某",
    "bank": "6222021234567890123",
}
WORDS = "我叫{name}，身份证{identity}，电话{phone}，卡号{bank}，老板不发工资".format(**CANARIES)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that this process would write to its log."""
    held = io.StringIO()
    before = logging.getLogger().handlers[:]
    monkeypatch.setattr(sys, "stderr", held)
    log.set_up("DEBUG")
    yield held
    logging.getLogger().handlers[:] = before


def broken(*_: object, **__: object) -> None:
    """What a library does that puts its input into its message."""
    raise ValueError(f"cannot use {WORDS}")


class BrokenRasa(FakeRasa):
    def turn(self, turn):  # type: ignore[no-untyped-def]
        raise self.failures.pop(0)


def doors_and_turns(database: Database, said: list[str]) -> None:
    settings = Settings(session_rate=1000, address_per_minute=100_000, max_attempts=1)
    receive = Receive(database, [FakeChannel()], "https://gongyou.example", "key")
    app = Starlette(
        routes=[*receive.routes(), *Chat(database, settings, "key").routes()],
        exception_handlers={ApiError: on_api_error, Exception: on_error},
    )
    caller = Caller(app)
    said.append(caller.post("/hooks/telegram/secret", content=f"1 A {WORDS}".encode()).text)
    said.append(caller.post("/hooks/telegram/secret", content=f"1 A 另一句{WORDS}".encode()).text)  # conflict
    said.append(caller.post("/hooks/telegram/wrong", content=WORDS.encode()).text)
    for body in ({"text": WORDS}, {"text": WORDS * 200}, {"text": WORDS, "session": WORDS}, {"payload": WORDS}):
        said.append(caller.post("/api/chat/messages", json=body).text)
    said.append(caller.post("/api/chat/messages", content=WORDS.encode()).text)
    rasa = BrokenRasa()
    rasa.failures = [RasaAway(WORDS), RasaError(WORDS)] * 20
    converse = Converse(database, rasa, lambda _: np.zeros(384, np.float32), Recent(10), settings)
    for _ in range(6):
        with suppress(IndexError):
            converse.step(5)


def actions_that_break(said: list[str]) -> None:
    server = ActionServer({"action_answer": broken}, Recent(10), "secret", 5.0)  # type: ignore[dict-item]
    caller = Caller(Starlette(routes=server.routes()))
    tracker = {"sender_id": "c", "slots": {"talk": None}, "latest_message": {"text": WORDS}, "events": []}
    call = {"next_action": "action_answer", "sender_id": "c", "tracker": tracker, "domain": {}}
    answer = caller.post("/internal/actions", json=call, headers={"x-gongyou-secret": "secret"})
    assert answer.status_code == 500
    said.append(answer.text)
    said.append(caller.post("/internal/actions", content=WORDS.encode(), headers={"x-gongyou-secret": "secret"}).text)


def the_desk_and_the_database(database: Database, said: list[str]) -> None:
    with database.transaction() as session:
        person = people.for_conversation(session, "c")
        with pytest.raises(people.ConsentMissing) as refused:
            people.seal(session, person, "phone", WORDS)
        said.append(str(refused.value))
        people.consent(session, conversation_id="c", purpose="ticket", version="2026-11", yes=True)
        people.seal(session, person, "phone", CANARIES["phone"])
        people.seal(session, person, "name", CANARIES["name"])
        people.reveal(session, person, "phone", actor="operator:1", why="回电")
    try:
        with database.transaction() as session:
            session.execute(text("INSERT INTO no_such_table VALUES (:said)"), {"said": WORDS})
    except Exception:
        log.logger("test").exception("the database refused")
    caller = Caller(Starlette(routes=TicketsApi(database).routes(), exception_handlers={ApiError: on_api_error}))
    said.append(
        caller.post("/api/tickets", json={"matter": WORDS}, headers={"authorization": f"Bearer {WORDS!a}"}).text
    )
    with database.reading() as session:
        said.append(json.dumps([one.detail for one in audit.records(session)], ensure_ascii=False))


def what_administrators_look_at(database: Database, said: list[str]) -> None:
    """The road of every message as `./gongyou trace` prints it, and the rows' own metrics."""
    with database.reading() as session:
        numbers = session.scalars(select(InboxRow.id)).all()
        roads = [trace.road(session, str(number)) for number in numbers]
        health = snapshot.take(session, clock.now())
    assert roads and all(roads)
    said += [f"{step.where} {step.what}" for road in roads for step in road]
    said += [str(family.samples) for family in families(health)]


def libraries_that_complain() -> None:
    for raising in (broken, lambda: json.loads(f"{{{WORDS}"), lambda: {}[WORDS], lambda: int(WORDS)):  # type: ignore[index]
        try:
            raising()
        except Exception:
            log.logger("test").exception("failed", address=WORDS, name=CANARIES["name"])
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")


def test_no_canary_is_logged_counted_or_answered(
    database: Database, logged: io.StringIO, record_property: Callable[[str, object], None]
) -> None:
    said: list[str] = []
    doors_and_turns(database, said)
    actions_that_break(said)
    the_desk_and_the_database(database, said)
    libraries_that_complain()
    what_administrators_look_at(database, said)

    lines = logged.getvalue()
    counted = generate_latest(REGISTRY).decode()
    assert lines.count("\n") > 10, "the bad roads were not taken"
    for kind, canary in CANARIES.items():
        for where, held in (("log", lines), ("metrics", counted), ("answers", "\n".join(said))):
            assert canary not in held, f"{kind} in {where}: ...{held[max(0, held.find(canary) - 300) :][:400]}"
            assert json.dumps(canary)[1:-1] not in held, f"{kind}, escaped, in {where}"
    record_property("measured", f"{len(CANARIES)} canaries, {lines.count(chr(10))} lines, {len(said)} answers: 0 found")
