"""P12: under a flood, what is acknowledged is kept and worked off; one flooder is slowed down and nobody else is.

How fast an acknowledgement stays is measured by `./gongyou bench ack`; speed is not asserted here.
"""

import threading
import time

import numpy as np
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.responses import Response

from bot.gateway.chat import Chat
from bot.gateway.converse import Converse, Workers
from bot.gateway.errors import ApiError, on_api_error
from bot.gateway.rasa_client import Turn
from bot.mailbox.tables import InboxRow, OutboxRow
from bot.messages import Outgoing
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.asgi import Caller
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import door, is_drained

FLOOD = count(120, 5000)
PATIENCE = count(200, 2000)  # seconds; a slow machine takes in twenty a second, five thousand from eight senders


class SlowRasa:
    """Four workers answer about a hundred messages a second; the flood comes at several times that."""

    def turn(self, turn: Turn) -> list[Outgoing]:
        time.sleep(0.04)
        return [Outgoing(kind="answer", text=f"答：{turn.text}")]


@pytest.fixture
def page(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """The chat's API with the limits as shipped, in one moment: on a slow machine a flood would be no flood."""
    moment = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: moment)
    chat = Chat(sqlite, Settings(), "key")
    return Caller(Starlette(routes=chat.routes(), exception_handlers={ApiError: on_api_error}))  # type: ignore[dict-item]


def write(page: Caller, text: str, client: str) -> Response:
    return page.post("/api/chat/messages", json={"text": text}, client=(client, 50000))  # type: ignore[return-value]


@pytest.mark.timeout(2 * PATIENCE + 200)
def test_what_was_acknowledged_is_worked_off(database: Database, record_property: Record) -> None:
    settings = Settings(worker_threads=4)
    workers = Workers(
        Converse(database, SlowRasa(), lambda _: np.zeros(384, np.float32), Recent(10), settings), settings
    )
    workers.start()
    caller = door(database)
    statuses: list[int] = []

    def flood(first: int) -> None:
        for number in range(first, FLOOD, 8):
            body = f"{number} worker-{number % 50} 第{number}句".encode()
            statuses.append(caller.post("/hooks/telegram/secret", content=body).status_code)

    threads = [threading.Thread(target=flood, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with database.reading() as session:
        waiting = session.scalar(select(func.count()).select_from(InboxRow).where(InboxRow.state != "done")) or 0
    wait_for(lambda: is_drained(database), PATIENCE, "the backlog is worked off")
    workers.stop(10)
    with database.reading() as session:
        answered = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.key.like("turn:%")))
    assert statuses == [200] * FLOOD
    assert answered == FLOOD
    record_property("measured", f"{FLOOD} acknowledged at once, backlog of {waiting} worked off, none lost")


def test_one_flooder_is_slowed_down_and_others_are_not(page: Caller, sqlite: Database, record_property: Record) -> None:
    flood = [write(page, f"第{number}句", "203.0.113.9") for number in range(100)]
    refused = [answer for answer in flood if answer.status_code == 429]
    assert len(flood) - len(refused) == Settings().address_per_minute
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert write(page, "我也有事", "203.0.113.10").status_code == 202
    assert door(sqlite).post("/hooks/telegram/secret", content=b"1 worker hello").status_code == 200
    record_property("measured", f"flood of 100 from one address: {len(refused)} refused, other doors open")


@pytest.mark.parametrize("words", ["我不想活了", "老板不给钱我就从楼上跳下去"])
def test_crisis_words_pass_whatever_the_limit_says(page: Caller, words: str) -> None:
    while write(page, "你好", "203.0.113.9").status_code != 429:
        pass
    assert write(page, words, "203.0.113.9").status_code == 202
