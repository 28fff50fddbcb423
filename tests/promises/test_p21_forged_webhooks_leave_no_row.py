"""P21: forged, altered, stale and replayed webhooks leave no row on any channel; the right ones leave one."""

from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.channels.base import Channel, Webhook
from bot.channels.memory import MemoryState
from bot.channels.sms import Sms
from bot.channels.sms.kannel import Kannel
from bot.channels.sms.twilio import Twilio, signature
from bot.channels.telegram import Telegram, path_key
from bot.channels.wechat import WeChat
from bot.channels.wechat.envelope import Keys, sign
from bot.gateway.receive import Receive
from bot.mailbox.tables import InboxRow
from kit import clock
from kit.db import Database
from tests.support.asgi import Caller

NOWHERE = "http://127.0.0.1:9"
KEY = "k" * 32
PUBLIC = "https://gongyou.example"
UPDATE = (
    b'{"update_id":1,"message":{"message_id":1,"date":1795000000,"text":"hi","chat":{"id":7,"type":"private"},'
    b'"from":{"id":7,"is_bot":false,"first_name":"t"}}}'
)
TEXT = (
    b"<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1795000000</CreateTime>"
    b"<MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>"
)
FORM = {"From": "+86", "To": "+1", "Body": "hi", "MessageSid": "SM1"}
Case = tuple[Channel, Webhook, list[Webhook]]


def telegram() -> Case:
    channel = Telegram("1:made-up", (KEY,), MemoryState(), NOWHERE)
    good = Webhook("POST", "", {}, {"x-telegram-bot-api-secret-token": KEY}, UPDATE, path_key(KEY))
    bad = [replace(good, headers={}), replace(good, headers={"x-telegram-bot-api-secret-token": "x"})]
    return channel, good, [*bad, replace(good, key="x"), replace(good, method="GET")]


def kannel() -> Case:
    channel = Sms(Kannel(NOWHERE, "u", "p", "12351", KEY, NOWHERE), "12351", MemoryState())
    good = Webhook("GET", "", {"from": "138", "id": "1", "coding": "0", "bytes": "hi"}, {}, b"", KEY)
    return channel, good, [replace(good, key="x"), replace(good, key=KEY[:-1]), replace(good, key=KEY + "x")]


def twilio() -> Case:
    channel = Sms(Twilio(NOWHERE, "AC", "token", "+1", KEY, PUBLIC), "+1", MemoryState())
    url = f"{PUBLIC}/hooks/sms/{KEY}"
    signed = signature(url, list(FORM.items()), "token").decode()
    good = Webhook("POST", url, {}, {"x-twilio-signature": signed}, urlencode(FORM).encode(), KEY)
    swapped = replace(good, body=urlencode({**FORM, "Body": "other"}).encode())
    guessed = replace(good, headers={"x-twilio-signature": signature(url, list(FORM.items()), "guess").decode()})
    return channel, good, [swapped, guessed, replace(good, headers={}), replace(good, query={"x": "1"})]


def wechat() -> Case:
    channel = WeChat(Keys("wx1", ("token",), "a" * 43, plain_allowed=True), "s", MemoryState(), NOWHERE)
    channel.answers_in_place = 0.0
    now = int(clock.now().timestamp())

    def at(stamp: int, token: str = "token") -> Webhook:
        query = {"timestamp": str(stamp), "nonce": "n", "signature": sign(token, str(stamp), "n")}
        return Webhook("POST", "", query, {}, TEXT, "in")

    good = at(now)
    swapped = replace(good, body=TEXT.replace(b"<MsgId>1<", b"<MsgId>2<"))  # comes after the good one: its URL is used
    return channel, good, [at(now - 301), at(now + 302), at(now, "guess"), replace(good, query={}), swapped]


def send(caller: Caller, channel: Channel, hook: Webhook) -> httpx.Response:
    path = f"/hooks/{channel.name}/{hook.key}"
    headers = dict(hook.headers)
    return caller.request(hook.method, path, params=dict(hook.query), content=hook.body, headers=headers)


@pytest.mark.parametrize("make", [telegram, kannel, twilio, wechat])
def test_only_the_right_one_is_stored(make: object, sqlite: Database) -> None:
    assert callable(make)
    channel, good, forged = make()
    caller = Caller(Starlette(routes=Receive(sqlite, [channel], PUBLIC, "key").routes()))

    assert [send(caller, channel, good).status_code for _ in range(3)] == [200, 200, 200]
    assert {send(caller, channel, hook).status_code for hook in forged} == {403}
    with sqlite.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 1
    channel.close()
