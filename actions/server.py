"""The action server's route: loopback, a secret, a size cap, a deadline, and no word of the tracker in an error.

Rasa calls it once a turn. The stock action server has no authentication and echoes the tracker when it fails, so
`rasa_sdk`'s executor runs inside this route instead (DESIGN decision 4).
"""

from __future__ import annotations

import asyncio
import functools
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import Restarted, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.respond import respond
from actions.routes import ACTIONS
from actions.talk import Talk
from actions.turn import Outcome, Turn, World, ranked
from kit import clock, log
from kit.recent import Recent

logger = log.logger("actions")

MAX_BODY = 512 * 1024


def turn_of(tracker: Tracker, vectors: Recent[Any]) -> Turn:
    """What a verb needs to know, read once from Rasa's tracker."""
    latest = tracker.latest_message
    metadata = latest.get("metadata") or {}
    intent = latest.get("intent") or {}
    message_id = metadata.get("message_id", "")
    return Turn(
        text=latest.get("text") or "",
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        ranking=ranked(latest.get("intent_ranking")),
        cards=ranked(latest.get("cards")),
        entities=tuple(latest.get("entities") or ()),
        talk=Talk.from_slot(tracker.get_slot("talk")),
        message_id=message_id,
        conversation_id=metadata.get("conversation"),
        channel=metadata.get("channel", "web"),
        press=metadata.get("press", ""),
        today=clock.today(),
        vector=vectors.find(message_id),
        extra=metadata.get("extra") or {},
    )


def action_class(name: str, answer: Callable[[Turn], Outcome], vectors: Recent[Any]) -> Action:
    """A rasa_sdk action around what one of our verbs answers."""

    class Wrapped(Action):  # type: ignore[misc]
        def name(self) -> str:
            return name

        def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
            outcome = answer(turn_of(tracker, vectors))
            for message in outcome.messages:
                dispatcher.utter_message(json_message=message.as_dict())
            if outcome.forget:
                return [Restarted()]
            return [SlotSet("talk", outcome.talk.as_slot())] if outcome.talk is not None else []

    return Wrapped()


def answers(world: World) -> dict[str, Callable[[Turn], Outcome]]:
    """Every action of the bot, each through `respond`."""
    return {name: functools.partial(respond, verb, world=world) for name, verb in ACTIONS.items()}


class ActionServer:
    def __init__(
        self, answers: Mapping[str, Callable[[Turn], Outcome]], vectors: Recent[Any], secret: str, deadline: float
    ) -> None:
        self._secret = secret
        self._deadline = deadline
        self._executor = ActionExecutor()
        for name, answer in answers.items():
            self._executor.register_action(action_class(name, answer, vectors))

    def routes(self) -> list[Route]:
        return [Route("/internal/actions", self.run, methods=["POST"])]

    async def run(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("x-gongyou-secret", ""), self._secret):
            return JSONResponse({"error": "secret"}, status_code=401)
        if int(request.headers.get("content-length") or 0) > MAX_BODY:
            return JSONResponse({"error": "too large"}, status_code=413)
        try:
            call = json.loads(await request.body())
            done = await asyncio.wait_for(asyncio.to_thread(self._execute, call), self._deadline)
        except TimeoutError:
            logger.error("an action passed its deadline")
            return JSONResponse({"error": "deadline"}, status_code=504)
        except Exception:  # the last fence: the trace goes to our log, the caller learns nothing
            logger.exception("an action failed")
            return JSONResponse({"error": "failed"}, status_code=500)
        return JSONResponse(done)

    def _execute(self, call: dict[str, Any]) -> dict[str, Any]:
        result = asyncio.run(self._executor.run(call))
        return dict(result if isinstance(result, dict) else result.model_dump())
