"""Twilio-shaped providers: a signed form in, a form out. The signature covers the public URL and every field."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote

import httpx

from bot.channels import calls
from bot.channels.base import (
    Answer,
    ChannelMisconfigured,
    Forged,
    NotForUs,
    Refused,
    Report,
    Unreadable,
    Webhook,
    WorkerBlockedUs,
)
from bot.channels.sms.driver import Received

BLOCKED = (21610, 21211, 21614)  # unsubscribed; not a number; not a mobile number
FINAL = {"delivered": True, "undelivered": False, "failed": False}


class Twilio:
    name = "twilio"

    def __init__(
        self, url: str, account: str, token: str, number: str, secret: str, public_url: str, timeout: float = 10.0
    ) -> None:
        self._url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._account = account
        self._tokens = tuple(part.strip() for part in token.split(","))
        self._number = number
        self._hook = f"{public_url.rstrip('/')}/hooks/sms/{secret}"
        self._secret = secret
        self._http = calls.client(timeout)

    def close(self) -> None:
        self._http.close()

    def verify(self, hook: Webhook) -> None:
        """Both: the path's secret, and the platform's signature by the current token or the one before."""
        given = hook.headers.get("x-twilio-signature", "").encode()
        right = any(hmac.compare_digest(given, signature(hook.url, _fields(hook), key)) for key in self._tokens)
        if hook.method != "POST" or not hmac.compare_digest(hook.key.encode(), self._secret.encode()) or not right:
            raise Forged("the signature is wrong; does PUBLIC_URL say exactly what the provider calls?")

    def answer(self) -> Answer:
        return Answer("<Response/>", "text/xml")

    def parse(self, hook: Webhook) -> list[Received | Report]:
        fields = dict(_fields(hook))
        if "MessageStatus" in fields:
            status = fields["MessageStatus"]
            if status not in FINAL:
                raise NotForUs("a report on the way")
            return [Report(hook.query.get("ref", ""), FINAL[status], f"{status} {fields.get('ErrorCode', '')}".strip())]
        if not fields.get("From") or not fields.get("MessageSid"):
            raise Unreadable("From or MessageSid is missing")
        return [Received(fields["From"], fields.get("Body", ""), fields["MessageSid"])]

    def send(self, number: str, text: str, reference: str) -> str:
        form = {"From": self._number, "To": number, "Body": text}
        if reference:
            form["StatusCallback"] = f"{self._hook}?ref={quote(reference)}"
        response = calls.call(self._http, "POST", self._url, data=form, auth=(self._account, self._tokens[0]))
        body = _json(response)
        if response.status_code in (200, 201):
            return str(body.get("sid", ""))
        code = body.get("code")
        if response.status_code in (401, 403):
            raise ChannelMisconfigured("the provider refused the account: check SMS_USER and SMS_PASSWORD")
        if code in BLOCKED:
            raise WorkerBlockedUs(f"code {code}")
        raise Refused(f"code {code}")


def _json(response: httpx.Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _fields(hook: Webhook) -> list[tuple[str, str]]:
    try:
        return parse_qsl(hook.body.decode(), keep_blank_values=True, max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as error:
        raise Forged("the form cannot be read, so its signature cannot hold") from error


def signature(url: str, fields: list[tuple[str, str]], token: str) -> bytes:
    """Base64 of HMAC-SHA1 over the URL and all fields, sorted by name, written without anything between."""
    signed = url + "".join(name + value for name, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest())
