"""WeChat Official Account: the reply goes back in the webhook's own answer when it is ready in time, else through the
customer-service API while the follower's window is open; else it waits for his next message.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from bot.channels.base import (
    Answer,
    ChannelState,
    MayNotSend,
    NotForUs,
    Recipient,
    Report,
    SendError,
    Sent,
    Webhook,
    WindowShut,
    WorkerBlockedUs,
)
from bot.channels.text import split
from bot.channels.wechat import envelope, events
from bot.channels.wechat.api import Api
from bot.channels.wechat.envelope import Envelope, Keys
from bot.channels.wechat.menu import MENU, with_page
from bot.channels.wechat.notices import Notices
from bot.channels.wechat.window import Ledger
from bot.messages import Incoming, Outgoing

MAX_BYTES = 2000
MENU_TTL = 2 * 86400.0
SUCCESS = Answer("success")
JOINT = "\n\n"
MUTE_TTL = 86400.0
ASK_AGAIN = "我正在查，要等几秒钟。过一会儿随便回一个字（比如“好”），就能看到回答。"


def in_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


class WeChat:
    name = "wechat"
    rate = 50.0
    answers_in_place = 4.0

    def __init__(
        self,
        keys: Keys,
        secret: str,
        state: ChannelState,
        base_url: str,
        timeout: float = 5.0,
        *,
        notice: tuple[str, str, str] = ("", "", ""),
    ) -> None:
        """`notice`: kind (subscription or template), template id and field of the message for a shut window."""
        self.account = keys.app_id
        self._state = state
        self._mute = f"wechat:may-not-send:{keys.app_id}"
        self._envelope = Envelope(keys, state)
        self._ledger = Ledger(state)
        self._api = Api(keys.app_id, secret, base_url, state, timeout)
        self._notices = Notices(self._api, state, *notice)

    def close(self) -> None:
        self._api.close()

    def verify(self, hook: Webhook) -> None:
        self._envelope.verify(hook)

    def parse(self, hook: Webhook) -> list[Incoming | Report]:
        if hook.method == "GET":
            raise NotForUs("the console asks whether we are there", answer=Answer(hook.query.get("echostr", "")[:200]))
        fields = self._envelope.open(hook)
        follower, event = fields.get("FromUserName", ""), fields.get("Event", "")
        if event == "unsubscribe":
            self._ledger.shut(follower)
            raise NotForUs("he left", answer=SUCCESS)
        window = events.opens(fields)
        incoming = events.as_incoming(fields, self.account)
        if window is not None:
            self._ledger.opened(follower, window, events.happened_at(fields))
        return [self._with_choice(incoming)]

    def _with_choice(self, incoming: Incoming) -> Incoming:
        """A bare number chooses among what he was last offered."""
        words = unicodedata.normalize("NFKC", incoming.text).strip()
        if incoming.kind != "text" or not (words.isascii() and words.isdecimal()) or len(words) > 2:
            return incoming
        offered = (self._state.get(f"wechat:menu:{incoming.address}") or {}).get(str(int(words)))
        return replace(incoming, kind="button", text=offered[0], payload=offered[1]) if offered else incoming

    def answer(self, hook: Webhook) -> Answer:
        """What is answered when the reply is not ready. An account that may not send by itself says how to get it."""
        if hook.method != "POST" or self._state.get(self._mute) is None:
            return SUCCESS
        fields = self._envelope.open(hook)
        if fields.get("MsgType") in (None, "event"):
            return SUCCESS
        return Answer(self._envelope.sealed_reply(fields, ASK_AGAIN, encrypted=envelope.is_encrypted(hook)), "text/xml")

    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        """All replies in one passive message; None when they do not fit into it."""
        text = JOINT.join(self._whole(reply) for reply in replies)
        if in_bytes(text) > MAX_BYTES:
            return None
        fields = self._envelope.open(hook)
        self._offer(fields["FromUserName"], replies[-1])
        sealed = self._envelope.sealed_reply(fields, text, encrypted=envelope.is_encrypted(hook))
        return Answer(sealed, "text/xml")

    def _whole(self, outgoing: Outgoing) -> str:
        menu = "".join(f"\n{number}. {button.title}" for number, button in enumerate(outgoing.buttons, 1))
        return outgoing.text + (f"\n\n回复数字选择：{menu}" if menu else "")

    def _offer(self, follower: str, outgoing: Outgoing) -> None:
        offered = {str(number): [b.title, b.payload] for number, b in enumerate(outgoing.buttons, 1)}
        if offered:
            self._state.put(f"wechat:menu:{follower}", offered, MENU_TTL)
        else:
            self._state.drop(f"wechat:menu:{follower}")

    def fit(self, outgoing: Outgoing) -> list[str]:
        return split(self._whole(outgoing), MAX_BYTES, in_bytes)

    def messages_left(self, follower: str) -> int:
        """For the desk: how many messages WeChat would still take by our count."""
        return self._ledger.left(follower)

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        for number, part in enumerate(self.fit(outgoing)):
            if number < skip:
                continue
            try:
                self._ledger.spend(to.address)
                self._api.send_text(to.address, part)
            except SendError as error:
                error.parts_done = number
                if isinstance(error, MayNotSend):
                    self._state.put(self._mute, {}, MUTE_TTL)
                if isinstance(error, WindowShut) and self._notices.knock(to.address):
                    error.was_told = True
                if isinstance(error, WorkerBlockedUs) or (isinstance(error, WindowShut) and "errcode" in str(error)):
                    self._ledger.shut(to.address)
                raise
        self._offer(to.address, outgoing)
        return Sent()

    def typing(self, address: str) -> None:
        self._api.typing(address)

    def publish_menu(self, public_url: str) -> None:
        self._api.post("menu/create", with_page(MENU, public_url))

    def check(self, public_url: str) -> list[str]:
        """What the platform says of this configuration, in words; empty when nothing is wrong."""
        return self._api.check(public_url)

    def fetch(self, reference: str, most: int) -> bytes:
        return self._api.media(reference, most)
