"""A real Kannel with its fake SMSC as the phone: both directions, long Chinese messages, delivery reports."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette

from bot.channels.memory import MemoryState
from bot.channels.sms import Sms
from bot.channels.sms.kannel import Kannel
from bot.gateway.deliver import Relay
from bot.gateway.receive import Receive
from bot.mailbox import outbox
from bot.mailbox.tables import DeliveryRow, InboxRow
from bot.messages import Outgoing
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.kannel import NUMBER, KannelMissing, KannelServer, free_port

pytestmark = [pytest.mark.kannel, pytest.mark.slow]

SECRET = "k" * 32


class Gateway:
    """Our webhooks on a real port, and a relay turned by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def serve(self, kannel_url: str) -> None:
        driver = Kannel(kannel_url, "gongyou", "made-up", NUMBER, SECRET, self.url)
        self.sms = Sms(driver, NUMBER, MemoryState())
        self.relay = Relay(self.database, self.sms, MemoryState(), Settings(deliver_threads=2))
        app = Starlette(routes=Receive(self.database, [self.sms], self.url, "key").routes())
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="warning"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.relay._pool.shutdown()
        self.sms.close()

    def inbox(self) -> list[InboxRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(InboxRow)))

    def has(self, outcome: str) -> bool:
        self.relay.step()
        return outcome in self.outcomes()

    def outcomes(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(DeliveryRow.outcome).order_by(DeliveryRow.id)))


def wait_for(what: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + 15
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


@pytest.fixture
def gateway(sqlite: Database, tmp_path: Path) -> Iterator[tuple[Gateway, KannelServer]]:
    made = Gateway(sqlite)
    try:
        server = KannelServer(tmp_path, f"{made.url}/hooks/sms/{SECRET}")
    except KannelMissing as missing:
        pytest.skip(f"needs {missing}")
    with server:
        made.serve(server.url)
        yield made, server
        made.close()


def test_a_message_comes_in_and_its_long_answer_goes_out_and_is_reported(
    gateway: tuple[Gateway, KannelServer],
) -> None:
    ours, kannel = gateway
    kannel.phone(f"13800000000 {NUMBER} text 老板欠薪")
    wait_for(lambda: len(ours.inbox()) == 1, "the phone's message reached the inbox")
    row = ours.inbox()[0]
    assert (row.body["text"], row.channel, row.account) == ("老板欠薪", "sms", NUMBER)

    answer = Outgoing(kind="answer", text="可以要回来，先去劳动监察投诉。" * 10)
    with ours.database.transaction() as session:
        outbox.queue(session, row.conversation_id, answer, key="k", now=clock.now())
    wait_for(lambda: ours.has("sent"), "smsbox took the answer")
    wait_for(lambda: ours.has("delivered"), "the report came")
    wait_for(lambda: "Got message 3" in kannel.phone_log(), "three parts reached the phone")

    assert sorted(ours.outcomes()) == ["delivered", "sent"]
    assert len(ours.inbox()) == 1  # our HTTP answer to smsbox was sent to nobody
