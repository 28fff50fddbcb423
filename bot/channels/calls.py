"""One HTTP call to a platform, with its failures in our words: was it never sent, or was only the answer lost?"""

from __future__ import annotations

from typing import Any

import httpx

from bot.channels.base import AnswerLost, PlatformUnavailable, RateLimited, Refused

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def client(timeout: float = 10.0) -> httpx.Client:
    """A client that takes no proxy from the environment and follows nobody elsewhere."""
    return httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)


def download(http: httpx.Client, url: str, most: int, **more: Any) -> tuple[bytes, str]:
    """A file's bytes and what it calls itself; more than `most` bytes are refused before they are read."""
    body = bytearray()
    try:
        with http.stream("GET", url, **more) as response:
            if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise PlatformUnavailable(f"the platform answered {response.status_code}")
            if response.status_code != httpx.codes.OK:
                raise Refused(f"no file: {response.status_code}")
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > most:
                    raise Refused(f"more than {most} bytes")
            return bytes(body), response.headers.get("content-type", "")
    except httpx.HTTPError as error:
        raise PlatformUnavailable(type(error).__name__) from None


def call(http: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:
    """The platform's answer below 500; the URL, which may hold a secret, stays out of every error."""
    try:
        response = http.request(method, url, **more)
    except NEVER_SENT as error:
        raise PlatformUnavailable(type(error).__name__) from None
    except httpx.HTTPError as error:
        raise AnswerLost(type(error).__name__) from None
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        after = response.headers.get("retry-after", "")
        raise RateLimited("429", retry_after=float(after) if after.isdecimal() else 1.0)
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise PlatformUnavailable(f"the platform answered {response.status_code}")
    return response
