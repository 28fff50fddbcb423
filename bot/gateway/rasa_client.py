"""Stage 5, our side: one turn of Rasa with typed answers, typed failures, a deadline and a circuit breaker."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from bot.messages import Outgoing
from kit import clock

Vector = NDArray[np.float32]


class RasaError(Exception):
    """Base of what can go wrong with a turn; `code` is what the row remembers."""

    code = "rasa"


class RasaAway(RasaError):
    """No Rasa process answers: it is starting, restarting or dead. Waiting helps."""

    code = "rasa_away"


class RasaFailed(RasaError):
    """Rasa answered, but the turn failed or was empty. Asking again may help."""

    code = "rasa_failed"


@dataclass(frozen=True)
class Turn:
    """What Rasa is asked: the worker's words, their vector, and the button he pressed, if it was one of ours."""

    sender: str
    message_id: str
    text: str
    press: str = ""
    vector: Vector | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"sender": self.sender, "id": self.message_id, "text": self.text, "press": self.press}
        body["metadata"] = self.metadata
        if self.vector is not None:
            body["vector"] = base64.b64encode(self.vector.astype(np.float16).tobytes()).decode()
        return body


class Breaker:
    """Stops calling a process that has just failed to connect, for a moment, so that a queue does not pile onto it."""

    def __init__(self, open_for: float = 0.3) -> None:
        self._open_for = open_for
        self._until = 0.0
        self._lock = threading.Lock()

    def is_open(self) -> bool:
        with self._lock:
            return clock.monotonic() < self._until

    def trip(self) -> None:
        with self._lock:
            self._until = clock.monotonic() + self._open_for

    def reset(self) -> None:
        with self._lock:
            self._until = 0.0


class RasaClient:
    """Talks to one or several Rasa processes; a conversation keeps to the one that has its tracker warm."""

    def __init__(self, urls: tuple[str, ...], secret: str, deadline: float, *, transport: Any = None) -> None:
        self._urls = urls
        self._breakers = {url: Breaker() for url in urls}
        self._http = httpx.Client(
            headers={"x-gongyou-secret": secret},
            timeout=httpx.Timeout(deadline, connect=1.0),
            limits=httpx.Limits(max_keepalive_connections=32, max_connections=64),
            trust_env=False,
            transport=transport,
        )

    def close(self) -> None:
        self._http.close()

    def turn(self, turn: Turn) -> list[Outgoing]:
        """Ask for a turn; at least one message, or a RasaError."""
        body = self._post(turn.sender, "webhook", turn.as_json())
        messages = body.get("messages")
        if not body.get("done") or not isinstance(messages, list) or not messages:
            raise RasaFailed("Rasa answered without a message")
        try:
            return [Outgoing.from_dict(message) for message in messages]
        except (KeyError, TypeError, ValueError) as error:
            raise RasaFailed(f"Rasa sent a message that is none of ours: {type(error).__name__}") from error

    def parse(self, turn: Turn) -> dict[str, Any]:
        """What Rasa understands of a text, without a conversation and without storing anything."""
        return self._post(turn.sender, "parse", turn.as_json())

    def is_ready(self) -> bool:
        return any(self._model(url) for url in self._urls)

    def models(self) -> dict[str, str]:
        """Which model each process answers with; empty while it does not."""
        return {url: self._model(url) for url in self._urls}

    def _model(self, url: str) -> str:
        try:
            answer = self._http.get(f"{url}/webhooks/gateway/", timeout=1.0)
            return str(answer.json().get("model") or "unnamed") if answer.status_code == httpx.codes.OK else ""
        except (httpx.HTTPError, ValueError, AttributeError):
            return ""

    def _order(self, sender: str) -> list[str]:
        """The conversation's own process first, then the others."""
        start = zlib.crc32(sender.encode()) % len(self._urls)
        return [self._urls[(start + step) % len(self._urls)] for step in range(len(self._urls))]

    def _post(self, sender: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        for url in self._order(sender):
            breaker = self._breakers[url]
            if breaker.is_open():
                continue
            try:
                response = self._http.post(f"{url}/webhooks/gateway/{path}", json=body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                breaker.trip()
                continue
            except httpx.HTTPError as error:
                raise _broken(error) from error
            breaker.reset()
            return _checked(response)
        raise RasaAway("no Rasa process answers")


def _broken(error: httpx.HTTPError) -> RasaError:
    """The connection broke during a turn: the process died or hangs."""
    if isinstance(error, httpx.TimeoutException):
        return RasaFailed("Rasa did not answer within the deadline")
    return RasaAway(f"the connection to Rasa broke: {type(error).__name__}")


def _checked(response: httpx.Response) -> dict[str, Any]:
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise RasaAway("Rasa is not ready")
    if response.status_code != httpx.codes.OK:
        raise RasaFailed(f"Rasa answered {response.status_code}")
    try:
        body = response.json()
    except ValueError as error:
        raise RasaFailed("Rasa's answer is not JSON") from error
    if not isinstance(body, dict):
        raise RasaFailed("Rasa's answer is not an object")
    return body


Encode = Callable[[str], Vector]
