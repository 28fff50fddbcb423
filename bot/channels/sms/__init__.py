"""Text messages: short answers, numbered choices, 退订 at once. The provider is a driver of one file.

A sender's number proves nothing (it can be made up), so nothing here tells it anything of a case.
"""

from __future__ import annotations

import threading
import unicodedata

from bot.channels.base import (
    Answer,
    ChannelState,
    NotForUs,
    QuotaUsed,
    RateLimited,
    Recipient,
    Refused,
    Report,
    Sent,
    Webhook,
    WorkerBlockedUs,
)
from bot.channels.sms.driver import Driver, Received
from bot.channels.sms.parts import MOST_PARTS, parts
from bot.channels.text import split, worker_text
from bot.messages import Incoming, Outgoing
from kit import clock

STOP_WORDS = frozenset({"退订", "T", "TD", "N", "STOP"})
MORE = "回复2看更多"
MORE_PAYLOAD = "more"
DAY = 86400.0
TOTAL_PAUSE = 3600.0


class Sms:
    name = "sms"
    answers_in_place = 0.0

    def __init__(
        self,
        driver: Driver,
        number: str,
        state: ChannelState,
        *,
        per_number: int = 30,
        per_day: int = 5000,
        rate: float = 10.0,
    ) -> None:
        """`per_number` and `per_day` bound what goes out in a day, to one number and in all."""
        self.account = number
        self.rate = rate
        self._driver = driver
        self._state = state
        self._per_number = per_number
        self._per_day = per_day
        self._lock = threading.Lock()

    def fetch(self, reference: str, most: int) -> bytes:
        raise Refused("there are no files on this channel")

    def typing(self, address: str) -> None:
        """There is no such sign here."""

    def close(self) -> None:
        self._driver.close()

    def verify(self, hook: Webhook) -> None:
        self._driver.verify(hook)

    def answer(self, hook: Webhook) -> Answer:
        return self._driver.answer()

    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        return None

    def parse(self, hook: Webhook) -> list[Incoming | Report]:
        found: list[Incoming | Report] = []
        for item in self._driver.parse(hook):
            message = item if isinstance(item, Report) else self._incoming(item)
            if message is not None:
                found.append(message)
        if not found:
            raise NotForUs("nothing that asks for an answer")
        return found

    def _incoming(self, received: Received) -> Incoming | None:
        words = unicodedata.normalize("NFKC", received.text).strip()
        if words.upper() in STOP_WORDS:
            self._stop(received, words)
            return None
        self._state.drop(f"sms:stopped:{received.sender}")  # who asks us something wants to read the answer
        title, payload = self._choice(received.sender, words)
        return Incoming(
            channel=self.name,
            account=self.account,
            address=received.sender,
            external_id=received.message_id,
            text=title or worker_text(received.text) or "（空短信）",
            kind="button" if payload else "text",
            payload=payload,
        )

    def _stop(self, received: Received, words: str) -> None:
        """He wants nothing more: from this moment, and with the proof kept."""
        proof = {"at": clock.now().isoformat(), "words": words, "message": received.message_id}
        self._state.put(f"sms:stopped:{received.sender}", proof, None)
        self._state.put_new(f"sms:stop-proof:{received.sender}:{received.message_id}"[:200], proof, None)

    def _choice(self, number: str, words: str) -> tuple[str, str]:
        """The title and payload of the numbered choice that he was last offered."""
        if not (words.isascii() and words.isdecimal()) or len(words) > 2:
            return "", ""
        offered = (self._state.get(f"sms:menu:{number}") or {}).get(str(int(words)))
        return (offered[0], offered[1]) if offered else ("", "")

    def fit(self, outgoing: Outgoing) -> list[str]:
        """One message of at most three parts: the answer with its choices, or its beginning and the way to the rest."""
        menu = "".join(f"\n{number}.{button.title}" for number, button in enumerate(outgoing.buttons, 1))
        whole = outgoing.text + (f"\n回复数字选择：{menu}" if menu else "")
        if parts(whole) <= MOST_PARTS:
            return [whole]
        beginning = split(outgoing.text, MOST_PARTS, lambda text: parts(f"{text}…{MORE}"))[0]
        return [f"{beginning}…{MORE}"]

    def _offered(self, outgoing: Outgoing, text: str) -> dict[str, list[str]]:
        if text.endswith(MORE):
            return {"2": ["更多", MORE_PAYLOAD]}
        return {str(number): [button.title, button.payload] for number, button in enumerate(outgoing.buttons, 1)}

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        if self._state.get(f"sms:stopped:{to.address}") is not None:
            raise WorkerBlockedUs("the worker has asked for no more messages")
        text = self.fit(outgoing)[0]
        self._count(to.address, parts(text))
        if outgoing.buttons or text.endswith(MORE):
            self._state.put(f"sms:menu:{to.address}", self._offered(outgoing, text), DAY)
        else:
            self._state.drop(f"sms:menu:{to.address}")
        return Sent(self._driver.send(to.address, text, to.reference))

    def _count(self, number: str, count: int) -> None:
        """Spend parts of today's allowance; a number that has used its own waits until it writes again tomorrow."""
        day = clock.today().isoformat()
        with self._lock:
            keys = {f"sms:sent:{day}:{number}": self._per_number, f"sms:sent:{day}": self._per_day}
            used = {key: int((self._state.get(key) or {}).get("parts", 0)) for key in keys}
            for key, most in keys.items():
                if used[key] + count > most:
                    raise (
                        QuotaUsed("this number's day is used up")
                        if number in key
                        else RateLimited("the day's total is used up", retry_after=TOTAL_PAUSE)
                    )
            for key, before in used.items():
                self._state.put(key, {"parts": before + count}, 2 * DAY)
