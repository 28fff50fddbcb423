"""What a provider of text messages must do. A city's own provider is one more file beside kannel.py and twilio.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.channels.base import Answer, Report, Webhook


@dataclass(frozen=True)
class Received:
    """A text message as the provider gave it to us: nothing cleaned, nothing masked yet."""

    sender: str
    text: str
    message_id: str


class Driver(Protocol):
    name: str

    def verify(self, hook: Webhook) -> None: ...
    def parse(self, hook: Webhook) -> list[Received | Report]: ...
    def answer(self) -> Answer: ...
    def send(self, number: str, text: str, reference: str) -> str: ...
    def close(self) -> None: ...
