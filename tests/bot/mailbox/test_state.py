"""What a channel must remember: in the database and in memory alike."""

import threading
from datetime import timedelta

import pytest
import time_machine

from bot.channels.base import ChannelState
from bot.channels.memory import MemoryState
from bot.mailbox.state import MailboxState
from kit import clock
from kit.db import Database


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def state(request: pytest.FixtureRequest) -> ChannelState:
    return MemoryState() if request.param == "memory" else MailboxState(request.getfixturevalue(request.param))


def test_what_is_put_is_found_until_it_expires(state: ChannelState) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        state.put("token", {"value": "一"}, ttl=60)
        state.put("token", {"value": "二"}, ttl=60)
        assert state.get("token") == {"value": "二"}
        traveller.shift(61)
        assert state.get("token") is None


def test_a_key_without_expiry_stays_until_dropped(state: ChannelState) -> None:
    state.put("poster", {"scene": "site-7"}, ttl=None)
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert state.get("poster") == {"scene": "site-7"}
    state.drop("poster")
    assert state.get("poster") is None


def test_a_key_is_new_once_and_again_after_its_time(state: ChannelState) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert state.put_new("nonce", {"body": "a"}, ttl=600)
        assert not state.put_new("nonce", {"body": "b"}, ttl=600)
        assert state.get("nonce") == {"body": "a"}
        traveller.shift(601)
        assert state.put_new("nonce", {"body": "c"}, ttl=600)


def test_of_many_at_once_one_is_first(state: ChannelState) -> None:
    free: list[bool] = []
    threads = [threading.Thread(target=lambda: free.append(state.put_new("n", {}, 60))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(free) == [False] * 7 + [True]


def test_the_sweep_removes_only_what_has_expired(database: Database) -> None:
    state = MailboxState(database)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        state.put("old", {}, ttl=1)
        state.put("kept", {}, ttl=None)
        traveller.shift(2)
        assert state.sweep() == 1
    assert state.get("kept") == {}
