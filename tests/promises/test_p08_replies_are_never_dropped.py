"""P8: whatever a platform does, each reply arrives, in order, with at most one marked copy for each lost answer."""

import random
import time

import pytest
from sqlalchemy import func, select

from bot.channels.base import AnswerLost, PlatformUnavailable, RateLimited
from bot.channels.memory import MemoryState
from bot.gateway.deliver import Relay
from bot.mailbox import inbox, outbox
from bot.mailbox.tables import OutboxRow
from bot.messages import Outgoing
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.fake_channel import FakeChannel

CONVERSATIONS, EACH = 8, 8
SEED = 20261121
SETTINGS = Settings(deliver_base=0.005, deliver_threads=4, lease=2.0)


def without_repeats(texts: list[str]) -> list[str]:
    return [text for place, text in enumerate(texts) if place == 0 or texts[place - 1] != text]


@pytest.mark.timeout(400)
def test_faults_and_a_killed_relay_lose_nothing(database: Database) -> None:
    chance = random.Random(SEED)
    channel = FakeChannel()
    faults = [PlatformUnavailable(), RateLimited(retry_after=0.01), PlatformUnavailable()] * 4
    chance.shuffle(faults)
    channel.before, channel.after = list(faults), [AnswerLost() for _ in range(4)]
    with database.transaction() as session:
        for number in range(EACH):
            for each in range(CONVERSATIONS):
                conversation = inbox.conversation_of(session, "telegram", "bot", f"w{each}", clock.now())
                outgoing = Outgoing(kind="answer", text=str(number))
                outbox.queue(session, conversation, outgoing, key=f"{each}:{number}", now=clock.now())
    killed = Relay(database, channel, MemoryState(), SETTINGS)
    for _ in range(3):
        killed.step()
        time.sleep(0.02)
    killed._pool.shutdown()  # what it has sent and not written is lost with it
    under_way = len(killed._in_flight) + len(killed._ended)
    _run_to_the_end(database, Relay(database, channel, MemoryState(), SETTINGS))

    expected = [str(number) for number in range(EACH)]
    for each in range(CONVERSATIONS):
        assert without_repeats(channel.got[f"w{each}"]) == expected
    extra = sum(map(len, channel.got.values())) - CONVERSATIONS * EACH
    with database.reading() as session:
        marked = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.possibly_twice)) or 0
    assert extra <= marked <= 4 + under_way


def _run_to_the_end(database: Database, relay: Relay) -> None:
    left = 1
    while left:
        relay.step()
        time.sleep(0.005)
        with database.reading() as session:
            left = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state != "sent")) or 0
    relay._pool.shutdown()
