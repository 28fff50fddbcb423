"""Server-sent events as an answer: it knows when the page has gone, and it cuts a reader that does not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def event(name: str, data: Any, seq: int | None = None) -> bytes:
    """One event; the data is JSON in one line, so that nothing a worker wrote can end it."""
    identity = "" if seq is None else f"id: {seq}\n"
    return f"{identity}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


HEARTBEAT = b": still here\n\n"


class Events(Response):
    """Sends what `source` yields. A write that does not get through within `patience` ends the stream: the reader is
    asleep, comes back with its Last-Event-ID and has missed nothing."""

    media_type = "text/event-stream"

    def __init__(self, source: Callable[[], AsyncIterator[bytes]], patience: float) -> None:
        super().__init__(headers={"x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._source = source
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        writing = asyncio.ensure_future(self._write(send))
        leaving = asyncio.ensure_future(_gone(receive))
        try:
            done, _ = await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when the server is stopping: nothing of a stream outlives it
            for task in (writing, leaving):
                task.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
        for task in done:
            if not task.cancelled():
                task.result()

    async def _write(self, send: Send) -> None:
        source = self._source()
        try:
            async for chunk in source:
                body = {"type": "http.response.body", "body": chunk, "more_body": True}
                await asyncio.wait_for(send(body), self._patience)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            return  # without the last chunk, so that the server closes the connection
        finally:
            closing = getattr(source, "aclose", None)
            if closing is not None:
                await closing()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
