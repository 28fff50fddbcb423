"""The route /metrics on the internal port: what this process counted, and what the rows say."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.settings import LOOPBACK


def route(rows: Callable[[], Collector], token: str) -> Route:
    """Whoever is on this machine may read it; from elsewhere only with the token, as `Authorization: Bearer`."""
    registered: list[Collector] = []

    def text() -> bytes:
        if not registered:
            registered.append(rows())
            REGISTRY.register(registered[0])
        return generate_latest(REGISTRY)

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        is_here = request.client is not None and request.client.host in LOOPBACK
        if not is_here and not (token and hmac.compare_digest(given.encode(), token.encode())):
            return Response(status_code=401)
        return Response(await run_in_threadpool(text), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)
