"""Kannel's smsbox over HTTP, both directions and delivery reports. It signs nothing: a secret in the path, loopback.

In kannel.conf: get-url = ".../hooks/sms/<secret>?from=%p&to=%P&id=%I&time=%t&coding=%c&bytes=%b",
max-messages = 0 (so that
smsbox sends our HTTP answer to nobody) and concatenation = true, both for the service and for the sendsms-user.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, unquote_to_bytes, urlsplit

from bot.channels import calls
from bot.channels.base import (
    Answer,
    ChannelMisconfigured,
    Forged,
    NotForUs,
    PlatformUnavailable,
    Refused,
    Report,
    Unreadable,
    Webhook,
)
from bot.channels.sms.driver import Received
from bot.channels.sms.parts import is_gsm

UCS2 = "2"
DELIVERED, FAILED, REJECTED = 1, 2, 16
REPORTS = DELIVERED | FAILED | REJECTED


class Kannel:
    name = "kannel"

    def __init__(
        self, url: str, user: str, password: str, number: str, secret: str, callback: str, timeout: float = 10.0
    ) -> None:
        """`url` is smsbox's address, `callback` where smsbox finds our gateway."""
        self._url = url.rstrip("/")
        self._login = {"user": user, "pass": password}
        self._number = number
        self._secret = secret
        self._callback = callback.rstrip("/")
        self._http = calls.client(timeout)

    def close(self) -> None:
        self._http.close()

    def verify(self, hook: Webhook) -> None:
        if not hmac.compare_digest(hook.key.encode(), self._secret.encode()):
            raise Forged("the secret in the path is wrong")

    def answer(self) -> Answer:
        """Empty: smsbox would send any words of ours to the worker."""
        return Answer()

    def parse(self, hook: Webhook) -> list[Received | Report]:
        if "report" in hook.query:
            return [self._report(hook)]
        sender, raw = hook.query.get("from", ""), _raw(hook.url, "bytes")
        if not sender or raw is None:
            raise Unreadable("from or bytes is missing: compare get-url in kannel.conf with the documentation")
        text = _decoded(raw, hook.query.get("coding", ""))
        # Without an id of the operator's own, equal words of one sender in one second count as one message.
        key = f"{sender}|{hook.query.get('time', '')}|{text}"
        message_id = hook.query.get("id") or hashlib.sha256(key.encode()).hexdigest()[:32]
        return [Received(sender, text, message_id)]

    @staticmethod
    def _report(hook: Webhook) -> Report:
        status = hook.query["report"]
        if not status.isdecimal() or int(status) not in (DELIVERED, FAILED, REJECTED):
            raise NotForUs("a report on the way")
        return Report(hook.query.get("ref", ""), int(status) == DELIVERED, f"kannel {status}")

    def send(self, number: str, text: str, reference: str) -> str:
        report = f"{self._callback}/hooks/sms/{self._secret}?report=%d&ref={quote(reference)}"
        fields = {**self._login, "from": self._number, "to": number, "text": text, "charset": "UTF-8"}
        fields["coding"] = "0" if is_gsm(text) else UCS2
        if reference:
            fields.update({"dlr-mask": str(REPORTS), "dlr-url": report})
        response = calls.call(self._http, "GET", f"{self._url}/cgi-bin/sendsms", params=fields)
        words = response.text.strip()[:100]
        if response.status_code in (401, 403) or "authorization" in words.lower():
            raise ChannelMisconfigured("smsbox refused the user: check SMS_USER, SMS_PASSWORD and user-allow-ip")
        if response.status_code == 202:
            return words.partition(":")[2].strip()
        if "temporal" in words.lower():
            raise PlatformUnavailable(words)
        raise Refused(f"smsbox answered {response.status_code}")


def _raw(url: str, name: str) -> bytes | None:
    """A query value as bytes: UCS-2 is not UTF-8, and decoding it as text would destroy it."""
    for pair in urlsplit(url).query.split("&"):
        key, _, value = pair.partition("=")
        if key == name:
            return unquote_to_bytes(value.replace("+", " "))
    return None


def _decoded(raw: bytes, coding: str) -> str:
    encoding = "utf-16-be" if coding == UCS2 else "utf-8"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"the words are not {encoding}") from error
