"""A provider of text messages in memory; `text` and `id` of the query are what a phone sent."""

from __future__ import annotations

from bot.channels.base import Answer, Report, Webhook
from bot.channels.sms.driver import Received


class FakeDriver:
    name = "fake"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def verify(self, hook: Webhook) -> None:
        pass

    def parse(self, hook: Webhook) -> list[Received | Report]:
        return [Received("13800000000", hook.query["text"], hook.query["id"])]

    def answer(self) -> Answer:
        return Answer()

    def send(self, number: str, text: str, reference: str) -> str:
        self.sent.append((number, text, reference))
        return str(len(self.sent))

    def close(self) -> None:
        pass
