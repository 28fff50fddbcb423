"""Who may use what is not for workers: this machine without a proxy, or a staff token."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from bot.gateway.errors import ApiError
from kit.settings import LOOPBACK, Settings, secret


def is_local(request: Request, configured: Settings) -> bool:
    """True for a caller on this machine that no proxy stands in front of."""
    forwarded = any(name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers)
    host = request.client.host if request.client else ""
    return host in LOOPBACK and not forwarded and not configured.public_url


def check_caller(request: Request, configured: Settings) -> None:
    """Let a local caller or a staff token in; everybody else is told what is missing."""
    if is_local(request, configured):
        return
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token, secret("session")):
        raise ApiError(401, "token_needed", "这个接口要带令牌：Authorization: Bearer ...")
