"""`POST /api/ask`: one question in a fresh conversation, nothing stored; for editors, tests and other programs."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.pick import pick
from actions.respond import respond
from actions.routes import ACTION_OF_INTENT, ACTIONS
from actions.talk import Talk
from actions.turn import Turn, World, ranked
from bot import masking
from bot.gateway.callers import check_caller
from bot.gateway.chat import clean, read_json
from bot.gateway.errors import ApiError
from bot.gateway.rasa_client import RasaAway, RasaClient, RasaError
from bot.gateway.rasa_client import Turn as RasaTurn
from kit import clock
from kit.settings import Settings


class Ask:
    def __init__(self, rasa: RasaClient, world: World, configured: Settings) -> None:
        self._rasa = rasa
        self._world = world
        self._configured = configured

    def routes(self) -> list[Route]:
        return [Route("/api/ask", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        check_caller(request, self._configured)
        body = await read_json(request)
        text = body.get("text")
        if not isinstance(text, str) or any("\ud800" <= c <= "\udfff" for c in text) or not clean(text):
            raise ApiError(400, "empty", "text 应当是一句话", field="text")
        if len(text) > self._configured.max_text:
            raise ApiError(413, "too_long", f"一次最多{self._configured.max_text}个字", field="text")
        region, on = body.get("region"), _day(body.get("on"))
        try:
            return JSONResponse(await run_in_threadpool(self.ask, clean(text), region, on))
        except RasaAway as error:
            raise ApiError(503, "not_ready", "还在启动，请过几秒再试", retry_after=3) from error
        except RasaError as error:
            raise ApiError(502, "not_understood", "理解这句话时出了故障，请再试一次") from error

    def ask(self, text: str, region: str | None, on: date) -> dict[str, Any]:
        masked = masking.mask(text)
        vector = self._world.encode(masked)
        message_id = f"ask-{secrets.token_hex(8)}"
        parsed = self._rasa.parse(RasaTurn("ask", message_id, masked, vector=vector))
        turn = self._turn(masked, parsed, region, on)
        turn = replace(turn, vector=vector)
        return self._answer(turn)

    def _turn(self, text: str, parsed: dict[str, Any], region: str | None, on: date) -> Turn:
        intent = parsed.get("intent") or {}
        return Turn(
            text=text,
            intent=intent.get("name") or "oos",
            confidence=float(intent.get("confidence") or 0.0),
            ranking=ranked(parsed.get("intent_ranking")),
            cards=ranked(parsed.get("cards")),
            entities=tuple(parsed.get("entities") or ()),
            talk=Talk(region=region or ""),
            message_id="",
            conversation_id=None,
            channel="web",
            press="",
            today=on,
        )

    def _answer(self, turn: Turn) -> dict[str, Any]:
        verb = ACTIONS[ACTION_OF_INTENT.get(turn.intent, "action_fallback")]
        outcome = respond(verb, turn, self._world)
        first = outcome.messages[0]
        picked = pick(turn, self._world)
        likely = dict(turn.ranking)
        return {
            "topic": first.topic or "oos",
            "confidence": round(likely.get(first.topic or "oos", turn.confidence), 4),
            "ranking": [{"topic": name, "confidence": round(score, 4)} for name, score in turn.ranking],
            "kind": first.kind,
            "card": first.card,
            "cards": [{"id": hit.card, "score": round(float(hit.score), 4)} for hit in picked.hits[:5]],
            "citations": first.as_dict().get("citations", []),
            "text": "\n\n".join(message.text for message in outcome.messages),
        }


def _day(value: Any) -> date:
    if value is None:
        return clock.today()
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ApiError(400, "bad_field", "on 应当是 2026-01-31 这样的日期", field="on") from error
