"""Stages 1 and 2 for platforms that call us: verify, parse, store, and only then the 200.

A platform repeats a webhook until it reads a 200, so every failure of ours is a 503 and every repeat is one row.
"""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import Answer, Channel, ChannelError, Forged, NotForUs, Report, Unreadable, Webhook
from bot.gateway.deliver import tell_operators
from bot.gateway.in_place import wait_for_replies
from bot.mailbox import inbox, outbox
from bot.mailbox.inbox import Accepted
from bot.mailbox.wake import bell
from bot.mailbox.writer import Writer
from bot.messages import Incoming
from kit import clock, log, metrics
from kit.db import Database

logger = log.logger("receive")

MAX_BODY = 256 * 1024
STORE_WITHIN = 3.0  # seconds: below the 5 s after which WeChat hangs up, so that it reads our 503
LATE_WORD = "没有送达：运营商回执说没有收到，请换电话等别的办法联系。"


class TooLarge(Exception):
    """The body is larger than any platform sends."""


class Receive:
    """Webhooks of all configured channels under /hooks/<channel>/<key>."""

    def __init__(self, database: Database, channels: Sequence[Channel], public_url: str, hash_key: str) -> None:
        self._database = database
        self._writer = Writer(database)
        self._channels = {channel.name: channel for channel in channels}
        self._public_url = public_url
        self._hash_key = hash_key

    def routes(self) -> list[BaseRoute]:
        return [Route("/hooks/{channel}/{key}", self.take, methods=["GET", "POST"])]

    def store(self, name: str, hook: Webhook) -> None:
        """The same for a message that was fetched instead of brought."""
        found = _checked(self._channels[name], hook)
        self._writer.run(lambda session: self._accept(session, found))
        bell.ring("inbox")
        bell.ring("outbox")

    async def take(self, request: Request) -> Response:
        channel = self._channels.get(request.path_params["channel"])
        if channel is None:
            return Response(status_code=404)
        began = clock.monotonic()
        try:
            hook = await self._read(request)
            with anyio.fail_after(STORE_WITHIN):
                found = await anyio.to_thread.run_sync(_checked, channel, hook, abandon_on_cancel=True)
                stored = await self._writer.stored(lambda session: self._accept(session, found))
        except TooLarge:
            return Response(status_code=413)
        except Forged as error:
            logger.warning("forged", channel=channel.name, reason=str(error))
            return Response(status_code=403)
        except Unreadable as error:
            logger.warning("unreadable", channel=channel.name, reason=str(error))
            return Response(status_code=400)
        except NotForUs as nothing:
            return _response(nothing.answer or channel.answer(hook))
        except (SQLAlchemyError, TimeoutError) as error:
            logger.error("not stored", channel=channel.name, error=type(error).__name__)
            return Response(status_code=503, headers={"retry-after": "2"})
        took = clock.monotonic() - began
        metrics.ACKNOWLEDGED.labels(channel.name).observe(took)
        for one in stored:
            logger.info("accepted", channel=channel.name, inbox=one.inbox_id, took_ms=round(took * 1000))
        bell.ring("inbox")
        bell.ring("outbox")
        return _response(await self._answer(channel, hook, stored, began))

    async def _answer(self, channel: Channel, hook: Webhook, stored: list[Accepted], began: float) -> Answer:
        """The reply itself where the platform carries it and the turn ends in time, else the plain acknowledgement."""
        if not channel.answers_in_place or len(stored) != 1:
            return channel.answer(hook)
        until = began + channel.answers_in_place
        try:
            in_place = await wait_for_replies(self._database, channel, hook, stored[0], until)
        except SQLAlchemyError as error:  # the message is stored: the relay will bring the reply
            logger.error("no reply in place", channel=channel.name, error=type(error).__name__)
            in_place = None
        return in_place or channel.answer(hook)

    async def _read(self, request: Request) -> Webhook:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise TooLarge
        query = request.url.query
        return Webhook(
            method=request.method,
            url=f"{self._public_url}{request.url.path}{'?' + query if query else ''}",
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=bytes(body),
            key=request.path_params["key"],
        )

    def _accept(self, session: Session, found: list[Incoming | Report]) -> list[Accepted]:
        """Everything the webhook brought, in one transaction: a batch is stored whole or repeated whole."""
        accepted: list[Accepted] = []
        for message in found:
            now = clock.now()
            if isinstance(message, Report):
                self._report(session, message)
                continue
            row = inbox.accept(session, message, now=now, key=self._hash_key)
            if row.created:
                outbox.release(session, row.conversation_id, now=now)
            elif row.conflict:
                logger.warning("conflict", channel=message.channel, inbox=row.inbox_id)
            accepted.append(row)
        return accepted

    @staticmethod
    def _report(session: Session, report: Report) -> None:
        if not report.reference.isdecimal():
            return
        number = int(report.reference)
        failed_in = outbox.report(session, number, delivered=report.delivered, detail=report.detail, now=clock.now())
        if failed_in is not None:
            tell_operators(session, failed_in, LATE_WORD)


def _checked(channel: Channel, hook: Webhook) -> list[Incoming | Report]:
    """What an honest webhook brings."""
    channel.verify(hook)
    found = _parsed(channel, hook)
    for message in found:
        if isinstance(message, Incoming):
            _check(message)
    return found


def _parsed(channel: Channel, hook: Webhook) -> list[Incoming | Report]:
    """A body on which our own code breaks is unreadable: answered so, and an error in the log."""
    try:
        return channel.parse(hook)
    except ChannelError:
        raise
    except Exception as error:
        logger.exception("the parser broke", channel=channel.name)
        raise Unreadable(type(error).__name__) from error


def _check(incoming: Incoming) -> None:
    """What the columns cannot hold is not a message of any platform we know."""
    fits = len(incoming.external_id) <= 160 and len(incoming.address) <= 128 and len(incoming.account) <= 64
    if not fits or not incoming.address or not incoming.external_id:
        raise Unreadable("an id is missing or too long")


def _response(answer: Answer) -> Response:
    return Response(answer.body, media_type=answer.media_type)
