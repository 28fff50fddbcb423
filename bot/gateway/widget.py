"""The chat on other people's pages: `/widget.js` draws a button, and below it our chat in a frame of its own.

Only pages of GONGYOU_WIDGET_ORIGINS may show the frame (the browser holds them to it), and frame and page speak to each
other in three words, each of which checks who says it. Without that setting there is no widget at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {origins}"
)


def routes(origins: Sequence[str]) -> list[Route]:
    if not origins:
        return []
    page = (STATIC / "chat.html").read_text(encoding="utf-8")
    page = page.replace("<html ", f'<html class="framed" data-origins="{escape(" ".join(origins))}" ', 1)
    headers = {"content-security-policy": POLICY.format(origins=" ".join(origins)), "cache-control": "no-cache"}

    def framed(_request: Request) -> Response:
        return HTMLResponse(page, headers=headers)

    def script(_request: Request) -> Response:
        return FileResponse(STATIC / "widget.js", headers={"cross-origin-resource-policy": "cross-origin"})

    return [Route("/widget", framed), Route("/widget.js", script)]
