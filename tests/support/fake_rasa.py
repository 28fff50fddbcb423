"""A Rasa that answers from a dictionary, so that most tests need no TensorFlow."""

from __future__ import annotations

import threading

from bot.gateway.rasa_client import RasaError, Turn
from bot.messages import Outgoing


class FakeRasa:
    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.turns: list[Turn] = []
        self.failures: list[RasaError] = []
        self.always: RasaError | None = None
        self._lock = threading.Lock()

    def turn(self, turn: Turn) -> list[Outgoing]:
        with self._lock:
            self.turns.append(turn)
            if self.always is not None:
                raise self.always
            if self.failures:
                raise self.failures.pop(0)
        return [Outgoing(kind="answer", text=self.answers.get(turn.text, f"答：{turn.text}"))]
