"""One call to an address outside, without letting that address lead us into our own network (promise list V25).

The name is resolved once, every address it has must be public, and the call goes to that very address: a name that
changes its mind between the check and the call gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from kit import clock

TIMEOUT = 10.0


class BadAddress(Exception):
    """The address is not one that we call; the message says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    took_ms: int
    error: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def check(url: str, *, loopback: bool) -> tuple[str, str]:
    """The host and the address to call; raises BadAddress."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise BadAddress("地址要以 https:// 开头")
    if not host or parts.username or parts.password or parts.fragment:
        raise BadAddress("地址里不能带账号、密码和 #")
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise BadAddress("这个域名现在解析不到") from error
    for address in found:
        known = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(known, "ipv4_mapped", None) or known
        if not (mapped.is_global and not mapped.is_multicast) and not (loopback and mapped.is_loopback):
            raise BadAddress("这个地址在内网，不能往那里发")
    return host, sorted(found)[0]


def post(url: str, body: bytes, headers: dict[str, str], *, loopback: bool) -> Answer:
    """Whatever happens, an answer for the log; nothing of the other side's body is kept."""
    began = clock.monotonic()
    try:
        host, address = check(url, loopback=loopback)
        parts = urlsplit(url)
        at = f"[{address}]" if ":" in address else address
        port = f":{parts.port}" if parts.port else ""
        pinned = parts._replace(netloc=f"{at}{port}").geturl()
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as http:
            named = {**headers, "host": f"{host}{port}"}
            answer = http.post(pinned, content=body, headers=named, extensions={"sni_hostname": host})
        return Answer(answer.status_code, _since(began), "" if answer.is_success else f"status {answer.status_code}")
    except BadAddress as error:
        return Answer(0, _since(began), str(error))
    except httpx.HTTPError as error:
        return Answer(0, _since(began), type(error).__name__)


def _since(began: float) -> int:
    return round((clock.monotonic() - began) * 1000)
