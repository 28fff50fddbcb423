"""The console as a channel: prints what a worker would read. For trying a delivery out without any platform."""

from __future__ import annotations

import sys
from typing import TextIO

from bot.channels.base import Answer, Forged, Recipient, Refused, Report, Sent, Webhook
from bot.messages import Incoming, Outgoing


class Console:
    name = "console"
    account = ""
    rate = 1000.0
    answers_in_place = 0.0

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def verify(self, hook: Webhook) -> None:
        raise Forged("the console has no webhook")

    def parse(self, hook: Webhook) -> list[Incoming | Report]:
        raise Forged("the console has no webhook")

    def answer(self, hook: Webhook) -> Answer:
        return Answer()

    def reply_in_place(self, hook: Webhook, replies: list[Outgoing]) -> Answer | None:
        return None

    def fit(self, outgoing: Outgoing) -> list[str]:
        buttons = "".join(f"\n  {number}. {button.title}" for number, button in enumerate(outgoing.buttons, 1))
        return [f"{outgoing.text}{buttons}"]

    def send(self, to: Recipient, outgoing: Outgoing, *, skip: int = 0) -> Sent:
        for part in self.fit(outgoing)[skip:]:
            print(f"[{to.address}] {part}", file=self._out, flush=True)
        return Sent()

    def fetch(self, reference: str, most: int) -> bytes:
        raise Refused("there are no files on this channel")

    def typing(self, address: str) -> None:
        """There is no such sign here."""

    def close(self) -> None:
        """The stream is not ours to close."""
