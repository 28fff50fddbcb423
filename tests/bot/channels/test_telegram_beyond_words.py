"""Telegram beyond words: files, typing, and what `channels check` says."""

from collections.abc import Iterator

import pytest

from bot.channels.base import Refused
from bot.channels.memory import MemoryState
from bot.channels.telegram import Telegram
from tests.support.fake_telegram import TOKEN, FakeTelegram

PUBLIC = "https://gongyou.example"


@pytest.fixture
def platform() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def channel(platform: FakeTelegram) -> Iterator[Telegram]:
    made = Telegram(TOKEN, ("s" * 40,), MemoryState(), platform.url)
    yield made
    made.close()


def test_a_photograph_is_fetched_up_to_the_limit(channel: Telegram, platform: FakeTelegram) -> None:
    platform.files["f1"] = b"\xff\xd8\xff" + b"x" * 1000

    assert channel.fetch("f1", 5000) == platform.files["f1"]
    for reference, most in (("f1", 100), ("unknown", 5000)):
        with pytest.raises(Refused):
            channel.fetch(reference, most)


def test_typing_is_shown_and_its_failure_has_no_weight(channel: Telegram, platform: FakeTelegram) -> None:
    channel.typing("7")
    assert platform.typed == ["7"]
    platform.close()
    channel.typing("7")


def test_check_says_what_is_wrong_in_words(channel: Telegram, platform: FakeTelegram) -> None:
    assert "not set to our address" in " ".join(channel.check(PUBLIC))
    channel.set_webhook(PUBLIC)
    assert channel.check(PUBLIC) == []
    platform.webhook_trouble = {"last_error_date": 1795000000, "last_error_message": "SSL error {certificate}"}
    assert "certificate chain" in " ".join(channel.check(PUBLIC))
    assert "removed at the next start" in " ".join(channel.check("http://127.0.0.1:8080"))
    stranger = Telegram("9:wrong", ("s" * 40,), MemoryState(), platform.url)
    assert "TELEGRAM_TOKEN" in " ".join(stranger.check(PUBLIC))
    stranger.close()
