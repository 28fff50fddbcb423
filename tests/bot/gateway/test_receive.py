"""Stages 1 and 2 for webhooks: stored before the 200, repeated without effect, refused in clear."""

import threading
import time

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from bot.channels.base import Answer, NotForUs, Webhook
from bot.gateway.receive import MAX_BODY, Receive
from bot.mailbox import inbox, outbox
from bot.mailbox.tables import InboxRow, OutboxRow
from bot.messages import Outgoing
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from tests.support.asgi import Caller
from tests.support.fake_channel import FakeChannel
from tests.support.stack import wait_for

PATIENT = 60.0  # seconds that a door waits for a reply which comes at once, however slow the machine


class Door:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.channel = FakeChannel()
        receive = Receive(database, [self.channel], "https://gongyou.example", "key")
        self.http = Caller(Starlette(routes=receive.routes()))

    def post(self, body: str, key: str = "secret"):
        return self.http.post(f"/hooks/telegram/{key}", content=body.encode())

    def inbox(self) -> list[InboxRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(InboxRow).order_by(InboxRow.id)))

    def outbox(self) -> list[OutboxRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))

    def answer_next(self, *texts: str) -> None:
        """What a worker thread does: claim, answer, finish, ring."""
        wait_for(lambda: any(row.state == "new" for row in self.inbox()), 30, "a message is there")
        with self.database.transaction() as session:
            row = inbox.claim(session, now=clock.now(), lease=30)[0]
            inbox.done(session, row, now=clock.now())
            for ordinal, text in enumerate(texts):
                outbox.queue(
                    session,
                    row.conversation_id,
                    Outgoing(kind="answer", text=text),
                    key=f"{row.inbox_id}:{ordinal}",
                    now=clock.now(),
                    done=ordinal == len(texts) - 1,
                    inbox_id=row.inbox_id,
                )


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


def test_a_message_is_stored_before_the_platform_hears_200(door: Door) -> None:
    answer = door.post("7 A 工资没发")

    assert (answer.status_code, answer.text) == (200, "taken")
    assert [(row.external_id, row.body["text"]) for row in door.inbox()] == [("7", "工资没发")]


def test_a_repeat_is_one_row_and_the_same_answer(door: Door) -> None:
    answers = [door.post("7 A 工资没发") for _ in range(5)]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "taken")}
    assert len(door.inbox()) == 1


def test_the_same_id_with_another_body_changes_nothing(door: Door) -> None:
    door.post("7 A 工资没发")

    assert door.post("7 A 别的话").status_code == 200
    assert [row.body["text"] for row in door.inbox()] == ["工资没发"]
    assert door.inbox()[0].error.startswith("conflict")


@pytest.mark.parametrize(("body", "key", "status"), [("7 A x", "wrong", 403), ("7", "secret", 400)])
def test_what_is_forged_or_unreadable_is_refused(door: Door, body: str, key: str, status: int) -> None:
    assert door.post(body, key).status_code == status
    assert door.inbox() == []


def test_a_batch_is_stored_whole_or_not_at_all(door: Door) -> None:
    assert door.post(f"1 A 一\n2 {'B' * 200} 二").status_code == 400
    assert door.inbox() == []
    assert door.post("1 A 一\n2 B 二").status_code == 200
    assert len(door.inbox()) == 2


def test_a_body_that_no_platform_sends_is_not_read(door: Door) -> None:
    assert door.post("7 A " + "长" * MAX_BODY).status_code == 413


def test_an_unknown_channel_does_not_exist(door: Door) -> None:
    assert door.http.post("/hooks/qq/secret", content=b"").status_code == 404


def test_an_event_that_asks_nothing_leaves_no_row(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(_hook: Webhook) -> None:
        raise NotForUs("joined a group", answer=Answer("hello"))

    monkeypatch.setattr(door.channel, "parse", parse)
    answer = door.post("")

    assert (answer.status_code, answer.text) == (200, "hello")
    assert door.inbox() == []


def test_while_the_database_is_locked_the_platform_hears_503(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.receive.STORE_WITHIN", 0.3)
    door = Door(sqlite)
    release = threading.Event()

    def hold() -> None:
        with sqlite.transaction() as session:
            inbox.conversation_of(session, "telegram", "bot", "B", clock.now())
            release.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    time.sleep(0.2)
    threading.Timer(1.0, release.set).start()
    assert door.post("7 A 工资没发").status_code == 503
    holder.join()
    assert door.post("7 A 工资没发").status_code == 200
    assert len(door.inbox()) == 1


def test_what_waited_for_the_worker_goes_when_he_writes(door: Door) -> None:
    door.post("7 A 工资没发")
    door.answer_next("答")
    with door.database.transaction() as session:
        parcel = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))[0]
        outbox.record(session, parcel, outbox.Attempt("window_shut", "waiting"), now=clock.now())
    door.post("8 A 还在吗")

    assert door.outbox()[0].state == "new"


def test_a_late_report_that_it_did_not_arrive_is_shown_on_the_ticket(door: Door) -> None:
    door.post("7 A 工资没发")
    door.answer_next("答")
    with door.database.transaction() as session:
        parcel = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))[0]
        outbox.record(session, parcel, outbox.Attempt("sent", "sent"), now=clock.now())
        ticket = tickets.open_ticket(session, key="k", conversation_id=parcel.conversation_id)

    assert door.post(f"report {parcel.outbox_id}").status_code == 200
    assert door.post("report 999999").status_code == 200
    assert door.outbox()[0].state == "undeliverable"
    with door.database.reading() as session:
        assert "回执" in tickets.thread(session, ticket.id)[-1].body["text"]


def test_a_reply_that_is_ready_in_time_is_carried_by_the_answer_and_again_by_the_repeat(door: Door) -> None:
    door.channel.answers_in_place = PATIENT
    later = threading.Timer(0.05, door.answer_next, ["一", "二"])
    later.start()
    began = time.monotonic()

    assert door.post("7 A 工资没发").text == "一/二"
    assert time.monotonic() - began < PATIENT / 2
    assert [row.state for row in door.outbox()] == ["sent", "sent"]
    assert door.post("7 A 工资没发").text == "一/二"
    later.join()


def test_a_reply_that_comes_too_late_is_left_to_the_relay(door: Door) -> None:
    door.channel.answers_in_place = 0.2

    assert door.post("7 A 工资没发").text == "taken"
    door.answer_next("一")
    assert [row.state for row in door.outbox()] == ["new"]


def test_a_message_that_joins_a_persons_thread_is_acknowledged_at_once(door: Door) -> None:
    door.channel.answers_in_place = PATIENT
    threading.Timer(0.05, door.answer_next).start()
    began = time.monotonic()

    assert door.post("7 A 工资没发").text == "taken"
    assert time.monotonic() - began < PATIENT / 2


def test_what_still_waited_is_carried_first(door: Door) -> None:
    door.post("6 A 早")
    door.answer_next("先")
    door.channel.answers_in_place = PATIENT
    threading.Timer(0.05, door.answer_next, ["后"]).start()

    assert door.post("7 A 工资没发").text == "先/后"
    assert [row.state for row in door.outbox()] == ["sent", "sent"]
    assert door.post("7 A 工资没发").text == "先/后"


def test_nothing_is_carried_past_a_message_that_the_relay_is_sending(door: Door) -> None:
    door.post("6 A 早")
    door.answer_next("先")
    with door.database.transaction() as session:
        outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))
    door.channel.answers_in_place = 1.0
    threading.Timer(0.05, door.answer_next, ["后"]).start()

    assert door.post("7 A 工资没发").text == "taken"
    assert [row.state for row in door.outbox()] == ["taken", "new"]


def test_what_does_not_fit_is_left_to_the_relay(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_one(_hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        return Answer(replies[0].text) if len(replies) == 1 else None

    monkeypatch.setattr(door.channel, "reply_in_place", only_one)
    door.channel.answers_in_place = PATIENT
    threading.Timer(0.05, door.answer_next, ["一", "二"]).start()

    assert door.post("7 A 工资没发").text == "一"
    assert [row.state for row in door.outbox()] == ["sent", "new"]
