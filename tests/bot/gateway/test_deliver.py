"""Stage 7 with a channel that fails on purpose: nothing lost, order kept, at most one extra copy a lost answer."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    PlatformUnavailable,
    QuotaUsed,
    RateLimited,
    Refused,
    WindowShut,
    WorkerBlockedUs,
)
from bot.channels.memory import MemoryState
from bot.gateway.deliver import Relay
from bot.gateway.pace import Breaker, Pace
from bot.mailbox import inbox, outbox
from bot.mailbox.tables import DeliveryRow, OutboxRow
from bot.messages import Incoming, Outgoing
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.fake_channel import FakeChannel

SETTINGS = Settings(deliver_base=0.01, deliver_threads=4, lease=30.0)


class Post:
    """A database, a channel that can be told to fail, and a relay that the test turns by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.channel = FakeChannel()
        self.relay = self.new_relay()

    def new_relay(self) -> Relay:
        return Relay(self.database, self.channel, MemoryState(), SETTINGS, chance=lambda: 0.5)

    def queue(self, text: str, address: str = "A") -> str:
        with self.database.transaction() as session:
            conversation = inbox.conversation_of(session, "telegram", "bot", address, clock.now())
            outgoing = Outgoing(kind="answer", text=text)
            outbox.queue(session, conversation, outgoing, key=f"{address}:{text}", now=clock.now())
        return conversation

    def turn(self, within: float = 10.0) -> None:
        """Turn the relay until nothing is due and nothing is under way."""
        deadline = time.monotonic() + within
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < 0.1:
            assert time.monotonic() < deadline
            if self.relay.step() or self.relay._in_flight or self.relay._ended:
                idle_since = time.monotonic()
            time.sleep(0.005)

    def rows(self) -> list[OutboxRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]

    def outcomes(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(DeliveryRow.outcome).order_by(DeliveryRow.id)))

    def ticket_lines(self, ticket_id: int) -> list[str]:
        with self.database.reading() as session:
            return [event.body.get("text", "") for event in tickets.thread(session, ticket_id)]


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    yield (made := Post(database))
    made.relay._pool.shutdown()


def test_messages_arrive_in_order_and_each_attempt_is_written(post: Post) -> None:
    for number in range(10):
        for address in "ABC":
            post.queue(f"第{number}条", address)
    post.turn()

    expected = [f"第{number}条" for number in range(10)]
    assert dict(post.channel.got) == {"A": expected, "B": expected, "C": expected}
    assert post.outcomes() == ["sent"] * 30
    assert set(post.states()) == {"sent"}


def test_a_platform_that_is_down_costs_time_and_nothing_else(post: Post) -> None:
    post.channel.before = [PlatformUnavailable(), PlatformUnavailable()]
    post.queue("一")
    post.queue("二")
    post.turn()

    assert post.channel.got["A"] == ["一", "二"]
    assert post.outcomes() == ["unavailable", "unavailable", "sent", "sent"]
    assert not post.rows()[0].possibly_twice


def test_retry_after_is_honoured(post: Post) -> None:
    post.channel.before = [RateLimited(retry_after=0.7)]
    post.queue("一")
    began = time.monotonic()
    while not post.channel.got:
        post.relay.step()
        time.sleep(0.01)
        assert time.monotonic() - began < 5

    assert time.monotonic() - began >= 0.7


def test_a_lost_answer_costs_one_extra_copy_and_is_marked(post: Post) -> None:
    post.channel.after = [AnswerLost()]
    post.queue("一")
    post.queue("二")
    post.turn()

    assert post.channel.got["A"] == ["一", "一", "二"]
    assert [row.possibly_twice for row in post.rows()] == [True, False]


def test_parts_that_arrived_are_not_repeated(post: Post) -> None:
    post.queue("甲|乙|丙")
    post.channel.after = [AnswerLost(parts_done=2)]
    post.turn()

    assert post.channel.got["A"] == ["甲", "乙", "丙", "丙"]


@pytest.mark.parametrize("error", [WindowShut(), QuotaUsed()], ids=["45015", "45047"])
def test_behind_a_shut_window_a_reply_waits_for_the_worker(post: Post, error: WindowShut) -> None:
    conversation = post.queue("一")
    post.queue("二")
    with post.database.transaction() as session:
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    post.channel.before = [error]
    post.turn()

    assert post.states() == ["waiting", "new"]
    assert "等工人下次来消息" in post.ticket_lines(ticket.id)[-1]
    with post.database.transaction() as session:
        assert outbox.release(session, conversation, now=clock.now()) == 1
    post.turn()
    assert post.channel.got["A"] == ["一", "二"]


def test_who_writes_while_his_window_shuts_is_answered_at_once(post: Post) -> None:
    post.queue("一")
    with post.database.transaction() as session:
        parcel = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))[0]
        inbox.accept(session, Incoming("telegram", "bot", "A", "9", "还在吗"), now=clock.now(), key="k")
        outbox.record(session, parcel, outbox.Attempt("window_shut", "waiting"), now=clock.now())

    assert post.states() == ["new"]


@pytest.mark.parametrize("error", [Refused(), WorkerBlockedUs()], ids=["refused", "blocked"])
def test_what_can_never_arrive_is_shown_on_the_ticket_and_blocks_nothing(post: Post, error: Refused) -> None:
    conversation = post.queue("一")
    post.queue("二")
    with post.database.transaction() as session:
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    post.channel.before = [error]
    post.turn()

    assert post.states() == ["undeliverable", "sent"]
    assert post.ticket_lines(ticket.id)[-1].startswith("第1条消息没有送达")


def test_a_wrong_token_gives_up_only_after_a_day(post: Post) -> None:
    """48001, 401 and the like: somebody must act, and until then each message keeps its place."""
    post.channel.always = ChannelMisconfigured("token refused")
    conversation = post.queue("一")
    with post.database.transaction() as session:
        ticket = tickets.open_ticket(session, key="k", conversation_id=conversation)
    post.turn()
    assert (post.states(), post.channel.calls) == (["new"], 1)

    post.relay = post.new_relay()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        post.turn()
    assert post.states() == ["undeliverable"]
    assert "配置或权限不对" in post.ticket_lines(ticket.id)[-1]


def test_our_own_mistake_stops_one_message_after_five_attempts(post: Post) -> None:
    post.channel.before = [ValueError("x")] * 5
    post.queue("一")
    post.turn()
    post.queue("二", "B")
    post.turn()

    assert post.outcomes() == ["broken"] * 5 + ["sent"]
    assert post.states() == ["undeliverable", "sent"]


def test_a_worker_killed_between_sending_and_writing_costs_one_marked_copy(post: Post) -> None:
    post.queue("一")
    with post.database.transaction() as session:
        parcel = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))[0]
    post.relay._attempt(parcel, deadline=time.monotonic() + 10)  # sent; the process dies before it writes
    post.relay = post.new_relay()
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        post.turn()

    assert post.channel.got["A"] == ["一", "一"]
    assert (post.states(), post.rows()[0].possibly_twice) == (["sent"], True)


def test_who_slept_past_half_the_lease_does_not_send(post: Post) -> None:
    post.queue("一")
    with post.database.transaction() as session:
        parcel = outbox.claim(session, now=clock.now(), lease=30, limit=1, channels=("telegram",))[0]

    assert post.relay._attempt(parcel, deadline=time.monotonic() - 1).attempt.outcome == "not_started"
    assert post.channel.calls == 0


def test_a_platform_that_stays_down_is_left_alone(post: Post) -> None:
    post.channel.always = PlatformUnavailable()
    for address in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        post.queue("一", address)
    for _ in range(60):
        post.relay.step()
        time.sleep(0.005)

    assert post.channel.calls <= 21  # five failures, and what was under way when they opened the breaker
    post.channel.always = None
    deadline = time.monotonic() + 10
    while set(post.states()) != {"sent"} and time.monotonic() < deadline:
        post.relay.step()
        time.sleep(0.005)
    assert len(post.channel.got) == 26


def test_the_pace_of_a_channel_is_kept() -> None:
    pace = Pace(rate=20)
    pace.spend(pace.room())
    assert pace.room() == 0
    time.sleep(0.11)
    assert 2 <= pace.room() <= 4


def test_the_breaker_opens_tries_once_and_closes() -> None:
    breaker = Breaker(after=2, pause=0.05)
    assert [breaker.failed(), breaker.failed(), breaker.failed()] == [False, True, False]
    assert breaker.room() == 0
    time.sleep(0.06)
    assert breaker.room() == 1
    breaker.succeeded()
    assert breaker.room() is None
