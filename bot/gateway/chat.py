"""The web page's API: a message is stored before it is acknowledged; answers are fetched by seq or streamed.

Stages 1 and 2 for the web channel. Every body is read within a size limit and every text is checked before it is
touched: whatever a worker sends, he gets a clear 4xx or a kind answer, never a 500.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from actions.signs import sign_in
from bot import masking, replies
from bot.gateway import shown_as
from bot.gateway.callers import check_caller
from bot.gateway.errors import ApiError
from bot.gateway.limits import TokenBuckets
from bot.mailbox import inbox, outbox
from bot.mailbox.tables import ConversationRow, OutboxRow
from bot.mailbox.wake import bell
from bot.mailbox.writer import Writer
from bot.messages import Incoming
from kit import clock, log, metrics
from kit.db import Database
from kit.settings import Settings

logger = log.logger("chat")

MAX_BODY = 64 * 1024
MAX_WAIT = 25.0
_SESSION = re.compile(r"[A-Za-z0-9_-]{20,64}")
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}")
_CHANNEL = re.compile("web|" + "|".join(shown_as.CHANNELS))
_PAYLOAD = re.compile(r"[\w.:\-一-鿿]{1,120}")


@dataclass(frozen=True)
class Posted:
    text: str
    session: str | None
    client_id: str | None
    payload: str
    shown_as: str = ""


async def read_body(request: Request, limit: int, too_large: str) -> bytes:
    """The request's body, refused as soon as it is larger than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ApiError(413, "too_large", too_large)
    return bytes(body)


async def read_json(request: Request, limit: int = MAX_BODY) -> dict[str, Any]:
    """The request's JSON object, refused early when it is too large or no JSON."""
    body = await read_body(request, limit, f"请求太大，最多{limit // 1024} KB")
    try:
        parsed = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ApiError(400, "not_json", "请求不是有效的 UTF-8 JSON") from error
    if not isinstance(parsed, dict):
        raise ApiError(400, "not_an_object", "请求应当是一个 JSON 对象")
    return parsed


def _string(body: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ApiError(400, "bad_field", f"{name} 的格式不对", field=name)
    return value


def clean(text: str) -> str:
    """The text without control characters; line breaks stay."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def read_post(body: dict[str, Any], max_text: int) -> Posted:
    text = body.get("text", "")
    if not isinstance(text, str):
        raise ApiError(400, "bad_field", "text 应当是文字", field="text")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise ApiError(400, "bad_text", "文字里有无法识别的字符", field="text")
    payload = _string(body, "payload", _PAYLOAD) or ""
    cleaned = clean(text)
    if not cleaned and not payload:
        raise ApiError(400, "empty", "请写点内容再发", field="text")
    if len(cleaned) > max_text:
        raise ApiError(413, "too_long", f"一次最多{max_text}个字，请分几条发", field="text")
    channel = _string(body, "as", _CHANNEL) or ""
    return Posted(cleaned, _string(body, "session", _SESSION), _string(body, "id", _CLIENT_ID), payload, channel)


def as_message(row: OutboxRow, channel: str = "") -> dict[str, Any]:
    """An outbox row in the shape of DESIGN section 5; with `parts` when it is shown as another channel."""
    shown = {key: value for key, value in row.body.items() if key not in ("version", "short", "extra")}
    message = {"seq": row.seq, "at": row.created_at.isoformat(), **shown}
    if row.done:
        message["done"] = True
    if channel in shown_as.CHANNELS:
        message["parts"] = shown_as.parts(message, channel)
    return message


def find_conversation(session: Session, address: str) -> str | None:
    """The web conversation of a session token."""
    found = select(ConversationRow.id).filter_by(channel="web", account="", address=address)
    return session.scalar(found)


def _shown_as(session: Session, conversation_id: str) -> str:
    profile = session.scalar(select(ConversationRow.profile).filter_by(id=conversation_id)) or {}
    return str(profile.get("as", ""))


def _chosen_by_digit(session: Session, conversation_id: str, incoming: Incoming) -> Incoming:
    """On SMS a digit chooses from the last message that offered anything."""
    last = select(OutboxRow.body).filter_by(conversation_id=conversation_id).order_by(OutboxRow.seq.desc()).limit(1)
    body = session.scalar(last)
    chosen = shown_as.pressed(body, incoming.text) if body and not incoming.payload else None
    return incoming if chosen is None else replace(incoming, text=chosen[0], kind="button", payload=chosen[1])


class Chat:
    def __init__(self, database: Database, settings: Settings, hash_key: str) -> None:
        self._database = database
        self._writer = Writer(database)
        self._settings = settings
        self._hash_key = hash_key
        self._by_session = TokenBuckets(settings.session_rate, settings.session_burst)
        per_minute = settings.address_per_minute
        self._by_address = TokenBuckets(per_minute / 60, per_minute)

    def routes(self) -> list[Route]:
        return [
            Route("/api/chat/messages", self.post, methods=["POST"]),
            Route("/api/chat/messages", self.fetch, methods=["GET"]),
            Route("/api/chat/stream", self.stream, methods=["GET"]),
        ]

    async def post(self, request: Request) -> Response:
        posted = read_post(await read_json(request), self._settings.max_text)
        self._check_rate(posted, request.client.host if request.client else "")
        if posted.shown_as:
            check_caller(request, self._settings)
        session = posted.session or secrets.token_urlsafe(24)
        external_id = f"{session[:12]}:{posted.client_id or secrets.token_hex(12)}"
        incoming = Incoming(
            channel="web",
            account="",
            address=session,
            external_id=external_id,
            text=masking.mask(posted.text),
            kind="button" if posted.payload else "text",
            payload=posted.payload,
        )
        began = clock.monotonic()
        stored = await run_in_threadpool(self._accept, incoming, posted.session is not None, posted.shown_as)
        took = clock.monotonic() - began
        metrics.ACKNOWLEDGED.labels("web").observe(took)
        logger.info("accepted", channel="web", inbox=stored.inbox_id, took_ms=round(took * 1000))
        bell.ring("inbox")
        return JSONResponse({"session": session, "message": external_id.partition(":")[2]}, status_code=202)

    def _check_rate(self, posted: Posted, address: str) -> None:
        """Who may be in danger is never told to wait."""
        wait = self._by_address.take(address) or (self._by_session.take(posted.session) if posted.session else 0.0)
        if wait and sign_in(posted.text, 0.0) != "alarm":
            raise ApiError(429, "too_fast", replies.TOO_FAST, retry_after=wait)

    def _accept(self, incoming: Incoming, must_exist: bool, channel: str) -> inbox.Accepted:
        def store(session: Session) -> inbox.Accepted:
            known = find_conversation(session, incoming.address)
            if must_exist and known is None:
                raise ApiError(404, "unknown_session", "这个对话已经结束，请刷新页面重新开始", field="session")
            is_sms = known is not None and _shown_as(session, known) == "sms"
            said = _chosen_by_digit(session, known or "", incoming) if is_sms else incoming
            stored = inbox.accept(session, said, now=clock.now(), key=self._hash_key)
            if channel:
                row = session.get_one(ConversationRow, stored.conversation_id)
                row.profile = {**row.profile, "as": channel}
            return stored

        accepted = self._writer.run(store)
        if accepted.conflict:
            raise ApiError(409, "conflict", "同一个 id 已经发过别的内容", field="id")
        return accepted

    async def _conversation(self, request: Request) -> tuple[str, int]:
        token = request.query_params.get("session", "")
        after = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
        if not _SESSION.fullmatch(token) or not after.isdecimal() or len(after) > 12:
            raise ApiError(400, "bad_field", "session 或 after 的格式不对", field="session")
        with self._database.reading() as session:
            conversation_id = find_conversation(session, token)
        if conversation_id is None:
            raise ApiError(404, "unknown_session", "这个对话已经结束，请刷新页面重新开始", field="session")
        return conversation_id, int(after)

    def _rows(self, conversation_id: str, after: int) -> list[dict[str, Any]]:
        with self._database.reading() as session:
            channel = _shown_as(session, conversation_id)
            return [as_message(row, channel) for row in outbox.after(session, conversation_id, after)]

    async def _wait_for_rows(self, conversation_id: str, after: int, wait: float) -> list[dict[str, Any]]:
        deadline = clock.monotonic() + wait
        with bell.listening(f"conversation:{conversation_id}") as ear:
            while True:
                rows = await run_in_threadpool(self._rows, conversation_id, after)
                left = deadline - clock.monotonic()
                if rows or left <= 0:
                    return rows
                await ear.wait(min(left, 1.0))

    async def fetch(self, request: Request) -> Response:
        conversation_id, after = await self._conversation(request)
        asked = request.query_params.get("wait", "0")
        wait = min(float(asked), MAX_WAIT) if re.fullmatch(r"\d{1,3}(\.\d+)?", asked) else 0.0
        messages = await self._wait_for_rows(conversation_id, after, wait)
        return JSONResponse({"messages": messages, "next": messages[-1]["seq"] if messages else after})

    async def stream(self, request: Request) -> Response:
        conversation_id, after = await self._conversation(request)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(
            self._events(request, conversation_id, after), media_type="text/event-stream", headers=headers
        )

    async def _events(self, request: Request, conversation_id: str, after: int) -> AsyncIterator[str]:
        yield "retry: 1500\n\n"
        while not await request.is_disconnected():
            rows = await self._wait_for_rows(conversation_id, after, 15.0)
            for row in rows:
                after = row["seq"]
                yield f"id: {after}\ndata: {json.dumps(row, ensure_ascii=False)}\n\n"
            if not rows:
                yield ": still here\n\n"
