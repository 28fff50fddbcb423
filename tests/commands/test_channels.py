"""A channel exists when its settings are there, and a dangerous half of them is an error that says what to do."""

import pytest
from pydantic import ValidationError

from bot.channels.memory import MemoryState
from commands.configured_channels import configured_channels
from kit.settings import Settings

ALL = {
    "TELEGRAM_TOKEN": "1:made-up",
    "TELEGRAM_DATA_LEAVES_CHINA": "accepted",
    "TELEGRAM_SECRET": "a,b",
    "WECHAT_APP_ID": "wx1",
    "WECHAT_SECRET": "s",
    "WECHAT_TOKEN": "t",
    "WECHAT_AES_KEY": "a" * 43,
    "SMS_DRIVER": "kannel",
    "SMS_NUMBER": "12351",
    "SMS_SECRET": "k",
}


def test_without_settings_there_is_the_web_page_alone() -> None:
    assert configured_channels(Settings(), MemoryState()) == []


def test_each_channel_exists_by_its_settings() -> None:
    made = configured_channels(Settings(**ALL), MemoryState())  # type: ignore[arg-type]
    for channel in made:
        channel.close()

    assert [channel.name for channel in made] == ["telegram", "wechat", "sms"]


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ("TELEGRAM_DATA_LEAVES_CHINA", "servers outside China"),
        ("WECHAT_AES_KEY", "43 characters"),
        ("WECHAT_TOKEN", "WECHAT_TOKEN"),
    ],
)
def test_half_a_channel_is_refused_in_words(without: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(**{name: value for name, value in ALL.items() if name != without})  # type: ignore[arg-type]
