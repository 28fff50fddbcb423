"""Webhooks against a real receiver: signed, repeated under one id, never to a private address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine

from hotline import hooks
from hotline.hooks import calling, service, signing
from hotline.hooks.calling import BadAddress
from hotline.tickets import desks
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.settings import Settings, settings


class Receiver:
    """Another system: remembers what it was sent and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}/in"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    allowing = settings().model_copy(update={"hooks_loopback": True})
    monkeypatch.setattr(service, "settings", lambda: allowing)
    made = Receiver()
    yield made
    made.close()


def happen(database: Database, key: str) -> tickets.Ticket:
    with database.transaction() as session:
        if not desks.every(session):
            desks.import_files(session)
        facts = {"place": "CN-32-05-06", "matter": "老板欠我三个月工资"}
        return tickets.open_ticket(
            session, key=key, conversation_id=None, category="T-WAGE", facts=facts, channel="call"
        )


def add(database: Database, receiver: Receiver, *kinds: str) -> tuple[hooks.Hook, str]:
    with database.transaction() as session:
        return hooks.add(session, receiver.url, kinds, by="operator:1")


def now() -> float:
    return clock.now().timestamp()


def is_right(secret: str, sent: tuple[dict[str, str], bytes], at: float) -> bool:
    headers, body = sent
    return signing.is_right(secret, headers[signing.SIGNATURE], headers[signing.TIMESTAMP], body, at)


def test_an_event_arrives_signed_and_without_a_word_of_the_worker(database: Database, receiver: Receiver) -> None:
    _, secret = add(database, receiver)
    ticket = happen(database, "a")
    hooks.run(database)
    hooks.run(database)

    [sent] = [one for one in receiver.got if json.loads(one[1])["event"] == "opened"]
    said: dict[str, Any] = json.loads(sent[1])
    assert is_right(secret, sent, now())
    assert said["ticket"]["number"] == ticket.number
    assert said["id"] == sent[0][signing.DELIVERY]
    assert "工资" not in sent[1].decode()
    assert not is_right("another", sent, now())
    assert not is_right(secret, (sent[0], sent[1] + b" "), now())
    assert not is_right(secret, sent, now() + signing.TOLERANCE + 5)


def test_a_failure_is_tried_again_under_the_same_id_and_logged(sqlite: Database, receiver: Receiver) -> None:
    hook, _ = add(sqlite, receiver, "opened")
    receiver.answers = [500, 302]
    happen(sqlite, "a")
    began = clock.now()
    for after in (0, 5, 11, 32):
        with time_machine.travel(began + timedelta(seconds=after + 1), tick=False):
            hooks.run(sqlite)

    ids = {headers[signing.DELIVERY] for headers, _ in receiver.got}
    with sqlite.reading() as session:
        log = [(call.status, call.error) for call in hooks.calls(session, hook.id)]
    assert (len(receiver.got), len(ids)) == (3, 1)
    assert log == [(204, ""), (302, "status 302"), (500, "status 500")]


def test_only_what_was_asked_for_and_only_from_then_on(sqlite: Database, receiver: Receiver) -> None:
    happen(sqlite, "before")
    add(sqlite, receiver, "note")
    ticket = happen(sqlite, "after")
    with sqlite.transaction() as session:
        tickets.note(session, ticket.id, 1, "打过电话")
    hooks.run(sqlite)

    assert [json.loads(body)["event"] for _, body in receiver.got] == ["note"]


def test_for_a_day_both_secrets_sign(sqlite: Database, receiver: Receiver) -> None:
    hook, old = add(sqlite, receiver, "opened")
    with sqlite.transaction() as session:
        new = hooks.rotate(session, hook.id, by="operator:1")
    happen(sqlite, "a")
    hooks.run(sqlite)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        happen(sqlite, "b")
        hooks.run(sqlite)
        later = now()

    assert is_right(old, receiver.got[0], now()) and is_right(new, receiver.got[0], now())
    assert not is_right(old, receiver.got[1], later) and is_right(new, receiver.got[1], later)


def test_a_receiver_that_stays_dead_is_given_up_and_can_be_asked_again(sqlite: Database, receiver: Receiver) -> None:
    add(sqlite, receiver, "opened")
    receiver.answers = [500] * service.TRIES
    happen(sqlite, "a")
    at = clock.now()
    for _ in range(service.TRIES + 3):
        with time_machine.travel(at, tick=False):
            hooks.run(sqlite)
        at += timedelta(hours=7)
    assert len(receiver.got) == service.TRIES

    delivery = receiver.got[0][0][signing.DELIVERY]
    with time_machine.travel(at, tick=False):
        with sqlite.transaction() as session:
            hooks.send_again(session, delivery, by="operator:1")
        hooks.run(sqlite)
    assert len(receiver.got) == service.TRIES + 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/in",
        "ftp://example.com/in",
        "https://127.0.0.1/in",
        "https://localhost/in",
        "https://10.0.0.8/in",
        "https://192.168.1.1/in",
        "https://169.254.169.254/latest",
        "https://[::1]/in",
        "https://[::ffff:10.0.0.8]/in",
        "https://0.0.0.0/in",
        "https://user:pass@example.com/in",
        "https:///in",
    ],
)
def test_no_private_address_is_ever_called(url: str) -> None:
    with pytest.raises(BadAddress):
        calling.check(url, loopback=False)
    assert calling.post(url, b"", {}, loopback=False).status == 0


def test_loopback_is_off_by_default_and_opens_nothing_else() -> None:
    assert Settings().hooks_loopback is False
    assert calling.check("http://localhost:9/in", loopback=True)[0] == "localhost"
    with pytest.raises(BadAddress):
        calling.check("https://10.0.0.8/in", loopback=True)


def test_while_it_rests_nothing_goes_out_and_nothing_is_lost(sqlite: Database, receiver: Receiver) -> None:
    hook, _ = add(sqlite, receiver, "opened")
    receiver.answers = [500]
    happen(sqlite, "before")
    hooks.run(sqlite)
    with sqlite.transaction() as session:
        hooks.pause(session, hook.id, by="operator:1")
    happen(sqlite, "meanwhile")
    began = clock.now()
    with time_machine.travel(began + timedelta(minutes=5), tick=False):
        hooks.run(sqlite)
        assert len(receiver.got) == 1
        with sqlite.transaction() as session:
            hooks.resume(session, hook.id, by="operator:1")
        hooks.run(sqlite)

    assert len({headers[signing.DELIVERY] for headers, _ in receiver.got}) == 2
    with sqlite.reading() as session:
        assert hooks.counts(session, hook.id) == {"sent": 2}
