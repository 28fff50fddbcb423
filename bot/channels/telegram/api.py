"""Calls the Bot API from threads: python-telegram-bot speaks asyncio, the relay does not.

The Bot is never initialised (that would ask the network for our name at every start); a method call needs no more.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels import calls
from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    PlatformUnavailable,
    RateLimited,
    Refused,
    SendError,
    WorkerBlockedUs,
)

Result = TypeVar("Result")

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
GONE = ("chat not found", "user is deactivated", "peer_id_invalid")


class Api:
    """One event loop in its own thread, and a Bot on it."""

    def __init__(self, token: str, base_url: str, timeout: float = 10.0) -> None:
        self._loop = asyncio.new_event_loop()
        self._timeout = timeout
        ordinary = HTTPXRequest(16, timeout, timeout, timeout, timeout, httpx_kwargs={"trust_env": False})
        polling = HTTPXRequest(1, 35.0, timeout, timeout, timeout, httpx_kwargs={"trust_env": False})
        self.bot = Bot(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=ordinary,
            get_updates_request=polling,
        )
        self._files = calls.client(timeout)
        self._requests = (ordinary, polling)
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def fetch(self, file_id: str, most: int) -> bytes:
        """Where the file lies is asked first; that address holds the token and stays in here."""
        found = self.call(self.bot.get_file(file_id))
        if not found.file_path or (found.file_size or 0) > most:
            raise Refused("no file, or too large")
        return calls.download(self._files, found.file_path, most)[0]

    def close(self) -> None:
        self._files.close()
        for request in self._requests:
            asyncio.run_coroutine_threadsafe(request.shutdown(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def call(self, work: Coroutine[Any, Any, Result], timeout: float | None = None) -> Result:
        """The result of a Bot method, or one of our SendErrors; what it says holds no token."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result((timeout or self._timeout) + 5.0)
        except TelegramError as error:
            raise translated(error) from None
        except TimeoutError:
            future.cancel()
            raise AnswerLost("no answer in time") from None


def translated(error: TelegramError) -> SendError:
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return RateLimited(retry_after=after.total_seconds() if isinstance(after, timedelta) else float(after))
    if isinstance(error, Forbidden):
        return WorkerBlockedUs(error.message)
    if isinstance(error, InvalidToken):
        return ChannelMisconfigured("Telegram does not know this token: check TELEGRAM_TOKEN")
    if isinstance(error, Conflict):
        return ChannelMisconfigured("another process polls with this token, or a webhook is set")
    if isinstance(error, BadRequest):
        gone = any(words in error.message.lower() for words in GONE)
        return WorkerBlockedUs(error.message) if gone else Refused(error.message)
    if isinstance(error, NetworkError) and isinstance(error.__cause__, httpx.HTTPError):
        was_sent = not isinstance(error.__cause__, NEVER_SENT)
        return (AnswerLost if was_sent else PlatformUnavailable)(type(error.__cause__).__name__)
    return PlatformUnavailable("Telegram failed on its side")
