"""WeChat beyond words: menu, files, typing, the notice for a shut window, accounts that may not send by themselves."""

from collections.abc import Iterator

import pytest
import time_machine

from bot.channels.base import MayNotSend, Recipient, Refused, WindowShut
from bot.channels.memory import MemoryState
from bot.channels.wechat import ASK_AGAIN, SUCCESS, WeChat
from bot.channels.wechat.menu import MENU, with_page
from bot.channels.wechat.notices import WORDS
from tests.bot.channels.test_wechat import FOLLOWER, ONE, keys, payload, plain
from tests.support.fake_wechat import SECRET, FakeWeChat

TO = Recipient("", FOLLOWER)


@pytest.fixture
def platform() -> Iterator[FakeWeChat]:
    with FakeWeChat() as fake:
        yield fake


@pytest.fixture
def channel(platform: FakeWeChat) -> Iterator[WeChat]:
    notice = ("subscription", "template-1", "thing1")
    made = WeChat(keys(plain=True), SECRET, MemoryState(), platform.url, timeout=2.0, notice=notice)
    yield made
    made.close()


def test_the_menu_keeps_wechats_rules_and_is_published(channel: WeChat, platform: FakeWeChat) -> None:
    for menu in (MENU, with_page(MENU, "https://gongyou.example")):
        buttons = menu["button"]
        assert len(buttons) <= 3
        assert all(len(button["name"]) <= 4 for button in buttons)
        below = [one for button in buttons for one in button.get("sub_button", ())]
        assert all(len(button.get("sub_button", ())) <= 5 for button in buttons)
        assert all(len(one["name"]) <= 7 and len(one["key"].encode()) <= 128 for one in below)
    channel.publish_menu("https://gongyou.example")
    assert platform.menu == with_page(MENU, "https://gongyou.example")


def test_a_photograph_is_fetched_and_one_that_is_gone_is_refused(channel: WeChat, platform: FakeWeChat) -> None:
    platform.media["m1"] = b"\xff\xd8\xff" + b"x" * 1000

    assert channel.fetch("m1", 5000) == platform.media["m1"]
    with pytest.raises(Refused):
        channel.fetch("m1", 100)
    with pytest.raises(Refused):
        channel.fetch("m2", 5000)


def test_a_token_that_was_refused_is_fetched_anew_for_files_too(channel: WeChat, platform: FakeWeChat) -> None:
    platform.media["m1"] = b"\xff\xd8\xff"
    channel.fetch("m1", 5000)
    platform.token = "another"
    assert channel.fetch("m1", 5000) == b"\xff\xd8\xff"


def test_a_shut_window_is_announced_once_a_day_without_the_matter(channel: WeChat, platform: FakeWeChat) -> None:
    with time_machine.travel("2026-11-30T03:00:00Z", tick=False):
        with pytest.raises(WindowShut) as first:
            channel.send(TO, ONE)
        with pytest.raises(WindowShut) as second:
            channel.send(TO, ONE)
    assert (first.value.was_told, second.value.was_told) == (True, False)
    assert [notice["data"] for notice in platform.notices] == [{"thing1": {"value": WORDS}}]
    assert len(WORDS) <= 20


def test_a_notice_that_he_never_allowed_changes_nothing(channel: WeChat, platform: FakeWeChat) -> None:
    platform.notice_errcode = 43101
    with pytest.raises(WindowShut) as error:
        channel.send(TO, ONE)
    assert not error.value.was_told


def test_an_account_that_may_not_send_says_how_to_get_the_answer(channel: WeChat, platform: FakeWeChat) -> None:
    hook = plain(payload("text"))
    channel.verify(hook)
    channel.parse(hook)
    assert channel.answer(hook) == SUCCESS
    platform.errcode = 48001
    with pytest.raises(MayNotSend):
        channel.send(TO, ONE)
    assert ASK_AGAIN in channel.answer(hook).body
    event = plain(payload("menu_click"))
    assert channel.answer(event) == SUCCESS


def test_check_says_what_is_wrong_in_words(platform: FakeWeChat) -> None:
    def said(secret: str = SECRET, public: str = "https://gongyou.example") -> str:
        made = WeChat(keys(), secret, MemoryState(), platform.url, timeout=2.0)
        words = " ".join(made.check(public))
        made.close()
        return words

    platform.errcode = 40003
    assert said() == ""
    assert "WECHAT_SECRET" in said(secret="wrong")
    assert "PUBLIC_URL" in said(public="http://127.0.0.1:8080")
    platform.errcode = 48001
    assert "48001" in said()


def test_typing_is_shown_and_its_failure_has_no_weight(channel: WeChat, platform: FakeWeChat) -> None:
    channel.typing(FOLLOWER)
    assert platform.typing == [FOLLOWER]
    platform.close()
    channel.typing(FOLLOWER)
