"""The public side: the chat page, its API, `/api/ask`, and whether we live. Nothing here trusts its caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.gateway.errors import ApiError, on_api_error
from kit import log

HERE = Path(__file__).parent
logger = log.logger("gateway")

PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SafeHeaders:
    """Adds the headers of PAGE_HEADERS to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in PAGE_HEADERS.items() if k.encode() not in present]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


async def page(_request: Request) -> Response:
    return FileResponse(HERE / "static" / "chat.html", headers={"cache-control": "no-cache"})


async def on_error(_request: Request, _error: Exception) -> Response:
    """Whatever breaks, the caller learns nothing of our insides, and the log gets the trace."""
    body = {"error": {"code": "broken", "message": "我们这边出了故障，请稍后再试，急事请打12351"}}
    return JSONResponse(body, status_code=500)


def health_routes(is_ready: Callable[[], dict[str, bool]]) -> list[BaseRoute]:
    def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    def readyz(_request: Request) -> Response:
        parts = is_ready()
        return JSONResponse(
            {"ready": all(parts.values()), "parts": parts}, status_code=200 if all(parts.values()) else 503
        )

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def build(routes: Sequence[BaseRoute], is_ready: Callable[[], dict[str, bool]]) -> Starlette:
    """The gateway's application from the routes that its roles bring."""
    return Starlette(
        routes=[
            Route("/", page),
            *health_routes(is_ready),
            *routes,
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={ApiError: on_api_error, Exception: on_error},
    )
