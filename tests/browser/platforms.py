"""The far end of a channel for the desk's tests: its real client, our relay, and a platform of our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.channels.base import Channel
from bot.channels.sms import Sms
from bot.channels.telegram import Telegram
from bot.channels.wechat import WeChat
from bot.channels.wechat.envelope import Keys
from bot.channels.wechat.window import Ledger
from bot.gateway.deliver import Relay
from bot.mailbox.state import MailboxState
from kit import clock
from kit.db import Database
from kit.settings import Settings
from tests.support.fake_driver import FakeDriver
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.fake_wechat import APP_ID, SECRET, FakeWeChat

PATIENCE = 60
WORKER = "700000001"  # as a number: Telegram knows no others

Got = Callable[[], list[str]]


@contextmanager
def _telegram(state: MailboxState) -> Iterator[tuple[Channel, Got]]:
    with FakeTelegram() as platform:
        channel = Telegram(TOKEN, ("s" * 40,), state, platform.url)
        yield channel, lambda: [one["text"] for one in platform.sent if one["chat_id"] == WORKER]
        channel.close()


@contextmanager
def _wechat(state: MailboxState) -> Iterator[tuple[Channel, Got]]:
    Ledger(state).opened(WORKER, "message", clock.now().timestamp())  # he wrote a moment ago
    with FakeWeChat() as platform:
        channel = WeChat(Keys(APP_ID, ("token",), "a" * 43, plain_allowed=True), SECRET, state, platform.url)
        yield channel, lambda: [text for follower, text in platform.sent if follower == WORKER]
        channel.close()


@contextmanager
def _sms(state: MailboxState) -> Iterator[tuple[Channel, Got]]:
    driver = FakeDriver()
    channel = Sms(driver, "12351", state, per_number=20, per_day=50)
    yield channel, lambda: [text for number, text, _ in driver.sent if number == WORKER]
    channel.close()


PLATFORMS = {"telegram": _telegram, "wechat": _wechat, "sms": _sms}


def carried(channel: str, database: Database, words: str) -> list[str]:
    """Carry what waits in the outbox to the platform until these words are there; what the worker has then."""
    state = MailboxState(database)
    with PLATFORMS[channel](state) as (made, got):
        relay = Relay(database, made, state, Settings(deliver_threads=1))
        deadline = time.monotonic() + PATIENCE
        while words not in got():
            assert time.monotonic() < deadline, got()
            relay.step()
            time.sleep(0.02)
        relay.stopping.set()
        relay.run()
        return got()
