"""Stages 3 to 6 with a fake Rasa: nothing lost, nothing doubled, never silence; on both engines."""

from datetime import timedelta

import numpy as np
import pytest
import time_machine
from sqlalchemy import select

from bot import replies
from bot.gateway.converse import Converse, rescue
from bot.gateway.rasa_client import RasaAway, RasaFailed
from bot.mailbox import inbox
from bot.mailbox.tables import ConversationRow, InboxRow, OutboxRow
from bot.messages import Incoming, Outgoing
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.recent import Recent
from kit.settings import Settings
from tests.support.fake_rasa import FakeRasa

SETTINGS = Settings(retry_base=0.01, lease=5.0, fallback_after=10.0, max_attempts=5)


class Room:
    """A database, a fake Rasa and a worker loop that the test turns by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rasa = FakeRasa()
        self.converse = Converse(database, self.rasa, lambda _: np.zeros(384, np.float32), Recent(10), SETTINGS)

    def send(self, text: str, external_id: str = "1", sender: str = "worker") -> int:
        incoming = Incoming(channel="web", account="", address=sender, external_id=external_id, text=text)
        with self.database.transaction() as session:
            return inbox.accept(session, incoming, now=clock.now(), key="test").inbox_id

    def texts(self) -> list[str]:
        with self.database.reading() as session:
            return [row.body["text"] for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]

    def state(self, inbox_id: int) -> str:
        with self.database.reading() as session:
            return session.get_one(InboxRow, inbox_id).state

    def open_tickets(self) -> list[tickets.Ticket]:
        with self.database.reading() as session:
            return tickets.list_open(session)


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


def test_a_message_is_answered_once(room: Room) -> None:
    sent = room.send("工资没发")

    assert room.converse.step() == 1
    assert room.converse.step() == 0
    assert room.texts() == ["答：工资没发"]
    assert room.state(sent) == "done"


def test_while_a_person_owns_the_conversation_the_bot_is_silent(room: Room) -> None:
    room.send("你好")
    room.converse.step()
    with room.database.transaction() as session:
        conversation = session.scalars(select(ConversationRow.id)).one()
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
        tickets.claim(session, ticket.id, 1, version=ticket.version)
    room.send("老板又赖账", "2")
    room.converse.step()

    assert len(room.rasa.turns) == 1
    with room.database.reading() as session:
        assert [event.kind for event in tickets.thread(session, ticket.id)] == ["opened", "assigned", "message_in"]


def test_until_an_operator_comes_the_bot_goes_on_and_the_words_join_the_ticket(room: Room) -> None:
    room.send("你好")
    room.converse.step()
    with room.database.transaction() as session:
        conversation = session.scalars(select(ConversationRow.id)).one()
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    room.send("老板又赖账", "2")
    room.converse.step()

    assert room.texts()[-1] == "答：老板又赖账"
    with room.database.reading() as session:
        assert [event.kind for event in tickets.thread(session, ticket.id)] == ["opened", "message_in"]


def test_handing_back_lets_the_bot_resume(room: Room) -> None:
    room.send("你好")
    room.converse.step()
    with room.database.transaction() as session:
        conversation = session.scalars(select(ConversationRow.id)).one()
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    with room.database.transaction() as session:
        tickets.give_back(session, ticket.id, 1, "已联系工会")
    room.send("那我还能做什么", "2")
    room.converse.step()

    assert room.texts()[-1] == "答：那我还能做什么"


def test_an_operator_replies_once_however_often_the_form_is_sent(room: Room) -> None:
    room.send("转人工")
    room.converse.step()
    with room.database.transaction() as session:
        conversation = session.scalars(select(ConversationRow.id)).one()
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    for _ in range(2):
        with room.database.transaction() as session:
            tickets.reply(session, ticket.id, 1, "我是工会老王", key="reply:1")

    assert room.texts().count("我是工会老王") == 1


def test_a_message_that_meets_a_dead_rasa_is_answered_when_it_is_back(room: Room) -> None:
    room.rasa.failures = [RasaAway("dead")]
    sent = room.send("工资没发")
    room.converse.step()
    assert room.state(sent) == "new"

    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False):
        room.converse.step()
    assert room.texts() == ["答：工资没发"]
    assert room.open_tickets() == []


def test_after_ten_seconds_the_worker_hears_one_sentence_and_the_late_answer_says_sorry(room: Room) -> None:
    room.rasa.failures = [RasaAway("dead")]
    room.send("工资没发")
    room.converse.step()
    start = clock.now()
    with time_machine.travel(start + timedelta(seconds=11), tick=False):
        rescue(room.database, waited=10.0)
        rescue(room.database, waited=10.0)
        assert room.texts() == [replies.FIXED_SENTENCE]
        assert [ticket.reason for ticket in room.open_tickets()] == ["failure"]
    with time_machine.travel(start + timedelta(seconds=20), tick=False):
        room.converse.step()

    assert room.texts() == [replies.FIXED_SENTENCE, f"{replies.SORRY_LATE}答：工资没发"]
    assert room.open_tickets() == []


def test_a_late_answer_that_names_the_ticket_of_the_waiting_keeps_it(room: Room) -> None:
    room.rasa.failures = [RasaAway("dead")]
    room.send("转人工")
    room.converse.step()
    start = clock.now()
    with time_machine.travel(start + timedelta(seconds=11), tick=False):
        rescue(room.database, waited=10.0)
    number = room.open_tickets()[0].number
    room.rasa.turn = lambda _turn: [Outgoing(kind="ticket", text="你的工单号", ticket=number)]  # type: ignore[method-assign]
    with time_machine.travel(start + timedelta(seconds=20), tick=False):
        room.converse.step()

    assert [ticket.number for ticket in room.open_tickets()] == [number]


def test_a_turn_that_fails_five_times_is_given_to_a_person(room: Room) -> None:
    room.rasa.always = RasaFailed("500")
    sent = room.send("工资没发")
    for second in range(1, 6):
        with time_machine.travel(clock.now() + timedelta(seconds=second * 10), tick=False):
            room.converse.step()

    assert room.state(sent) == "buried"
    assert room.texts() == [replies.FIXED_SENTENCE]
    assert len(room.open_tickets()) == 1


def test_a_message_that_crashes_its_worker_is_buried_and_stops_nobody(room: Room) -> None:
    poison = room.send("坏消息", "1", "A")
    healthy = room.send("好消息", "2", "B")
    start = clock.now()
    for crash in range(SETTINGS.max_attempts):
        with (
            time_machine.travel(start + timedelta(seconds=crash * 6), tick=False),
            room.database.transaction() as session,
        ):
            claimed = inbox.claim(session, now=clock.now(), lease=5.0, limit=1)
            assert claimed[0].inbox_id == poison
            if claimed[0].crashes >= inbox.SUSPECT:
                inbox.begin_alone(session, claimed[0])
    with time_machine.travel(start + timedelta(seconds=31), tick=False):
        while room.converse.step():
            pass

    assert (room.state(poison), room.state(healthy)) == ("buried", "done")


def test_the_press_of_a_button_reaches_rasa_as_a_press(room: Room) -> None:
    incoming = Incoming(
        channel="web", account="", address="w", external_id="1", text="转人工", kind="button", payload="human"
    )
    with room.database.transaction() as session:
        inbox.accept(session, incoming, now=clock.now(), key="test")
    room.converse.step()

    assert room.rasa.turns[0].press == "human"
    assert room.rasa.turns[0].vector is None


def test_a_voice_gets_a_kind_sentence_and_no_guess(room: Room) -> None:
    incoming = Incoming(channel="telegram", account="", address="A", external_id="1", kind="voice")
    with room.database.transaction() as session:
        inbox.accept(session, incoming, now=clock.now(), key="test")
    room.converse.step()

    assert room.rasa.turns == []
    assert room.texts()[0].startswith("语音我还听不了")


def test_a_picture_with_words_is_answered_by_its_words(room: Room) -> None:
    incoming = Incoming(
        channel="telegram", account="", address="A", external_id="1", kind="image", text="这样的工资条对吗"
    )
    with room.database.transaction() as session:
        inbox.accept(session, incoming, now=clock.now(), key="test")
    room.converse.step()

    assert room.texts() == ["答：这样的工资条对吗"]
