"""P6: whatever is wrong with Rasa or the actions, each message ends answered or in a person's hands, and soon."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from bot import replies
from bot.gateway.converse import Converse, Workers, rescue
from bot.gateway.rasa_client import RasaClient
from bot.mailbox.tables import InboxRow, OutboxRow
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.fake_rasa_http import ANSWERS, FAILURES, FakeRasaHttp
from tests.support.promise import Record, count
from tests.support.stack import Stack, Worker, wait_for
from tests.support.workers import door, is_drained

EACH = count(4, 40)
SETTINGS = Settings(turn_deadline=0.5, fallback_after=1.5, lease=4.0, retry_base=0.05, worker_threads=4)
NOWHERE = "http://127.0.0.1:9"


@contextmanager
def answering(database: Database, url: str) -> Iterator[None]:
    rasa = RasaClient((url,), "secret", SETTINGS.turn_deadline)
    workers = Workers(Converse(database, rasa, lambda _: np.zeros(384, np.float32), Recent(10), SETTINGS), SETTINGS)
    workers.start()
    try:
        yield
    finally:
        workers.stop(10)
        rasa.close()


def send(database: Database) -> None:
    caller = door(database)
    for number in range(EACH):
        caller.post("/hooks/telegram/secret", content=f"{number} worker-{number} 工资没发{number}".encode())


def everybody_heard(database: Database) -> bool:
    rescue(database, waited=SETTINGS.fallback_after)
    with database.reading() as session:
        return len(set(session.scalars(select(OutboxRow.conversation_id)))) == EACH


def check_handed_off(database: Database) -> float:
    """All have the fixed sentence and a ticket; returns the longest wait for it in seconds."""
    with database.reading() as session:
        rows = session.execute(
            select(InboxRow.received_at, OutboxRow.created_at, OutboxRow.body)
            .join(OutboxRow, OutboxRow.inbox_id == InboxRow.id)
            .where(OutboxRow.key.like("fallback:%"))
        ).all()
        opened = {ticket.conversation_id for ticket in tickets.list_open(session)}
    assert [body["text"] for _, _, body in rows] == [replies.FIXED_SENTENCE] * EACH
    assert len(opened) == EACH
    return max((told - received).total_seconds() for received, told, _ in rows)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("failure", ["down", *FAILURES])
def test_each_failure_of_rasa_ends_with_a_person_and_then_an_answer(
    database: Database, failure: str, record_property: Record
) -> None:
    with FakeRasaHttp() as rasa:
        rasa.mode = failure
        with answering(database, NOWHERE if failure == "down" else rasa.url):
            send(database)
            wait_for(lambda: everybody_heard(database), 200, "everybody has heard something")
            longest = check_handed_off(database)
        rasa.mode = ANSWERS
        rasa.go_on.set()
        with answering(database, rasa.url):
            wait_for(lambda: is_drained(database), 200, "nothing stays open once Rasa is back")
    with database.reading() as session:
        late = [row for row in session.scalars(select(InboxRow)) if row.lease_until and row.lease_until < clock.now()]
        texts = [body["text"] for body in session.scalars(select(OutboxRow.body).where(OutboxRow.key.like("turn:%")))]
        buried = [row for row in session.scalars(select(InboxRow)) if row.state == "buried"]
    assert late == []
    assert len(texts) + len(buried) == EACH
    assert all(text.startswith(replies.SORRY_LATE) for text in texts)
    record_property("measured", f"{failure}: {EACH} of {EACH} heard, the last after {longest:.1f} s (bound 1.5 s)")


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_real_rasa_that_stands_still(tmp_path: Path, record_property: Record) -> None:
    with Stack(tmp_path) as stack, stack.client() as http:
        worker = Worker(http)
        worker.ask("你好")
        os.kill(stack.pid("rasa"), signal.SIGSTOP)
        began = time.monotonic()
        heard = worker.ask("老板拖欠我三个月工资怎么办", within=240)
        took = time.monotonic() - began
        os.kill(stack.pid("rasa"), signal.SIGCONT)
        answered = [heard[-1]]
        while answered[-1]["kind"] == "fallback":
            fresh = worker.read(wait=5)
            assert time.monotonic() - began < 150, "no answer after Rasa is back"
            answered += fresh
    assert (heard[-1]["text"], heard[-1]["kind"]) == (replies.FIXED_SENTENCE, "fallback")
    assert heard[-1]["ticket"]
    assert replies.SORRY_LATE.strip() in answered[1]["text"]
    record_property("measured", f"real Rasa stopped: fallback with ticket after {took:.1f} s, answered once it went on")


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_action_server_is_down(tmp_path: Path, record_property: Record) -> None:
    with Stack(tmp_path, GONGYOU_ACTIONS_URL=f"{NOWHERE}/internal/actions") as stack, stack.client() as http:
        began = time.monotonic()
        heard = Worker(http).ask("老板拖欠我三个月工资怎么办", within=240)
    assert (heard[-1]["text"], bool(heard[-1]["ticket"])) == (replies.FIXED_SENTENCE, True)
    record_property("measured", f"actions down: fallback with ticket after {time.monotonic() - began:.1f} s")
