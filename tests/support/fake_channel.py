"""A platform in memory that fails as it is told to, and remembers what reached the worker."""

from __future__ import annotations

import threading
from collections import defaultdict

from bot.channels.base import Answer, Forged, Recipient, Report, Sent, Unreadable, Webhook
from bot.messages import Incoming, Outgoing


class FakeChannel:
    name = "telegram"
    account = "bot"
    rate = 100_000.0
    answers_in_place = 0.0

    def __init__(self) -> None:
        self.before: list[Exception] = []  # raised before the platform has taken the message
        self.after: list[Exception] = []  # raised after the worker has got it
        self.always: Exception | None = None
        self.got: defaultdict[str, list[str]] = defaultdict(list)
        self.calls = 0
        self.typed: list[str] = []
        self.files: dict[str, bytes] = {}
        self.lock = threading.Lock()

    def verify(self, hook: Webhook) -> None:
        if hook.key != "secret":
            raise Forged("wrong secret")

    def parse(self, hook: Webhook) -> list[Incoming | Report]:
        """The body is lines of `id address words`, or `report id` lines."""
        found: list[Incoming | Report] = []
        for line in hook.body.decode().splitlines():
            first, _, rest = line.partition(" ")
            if first == "report":
                found.append(Report(rest, delivered=False, detail="absent"))
                continue
            address, _, words = rest.partition(" ")
            if not words:
                raise Unreadable("no words")
            found.append(Incoming(self.name, self.account, address, first, words))
        return found

    def answer(self, hook: Webhook) -> Answer:
        return Answer("taken")

    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        return Answer("/".join(reply.text for reply in replies))

    def fit(self, outgoing: Outgoing) -> list[str]:
        return outgoing.text.split("|")

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        with self.lock:
            self.calls += 1
            if self.always is not None:
                raise self.always
            if self.before:
                raise self.before.pop(0)
            for part in self.fit(outgoing)[skip:]:
                self.got[to.address].append(part)
            if self.after:
                raise self.after.pop(0)
            return Sent(str(self.calls))

    def fetch(self, reference: str, most: int) -> bytes:
        return self.files[reference]

    def typing(self, address: str) -> None:
        self.typed.append(address)

    def close(self) -> None:
        pass
