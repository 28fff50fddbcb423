"""WeChat: every kind of message as a file, every refusal of a webhook, windows and errcodes against our own API."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from starlette.applications import Starlette
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    Forged,
    MayNotSend,
    NotForUs,
    PlatformUnavailable,
    QuotaUsed,
    RateLimited,
    Recipient,
    Refused,
    SendError,
    Unreadable,
    Webhook,
    WindowShut,
    WorkerBlockedUs,
)
from bot.channels.memory import MemoryState
from bot.channels.wechat import MAX_BYTES, WeChat, in_bytes
from bot.channels.wechat.envelope import Keys, sign
from bot.gateway.receive import Receive
from bot.mailbox import inbox, outbox
from bot.mailbox.state import MailboxState
from bot.mailbox.tables import InboxRow
from bot.messages import Button, Incoming, Outgoing
from kit import clock
from kit.db import Database
from kit.settings import ROOT
from tests.support.asgi import Caller
from tests.support.fake_http import BREAK_AFTER, Reply
from tests.support.fake_wechat import APP_ID, SECRET, FakeWeChat
from tests.support.stack import wait_for

TOKEN, AES_KEY = "made-up-token", "a" * 43
FOLLOWER = "oTest0000000000000000000000001"
PAYLOADS = sorted((ROOT / "tests" / "channels" / "wechat").glob("*.json"))
ONE = Outgoing(kind="answer", text="可以要。")


def keys(*, plain: bool = False, tokens: tuple[str, ...] = (TOKEN,), app_id: str = APP_ID) -> Keys:
    return Keys(app_id, tokens, AES_KEY, plain)


@pytest.fixture
def platform() -> Iterator[FakeWeChat]:
    with FakeWeChat() as fake:
        yield fake


@pytest.fixture
def channel(platform: FakeWeChat) -> Iterator[WeChat]:
    state = MemoryState()
    state.put(f"wechat:menu:{FOLLOWER}", {"1": ["拖欠工资", "card:a"]}, None)
    made = WeChat(keys(), SECRET, state, platform.url, timeout=2.0)
    yield made
    made.close()


def now() -> str:
    return str(int(clock.now().timestamp()))


def sealed(xml: str, *, token: str = TOKEN, stamp: str = "", nonce: str = "n1", aes_key: str = AES_KEY) -> Webhook:
    """A webhook in the safe mode, as WeChat sends it."""
    stamp = stamp or now()
    crypto = WeChatCrypto(token, aes_key, APP_ID)
    encrypted = PrpCrypto(crypto.key).encrypt(xml, APP_ID)
    encrypted = encrypted.decode() if isinstance(encrypted, bytes) else encrypted
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": sign(token, stamp, nonce, encrypted)}
    query["signature"] = sign(token, stamp, nonce)
    body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Webhook("POST", "", query, {}, body.encode(), "in")


def plain(xml: str, *, stamp: str = "", nonce: str = "n1") -> Webhook:
    stamp = stamp or now()
    query = {"timestamp": stamp, "nonce": nonce, "signature": sign(TOKEN, stamp, nonce)}
    return Webhook("POST", "", query, {}, xml.encode(), "in")


def payload(name: str) -> str:
    xml: str = json.loads((ROOT / "tests/channels/wechat" / f"{name}.json").read_text(encoding="utf-8"))["xml"]
    return xml


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_every_kind_of_message(channel: WeChat, path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    hook = sealed(case["xml"])
    channel.verify(hook)
    if case["expect"] == "ignored":
        with pytest.raises(NotForUs):
            channel.parse(hook)
        return
    message = channel.parse(hook)[0]

    assert isinstance(message, Incoming)
    assert (message.account, message.address) == (APP_ID, FOLLOWER)
    assert message.external_id == "24000000000000001" or message.external_id.startswith("event:")
    found: dict[str, object] = {"kind": message.kind, "text": message.text}
    found.update({"payload": message.payload} if message.payload else {})
    found.update({"extra": message.extra} if message.extra else {})
    found.update({"attachments": len(message.attachments)} if message.attachments else {})
    assert found == case["expect"]


def test_the_console_hears_its_own_word_again(channel: WeChat) -> None:
    stamp = now()
    query = {"timestamp": stamp, "nonce": "n", "signature": sign(TOKEN, stamp, "n"), "echostr": "5938"}
    hook = Webhook("GET", "", query, {}, b"", "in")
    channel.verify(hook)
    with pytest.raises(NotForUs) as echo:
        channel.parse(hook)
    assert echo.value.answer is not None
    assert echo.value.answer.body == "5938"
    with pytest.raises(Forged):
        channel.verify(Webhook("GET", "", {**query, "signature": "x"}, {}, b"", "in"))


def test_forged_altered_and_stale_webhooks_are_refused(channel: WeChat) -> None:
    good, other = sealed(payload("text")), sealed(payload("image"))
    swapped = Webhook("POST", "", good.query, {}, other.body, "in")
    unsigned = Webhook("POST", "", {**good.query, "msg_signature": ""}, {}, good.body, "in")
    wrong_mode = Webhook("POST", "", {**good.query, "msg_signature": good.query["signature"]}, {}, good.body, "in")
    late, early = str(int(now()) - 301), str(int(now()) + 301)
    forged = [swapped, unsigned, wrong_mode, sealed(payload("text"), token="guess"), plain(payload("text"))]
    forged += [sealed(payload("text"), stamp=late), sealed(payload("text"), stamp=early)]
    forged += [Webhook("POST", "", {**good.query, "timestamp": "x"}, {}, good.body, "in")]
    for hook in forged:
        with pytest.raises(Forged):
            channel.verify(hook)
    channel.verify(good)


def test_another_aes_key_is_named(channel: WeChat) -> None:
    hook = sealed(payload("text"), aes_key="b" * 43)
    channel.verify(hook)
    with pytest.raises(Forged, match="WECHAT_AES_KEY"):
        channel.parse(hook)


def test_in_plain_mode_a_signature_serves_one_body_only(platform: FakeWeChat) -> None:
    channel = WeChat(keys(plain=True), SECRET, MemoryState(), platform.url)
    channel.verify(plain(payload("text"), stamp=(stamp := now())))
    channel.verify(plain(payload("text"), stamp=stamp))  # WeChat repeats itself
    with pytest.raises(Forged):
        channel.verify(plain(payload("image"), stamp=stamp))
    channel.close()


def test_while_the_token_is_changed_both_hold(platform: FakeWeChat) -> None:
    channel = WeChat(keys(tokens=("new-token", TOKEN)), SECRET, MemoryState(), platform.url)
    channel.verify(sealed(payload("text")))
    channel.verify(sealed(payload("text"), token="new-token", nonce="n2"))
    channel.close()


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'


@pytest.mark.parametrize("body", ["", "{}", "<xml>", BOMB, "<xml></xml>", "<a/>", "x" * 70_000, "<xml>\ud800</xml>"])
def test_what_is_no_message_is_refused_and_breaks_nothing(platform: FakeWeChat, body: str) -> None:
    channel = WeChat(keys(plain=True), SECRET, MemoryState(), platform.url)
    stamp = now()
    query = {"timestamp": stamp, "nonce": "n", "signature": sign(TOKEN, stamp, "n")}
    hook = Webhook("POST", "", query, {}, body.encode("utf-8", "surrogatepass"), "in")
    with pytest.raises((Unreadable, Forged)):
        channel.verify(hook)
        channel.parse(hook)
    channel.close()


def opened(channel: WeChat, body: str) -> str:
    """The passive reply's XML, decrypted."""
    from defusedxml.ElementTree import fromstring

    outer = fromstring(body)
    stamp, nonce = outer.findtext("TimeStamp"), outer.findtext("Nonce")
    encrypted = outer.findtext("Encrypt")
    assert outer.findtext("MsgSignature") == sign(TOKEN, stamp, nonce, encrypted)
    text = WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(body, outer.findtext("MsgSignature"), stamp, nonce)
    return text.decode() if isinstance(text, bytes) else text


def test_words_cannot_break_out_of_the_reply(channel: WeChat) -> None:
    from defusedxml.ElementTree import fromstring

    evil = "x]]></Content><MsgType>news</MsgType><Content><![CDATA[y\x00\ud800"
    answer = channel.reply_in_place(sealed(payload("text")), [Outgoing(kind="answer", text=evil)])
    assert answer is not None
    root = fromstring(opened(channel, answer.body))

    assert [child.tag for child in root] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
    assert root.findtext("Content") == evil[:-2]
    assert root.findtext("ToUserName") == FOLLOWER


def test_replies_are_packed_into_one_message_or_left_to_the_relay(channel: WeChat) -> None:
    hook = sealed(payload("text"))
    menu = Outgoing(kind="clarify", text="哪一种？", buttons=(Button("拖欠", "card:x"), Button("工伤", "card:y")))
    answer = channel.reply_in_place(hook, [ONE, menu])
    assert answer is not None
    assert "可以要。\n\n哪一种？\n\n回复数字选择：\n1. 拖欠\n2. 工伤" in opened(channel, answer.body)

    long = Outgoing(kind="answer", text="字" * 700)
    assert channel.reply_in_place(hook, [long]) is None
    assert all(in_bytes(part) <= MAX_BYTES for part in channel.fit(long))


def wrote(channel: WeChat, name: str = "text") -> Recipient:
    hook = sealed(payload(name).replace("1795000000", now()), nonce=f"n{clock.monotonic()}")
    channel.verify(hook)
    channel.parse(hook)
    return Recipient(APP_ID, FOLLOWER)


def test_five_messages_in_48_hours(channel: WeChat, platform: FakeWeChat) -> None:
    with time_machine.travel(clock.now()) as traveller:
        to = wrote(channel)
        for _ in range(5):
            channel.send(to, ONE)
        assert channel.messages_left(FOLLOWER) == 0
        with pytest.raises(QuotaUsed):
            channel.send(to, ONE)
        traveller.shift(10)
        wrote(channel)
        assert channel.messages_left(FOLLOWER) == 5
        traveller.shift(48 * 3600 + 1)
        with pytest.raises(WindowShut):
            channel.send(to, ONE)
    assert len(platform.sent) == 5


def test_a_click_opens_a_minute_and_its_messages_go_first(channel: WeChat) -> None:
    with time_machine.travel(clock.now()) as traveller:
        to = wrote(channel)
        wrote(channel, "menu_click")
        assert channel.messages_left(FOLLOWER) == 8
        channel.send(to, ONE)
        traveller.shift(61)
        assert channel.messages_left(FOLLOWER) == 5


def test_to_who_never_wrote_nothing_is_tried(channel: WeChat, platform: FakeWeChat) -> None:
    with pytest.raises(WindowShut):
        channel.send(Recipient(APP_ID, "oNobody"), ONE)
    assert platform.calls == []


@pytest.mark.parametrize(
    ("errcode", "expected"),
    [
        (45015, WindowShut),
        (45047, QuotaUsed),
        (48001, MayNotSend),
        (45002, Refused),
        (40003, WorkerBlockedUs),
        (43004, WorkerBlockedUs),
        (45009, RateLimited),
        (-1, PlatformUnavailable),
        (40164, ChannelMisconfigured),
    ],
)
def test_the_errcode_decides_not_the_200(
    channel: WeChat, platform: FakeWeChat, errcode: int, expected: type[SendError]
) -> None:
    to = wrote(channel)
    platform.errcode = errcode
    with pytest.raises(SendError) as raised:
        channel.send(to, ONE)
    assert type(raised.value) is expected


@pytest.mark.parametrize(
    ("failure", "expected"),
    [((500, "oops"), PlatformUnavailable), ((200, "<html>"), PlatformUnavailable), (BREAK_AFTER, AnswerLost)],
)
def test_http_failures(channel: WeChat, platform: FakeWeChat, failure: Reply | str, expected: type[SendError]) -> None:
    to = wrote(channel)
    platform.failures = [failure]
    with pytest.raises(expected) as raised:
        channel.send(to, ONE)
    assert platform.token not in str(raised.value)


def test_the_token_is_shared_and_words_go_out_as_they_are(channel: WeChat, platform: FakeWeChat) -> None:
    to = wrote(channel)
    channel.send(to, ONE)
    channel.send(to, ONE)

    assert len(platform.calls_of("stable_token")) == 1
    assert "可以要。".encode() in platform.raw[0]


def test_a_refused_token_is_fetched_anew_once(channel: WeChat, platform: FakeWeChat) -> None:
    to = wrote(channel)
    channel.send(to, ONE)
    platform.token = "set-by-somebody-else"
    channel.send(to, ONE)
    assert len(platform.sent) == 2

    platform.errcode = 42001
    with pytest.raises(ChannelMisconfigured):
        channel.send(to, ONE)
    assert len(platform.calls_of("stable_token")) <= 3


def test_a_wrong_secret_is_named_and_is_no_message_lost(platform: FakeWeChat) -> None:
    channel = WeChat(keys(), "wrong", MemoryState(), platform.url)
    to = wrote(channel)
    with pytest.raises(ChannelMisconfigured, match="40125"):
        channel.send(to, ONE)
    channel.close()


def answer_soon(database: Database, after: float, text: str) -> threading.Timer:
    def stored() -> bool:
        with database.reading() as session:
            return session.scalar(select(InboxRow.id)) is not None

    def work() -> None:
        wait_for(stored, 30, "the message is there")
        with database.transaction() as session:
            row = inbox.claim(session, now=clock.now(), lease=30)[0]
            inbox.done(session, row, now=clock.now())
            outgoing = Outgoing(kind="answer", text=text)
            number = row.inbox_id
            outbox.queue(
                session, row.conversation_id, outgoing, key=str(number), now=clock.now(), done=True, inbox_id=number
            )

    timer = threading.Timer(after, work)
    timer.start()
    return timer


def test_an_answer_in_time_goes_back_in_place_and_again_to_the_repeat(platform: FakeWeChat, database: Database) -> None:
    channel = WeChat(keys(), SECRET, MailboxState(database), platform.url)
    caller = Caller(Starlette(routes=Receive(database, [channel], "https://gongyou.example", "key").routes()))
    hook = sealed(payload("text"))
    timer = answer_soon(database, 0.3, "可以要回来。")
    bodies = [caller.post("/hooks/wechat/in", params=dict(hook.query), content=hook.body).text for _ in range(3)]
    timer.join()

    assert all("可以要回来。" in opened(channel, body) for body in bodies)
    with database.transaction() as session:
        assert outbox.claim(session, now=clock.now(), lease=1, limit=1, channels=("wechat",)) == []
    channel.close()


def test_an_answer_too_late_is_success_and_then_the_relays(
    platform: FakeWeChat, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = WeChat(keys(), SECRET, MailboxState(sqlite), platform.url)
    monkeypatch.setattr(channel, "answers_in_place", 0.2, raising=False)
    caller = Caller(Starlette(routes=Receive(sqlite, [channel], "https://gongyou.example", "key").routes()))
    hook = sealed(payload("text"))
    answer = caller.post("/hooks/wechat/in", params=dict(hook.query), content=hook.body)
    assert answer.text == "success"
    answer_soon(sqlite, 0.0, "可以要回来。").join()

    with time_machine.travel(clock.now()) as traveller, sqlite.transaction() as session:
        assert outbox.claim(session, now=clock.now(), lease=1, limit=1, channels=("wechat",)) == []
        traveller.shift(5)
        assert len(outbox.claim(session, now=clock.now(), lease=1, limit=1, channels=("wechat",))) == 1
    channel.close()
