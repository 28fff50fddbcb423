"""Telegram over python-telegram-bot: webhook with a secret, or long polling for trying out without a public address.

What a worker writes here passes servers outside China; the first message he gets says so.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.base import (
    Answer,
    ChannelState,
    Forged,
    Recipient,
    Report,
    SendError,
    Sent,
    Webhook,
)
from bot.channels.telegram import updates
from bot.channels.telegram.api import Api
from bot.channels.text import split
from bot.messages import Button, Incoming, Outgoing

MAX_TEXT = 4096
MAX_DATA = 64
BUTTON_TTL = 30 * 86400.0
NOTICE_TTL = 180 * 86400.0
ALLOWED = ["message", "edited_message", "callback_query"]
NOTICE = (
    "【说明】Telegram 的服务器在境外，你在这里发的话会离开中国。请不要发身份证号、银行卡号；"
    "不想让消息出境，可以用网页版，或者打12351。\n\n"
)


def utf16(text: str) -> int:
    """Telegram counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def path_key(secret: str) -> str:
    """The end of the webhook's path, made from the secret and telling nothing of it."""
    return hashlib.sha256(f"path:{secret}".encode()).hexdigest()[:32]


class Telegram:
    name = "telegram"
    rate = 25.0
    answers_in_place = 0.0

    def __init__(
        self, token: str, secrets: tuple[str, ...], state: ChannelState, base_url: str, timeout: float = 10.0
    ) -> None:
        """`secrets`: the one that the platform is told, and while it is being changed the one before."""
        self.account = token.partition(":")[0]
        self._secrets = secrets
        self._state = state
        self._api = Api(token, base_url, timeout)

    def close(self) -> None:
        self._api.close()

    def verify(self, hook: Webhook) -> None:
        given = hook.headers.get("x-telegram-bot-api-secret-token", "").encode()
        known = [
            hmac.compare_digest(given, secret.encode())
            & hmac.compare_digest(hook.key.encode(), path_key(secret).encode())
            for secret in self._secrets
        ]
        if hook.method != "POST" or not any(known):
            raise Forged("the secret is wrong")

    def parse(self, hook: Webhook) -> list[Incoming | Report]:
        return [updates.as_incoming(updates.read(hook.body), self.account, self._payload)]

    def _payload(self, data: str) -> str | None:
        if not data.startswith("~"):
            return data
        known = self._state.get(f"telegram:button:{data}")
        return None if known is None else str(known["payload"])

    def answer(self, hook: Webhook) -> Answer:
        """Stops the little clock on a pressed button; costs no call of its own."""
        try:
            query = json.loads(hook.body).get("callback_query")
        except (ValueError, AttributeError):
            query = None
        if not isinstance(query, dict):
            return Answer()
        call = {"method": "answerCallbackQuery", "callback_query_id": str(query.get("id", ""))}
        return Answer(json.dumps(call), "application/json")

    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        return None

    def fit(self, outgoing: Outgoing) -> list[str]:
        return split(outgoing.text, MAX_TEXT - utf16(NOTICE), utf16)

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        parts = self.fit(outgoing)
        notice = f"telegram:notice:{to.address}"
        is_first = self._state.put_new(notice, {}, NOTICE_TTL)
        if is_first:
            parts[0] = NOTICE + parts[0]
        sent = Sent()
        for number, part in enumerate(parts):
            if number < skip:
                continue
            keyboard = self._keyboard(outgoing.buttons) if number == len(parts) - 1 else None
            try:
                sent = self._send_one(to.address, part, keyboard)
            except SendError as error:
                error.parts_done = number
                if is_first and number == 0:
                    self._state.drop(notice)
                raise
        return sent

    def typing(self, address: str) -> None:
        try:
            self._api.call(self._api.bot.send_chat_action(int(address), "typing"))
        except SendError:
            return

    def check(self, public_url: str) -> list[str]:
        """What the platform says of this configuration, in words; empty when nothing is wrong."""
        try:
            self._api.call(self._api.bot.get_me())
            hook = self._api.call(self._api.bot.get_webhook_info())
        except SendError as error:
            return [str(error)]
        if not public_url.startswith("https://"):
            return (
                [f"a webhook is set to {hook.url}: it is removed at the next start, because we poll"]
                if hook.url
                else []
            )
        found = []
        if hook.url != self._hook_url(public_url):
            found.append("the webhook is not set to our address: ./gongyou up sets it at the start")
        if hook.last_error_message:
            found.append(
                f"Telegram could not reach us lately: {hook.last_error_message} (is the certificate chain whole?)"
            )
        return found

    def _hook_url(self, public_url: str) -> str:
        return f"{public_url.rstrip('/')}/hooks/telegram/{path_key(self._secrets[0])}"

    def fetch(self, reference: str, most: int) -> bytes:
        return self._api.fetch(reference, most)

    def _send_one(self, address: str, text: str, keyboard: InlineKeyboardMarkup | None) -> Sent:
        message = self._api.call(self._api.bot.send_message(int(address), text, reply_markup=keyboard))
        return Sent(str(message.message_id))

    def _keyboard(self, buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
        if not buttons:
            return None
        rows = [[InlineKeyboardButton(button.title, callback_data=self._data(button))] for button in buttons]
        return InlineKeyboardMarkup(rows)

    def _data(self, button: Button) -> str:
        """The payload itself, or for a long one a short name of it that the shared memory explains."""
        if len(button.payload.encode()) <= MAX_DATA and not button.payload.startswith("~"):
            return button.payload
        name = f"~{hashlib.sha256(button.payload.encode()).hexdigest()[:32]}"
        self._state.put(f"telegram:button:{name}", {"payload": button.payload}, BUTTON_TTL)
        return name

    def set_webhook(self, public_url: str) -> None:
        url = self._hook_url(public_url)
        self._api.call(self._api.bot.set_webhook(url, secret_token=self._secrets[0], allowed_updates=ALLOWED))

    def begin_polling(self) -> None:
        """Telegram refuses polling while a webhook is set; what has gathered there is kept."""
        self._api.call(self._api.bot.delete_webhook(drop_pending_updates=False))

    def poll(self, offset: int, wait: int) -> list[tuple[int, Webhook]]:
        """The next updates as the webhooks they would have been; asking for `offset` confirms all before it."""
        asked = self._api.bot.get_updates(offset=offset, timeout=wait, allowed_updates=ALLOWED)
        found = self._api.call(asked, timeout=wait + 10.0)
        secret = self._secrets[0]
        headers = {"x-telegram-bot-api-secret-token": secret}
        return [
            (update.update_id, Webhook("POST", "", {}, headers, update.to_json().encode(), path_key(secret)))
            for update in found
        ]

    def stop_clock(self, hook: Webhook) -> None:
        """While polling there is no webhook answer to carry the call that a pressed button waits for."""
        call = json.loads(self.answer(hook).body or "{}")
        if call:
            self._api.call(self._api.bot.answer_callback_query(call["callback_query_id"]))
