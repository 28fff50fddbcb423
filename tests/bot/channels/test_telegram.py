"""Telegram: every kind of update as a file, every way of failing from a Bot API of our own."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    Forged,
    NotForUs,
    PlatformUnavailable,
    RateLimited,
    Recipient,
    Refused,
    SendError,
    Unreadable,
    Webhook,
    WorkerBlockedUs,
)
from bot.channels.memory import MemoryState
from bot.channels.telegram import NOTICE, Telegram, path_key, utf16
from bot.gateway.poll import Announcer, Poller
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow
from bot.messages import Button, Incoming, Outgoing
from kit.db import Database
from kit.settings import ROOT
from tests.support.asgi import Caller
from tests.support.fake_http import BREAK_AFTER, BREAK_BEFORE
from tests.support.fake_telegram import TOKEN, FakeTelegram, too_many

SECRET = "s" * 40
PAYLOADS = sorted((ROOT / "tests" / "channels" / "telegram").glob("*.json"))
WORKER = Recipient("123456", "700000001")


@pytest.fixture
def platform() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def channel(platform: FakeTelegram) -> Iterator[Telegram]:
    state = MemoryState()
    state.put("telegram:button:~known", {"payload": "known-long-payload"}, None)
    made = Telegram(TOKEN, (SECRET,), state, platform.url, timeout=2.0)
    yield made
    made.close()


@pytest.fixture
def told(channel: Telegram) -> Telegram:
    """The worker has read the notice already."""
    channel._state.put("telegram:notice:700000001", {}, None)
    return channel


def hook(update: object, secret: str = SECRET, key: str | None = None, method: str = "POST") -> Webhook:
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"x-telegram-bot-api-secret-token": secret}
    return Webhook(method, "", {}, headers, body, path_key(SECRET) if key is None else key)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_every_kind_of_update(channel: Telegram, path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(case["expect"], str):
        with pytest.raises(NotForUs) as nothing:
            channel.parse(hook(case["update"]))
        assert (nothing.value.answer is not None) == (case["expect"] == "polite")
        return
    message = channel.parse(hook(case["update"]))[0]

    assert isinstance(message, Incoming)
    assert message.external_id == str(case["update"]["update_id"])
    assert (message.account, message.address) == ("123456", "700000001")
    found = {"kind": message.kind, "text": message.text}
    found.update({"payload": message.payload} if message.payload else {})
    found.update({"extra": message.extra} if message.extra else {})
    found.update({"attachments": len(message.attachments)} if message.attachments else {})
    assert found == case["expect"]


@pytest.mark.parametrize(
    ("secret", "key", "method"),
    [("x", None, "POST"), ("", None, "POST"), (SECRET, "x", "POST"), (SECRET, "密", "POST"), (SECRET, None, "GET")],
)
def test_without_the_secret_nothing_is_ours(channel: Telegram, secret: str, key: str | None, method: str) -> None:
    with pytest.raises(Forged):
        channel.verify(hook({}, secret, key, method))


def test_while_the_secret_is_changed_both_hold(platform: FakeTelegram) -> None:
    changing = Telegram(TOKEN, ("n" * 40, SECRET), MemoryState(), platform.url)
    changing.verify(hook({}))
    changing.verify(hook({}, "n" * 40, path_key("n" * 40)))
    with pytest.raises(Forged):
        changing.verify(hook({}, "n" * 40, path_key(SECRET)))
    changing.close()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"null", b'{"update_id":"x"}', b"[" * 3000])
def test_what_is_no_update_is_unreadable(channel: Telegram, body: bytes) -> None:
    with pytest.raises((Unreadable, NotForUs)):
        channel.parse(hook(body))


def test_the_first_message_says_that_data_leaves_the_country(channel: Telegram, platform: FakeTelegram) -> None:
    channel.send(WORKER, Outgoing(kind="answer", text="可以要。"))
    channel.send(WORKER, Outgoing(kind="answer", text="再见。"))

    assert [message["text"] for message in platform.sent] == [f"{NOTICE}可以要。", "再见。"]


def test_a_notice_that_did_not_arrive_is_sent_with_the_next_attempt(channel: Telegram, platform: FakeTelegram) -> None:
    platform.failures = [too_many(1)]
    with pytest.raises(RateLimited):
        channel.send(WORKER, Outgoing(kind="answer", text="一"))
    channel.send(WORKER, Outgoing(kind="answer", text="一"))

    assert platform.sent[0]["text"].startswith("【说明】")


def test_long_answers_go_in_parts_and_a_retry_does_not_repeat_them(told: Telegram, platform: FakeTelegram) -> None:
    answer = Outgoing(kind="answer", text="这是一句不短的话。" * 1200, buttons=(Button("转人工", "person"),))
    parts = told.fit(answer)
    assert len(parts) > 2
    assert all(utf16(part) <= 4096 for part in parts)

    told.send(WORKER, answer, skip=1)
    assert [message["text"] for message in platform.sent] == parts[1:]
    assert [message["markup"] is not None for message in platform.sent] == [False] * (len(parts) - 2) + [True]


def test_a_failure_in_the_middle_says_how_far_it_came(told: Telegram, platform: FakeTelegram) -> None:
    answer = Outgoing(kind="answer", text="这是一句不短的话。" * 1200)
    told.send(WORKER, Outgoing(kind="answer", text="先"))
    platform.can_fail = lambda _: len(platform.sent) == 2  # type: ignore[method-assign]
    platform.failures = [too_many(3)]
    with pytest.raises(RateLimited) as failure:
        told.send(WORKER, answer)

    assert (failure.value.parts_done, failure.value.retry_after) == (1, 3.0)


def test_a_payload_longer_than_64_bytes_comes_back_whole(told: Telegram, platform: FakeTelegram) -> None:
    payload = "card:" + "很长的名字" * 10
    told.send(WORKER, Outgoing(kind="clarify", text="哪一种？", buttons=(Button("这一种", payload),)))
    data = platform.sent[0]["markup"]["inline_keyboard"][0][0]["callback_data"]
    case = json.loads((ROOT / "tests/channels/telegram/button.json").read_text(encoding="utf-8"))
    case["update"]["callback_query"]["data"] = data

    pressed = told.parse(hook(case["update"]))[0]
    assert isinstance(pressed, Incoming)
    assert pressed.payload == payload


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ((500, {"ok": False, "description": "Internal Server Error"}), PlatformUnavailable),
        ((502, "<html>Bad Gateway</html>"), PlatformUnavailable),
        (too_many(7), RateLimited),
        ((403, {"ok": False, "description": "Forbidden: user is deactivated"}), WorkerBlockedUs),
        ((400, {"ok": False, "description": "Bad Request: chat not found"}), WorkerBlockedUs),
        ((400, {"ok": False, "description": "Bad Request: text must be non-empty"}), Refused),
        ((401, {"ok": False, "description": "Unauthorized"}), ChannelMisconfigured),
        (BREAK_BEFORE, AnswerLost),
        (BREAK_AFTER, AnswerLost),
    ],
    ids=["500", "502", "429", "deactivated", "no-chat", "refused", "token", "reset-before", "reset-after"],
)
def test_every_failure_has_its_name(
    told: Telegram, platform: FakeTelegram, failure: str, expected: type[SendError]
) -> None:
    platform.failures = [failure]
    with pytest.raises(SendError) as raised:
        told.send(WORKER, Outgoing(kind="answer", text="一"))

    assert type(raised.value) is expected
    assert TOKEN not in str(raised.value)


def test_nobody_at_home_is_not_a_lost_answer() -> None:
    channel = Telegram(TOKEN, (SECRET,), MemoryState(), "http://127.0.0.1:9", timeout=1.0)
    with pytest.raises(PlatformUnavailable):
        channel.send(WORKER, Outgoing(kind="answer", text="一"))
    channel.close()


def test_a_pressed_button_stops_its_clock_in_the_answer(channel: Telegram) -> None:
    case = json.loads((ROOT / "tests/channels/telegram/button.json").read_text(encoding="utf-8"))
    answer = channel.answer(hook(case["update"]))

    assert json.loads(answer.body) == {"method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9"}
    assert channel.answer(hook({"update_id": 1})).body == ""


def test_the_platform_hears_where_the_webhook_is(channel: Telegram, platform: FakeTelegram) -> None:
    announcer = Announcer("telegram", lambda: channel.set_webhook("https://gongyou.example"))
    announcer.start()
    announcer._thread.join(5)

    assert platform.webhook["url"] == f"https://gongyou.example/hooks/telegram/{path_key(SECRET)}"
    assert platform.webhook["secret_token"] == SECRET
    assert "my_chat_member" not in platform.webhook["allowed_updates"]


def _texts(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.body.get("text", "") for row in session.query(InboxRow).order_by(InboxRow.id)]


def _updates() -> list[dict[str, object]]:
    names = ("text", "group_text", "button")
    files = [ROOT / "tests" / "channels" / "telegram" / f"{name}.json" for name in names]
    return [json.loads(file.read_text(encoding="utf-8"))["update"] for file in files]


def test_by_webhook_an_update_becomes_one_row(channel: Telegram, database: Database) -> None:
    receive = Receive(database, [channel], "https://gongyou.example", "key")
    caller = Caller(Starlette(routes=receive.routes()))
    for update in [*_updates(), *_updates()]:
        made = replace(hook(update))
        answer = caller.post(f"/hooks/telegram/{made.key}", content=made.body, headers=dict(made.headers))
        assert answer.status_code == 200

    assert _texts(database) == ["老板三个月没发工资", "拖欠工资"]


def test_by_polling_an_update_becomes_one_row_and_is_then_confirmed(
    channel: Telegram, platform: FakeTelegram, sqlite: Database
) -> None:
    platform.webhook = {"url": "https://old.example"}
    platform.updates = _updates()
    poller = Poller(channel, Receive(sqlite, [channel], "", "key"), wait=0)
    poller.start()
    deadline = time.monotonic() + 10
    while platform.updates and time.monotonic() < deadline:
        time.sleep(0.02)
    poller.stop()
    poller._thread.join(5)

    assert platform.updates == []
    assert platform.webhook == {}
    assert platform.answered == ["4382bfdwdsb323b2d9"]
    assert _texts(sqlite) == ["老板三个月没发工资", "拖欠工资"]


def test_an_update_that_was_not_stored_is_not_confirmed(channel: Telegram, platform: FakeTelegram) -> None:
    class Broken:
        def store(self, _name: str, _hook: Webhook) -> None:
            raise OSError("disk full")

    platform.updates = _updates()
    poller = Poller(channel, Broken(), wait=0)
    with pytest.raises(OSError, match="disk full"):
        poller.step()
    assert poller._offset == 0
