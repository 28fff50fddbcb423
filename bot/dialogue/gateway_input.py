"""The only road into Rasa: our gateway's input channel (DESIGN decision 2).

It differs from the stock REST channel where that one loses messages: a shared secret, our message id in the metadata,
a non-200 answer when handling failed, every bot message in one list plus a `done` flag, and the same answer again when
the same message id is asked twice. A worker's text can never name an intent: only `press`, set by our gateway for a
button that we sent, reaches Rasa as an intent.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import rasa.core.channels.channel as rasa_channel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.dialogue import remote_action, straight_runner, vectors
from knowledge.encoder import DIMENSIONS

log = logging.getLogger(__name__)

OnNewMessage = Callable[[rasa_channel.UserMessage], Awaitable[Any]]

FIRST_SENTENCE = "老板拖欠我三个月工资怎么办"
KEEP_ANSWERS = 500
KEEP_SECONDS = 600.0

remote_action.patch()
straight_runner.patch()


class Answers:
    """Turns under way or finished lately, by message id, so that a repeat gets the same bot messages."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, asyncio.Future[list[dict[str, Any]]]]] = OrderedDict()

    def find(self, message_id: str) -> asyncio.Future[list[dict[str, Any]]] | None:
        entry = self._known.get(message_id)
        if entry is None or time.monotonic() - entry[0] > KEEP_SECONDS:
            return None
        return entry[1]

    def keep(self, message_id: str, answer: asyncio.Future[list[dict[str, Any]]]) -> None:
        self._known[message_id] = (time.monotonic(), answer)
        self._known.move_to_end(message_id)
        while len(self._known) > KEEP_ANSWERS:
            self._known.popitem(last=False)

    def forget(self, message_id: str) -> None:
        self._known.pop(message_id, None)


def as_intent_free(text: str) -> str:
    """A worker's text as Rasa may see it: a leading slash would otherwise be read as an intent."""
    stripped = text.lstrip()
    return "／" + stripped[1:] if stripped.startswith("/") else text


def remember_vector(message_id: str, encoded: str | None) -> None:
    """The gateway sends the sentence's vector beside the text, never in the metadata."""
    if encoded:
        raw = np.frombuffer(base64.b64decode(encoded), dtype=np.float16)
        vectors.keep(message_id, raw.astype(np.float32))


class GatewayInput(rasa_channel.InputChannel):
    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        secret = (credentials or {}).get("secret")
        if not secret:
            raise ValueError("credentials.yml: bot.dialogue.gateway_input.GatewayInput needs `secret`")
        return cls(secret)

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.answers = Answers()
        self._warming: asyncio.Task[None] | None = None

    def is_trusted(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("x-gongyou-secret", ""), self.secret)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        gateway = Blueprint("gateway_webhook")

        @gateway.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready() and self._is_warm(agent)
            body = {"ready": ready, "model": agent.model_id if ready else None}
            return json(body, status=200 if ready else 503)

        @gateway.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self.is_trusted(request):
                return json({"error": "secret"}, status=401)
            try:
                messages = await self._answer(request.json, on_new_message)
            except Exception:
                log.exception("a turn failed")
                return json({"error": "turn failed", "done": False}, status=500)
            if not messages:
                return json({"error": "no answer", "done": False}, status=502)
            return json({"messages": messages, "done": True})

        @gateway.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            if not self.is_trusted(request):
                return json({"error": "secret"}, status=401)
            body = request.json
            message = rasa_channel.UserMessage(
                text=as_intent_free(body["text"]), metadata={"message_id": body["id"]}, input_channel=self.name()
            )
            remember_vector(body["id"], body.get("vector"))
            return json(await request.app.ctx.agent.processor.parse_message(message))

        return gateway

    def _is_warm(self, agent: Any) -> bool:
        """The first sentence after a start takes seconds. It is ours and not a worker's, and only then are we ready."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm_up(agent))
        return self._warming.done()

    async def _warm_up(self, agent: Any) -> None:
        vectors.keep("warm-up", np.zeros(DIMENSIONS, dtype=np.float32))
        message = rasa_channel.UserMessage(
            text=FIRST_SENTENCE, metadata={"message_id": "warm-up"}, input_channel=self.name()
        )
        try:
            await agent.processor.parse_message(message)
        except Exception:  # whoever writes next hears what is wrong, in a turn of his own
            log.exception("the first sentence failed")

    async def _answer(
        self, body: dict[str, Any], on_new_message: Callable[..., Awaitable[Any]]
    ) -> list[dict[str, Any]]:
        message_id = body["id"]
        known = self.answers.find(message_id)
        if known is not None:
            return await asyncio.shield(known)
        answer: asyncio.Future[list[dict[str, Any]]] = asyncio.get_running_loop().create_future()
        self.answers.keep(message_id, answer)
        try:
            messages = await self._turn(message_id, body, on_new_message)
        except BaseException as error:
            self.answers.forget(message_id)
            answer.set_exception(error)
            answer.exception()  # a turn nobody else waited for is not an unhandled error
            raise
        if not messages:
            self.answers.forget(message_id)
        answer.set_result(messages)
        return messages

    async def _turn(self, message_id: str, body: dict[str, Any], on_new_message: OnNewMessage) -> list[dict[str, Any]]:
        remember_vector(message_id, body.get("vector"))
        text = "/press" if body.get("press") else as_intent_free(body["text"])
        collector = rasa_channel.CollectingOutputChannel()
        message = rasa_channel.UserMessage(
            text,
            collector,
            body["sender"],
            input_channel=self.name(),
            message_id=message_id,
            metadata={**body.get("metadata", {}), "message_id": message_id, "press": body.get("press", "")},
        )
        await on_new_message(message)
        return [
            sent["custom"] if "custom" in sent else {"kind": "info", "text": sent.get("text", "")}
            for sent in collector.messages
        ]
