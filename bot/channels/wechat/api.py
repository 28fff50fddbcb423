"""WeChat's server API: the token that all processes share, and messages whose errcode decides (HTTP says 200 anyway).

wechatpy's own client is not used: it asks for tokens without a time limit, repeats without end when two processes
refresh against each other, and does not know stable_token.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from bot.channels import calls
from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    ChannelState,
    MayNotSend,
    PlatformUnavailable,
    QuotaUsed,
    RateLimited,
    Refused,
    SendError,
    WindowShut,
    WorkerBlockedUs,
)

TOKEN_WRONG = (40001, 40014, 42001)
EARLY = 300.0  # seconds before its end at which a token is fetched anew
FORCE_PAUSE = 60.0  # WeChat allows a forced refresh every 30 s, 20 a day
HOUR = 3600.0
WHAT_TO_DO = {
    40013: "WECHAT_APP_ID is wrong",
    40125: "WECHAT_SECRET is wrong",
    40164: "this server's address is not in the account's IP list (公众平台 → 开发接口管理 → IP白名单)",
    48004: "the account's interface has been closed by the platform",
}
NOT_ALLOWED = 48001
GONE = (40003, 43004, 50005)


def as_error(code: int) -> SendError:
    """What an errcode means for a message; the words are for operators."""
    words = f"errcode {code}"
    if code == 45015:
        return WindowShut(words)
    if code == NOT_ALLOWED:
        return MayNotSend(f"{words}: the account may not send by itself; the answer goes with the next message")
    if code == 45047:
        return QuotaUsed(words)
    if code == -1:
        return PlatformUnavailable(words)
    if code == 45009:
        return RateLimited(f"{words}: the day's calls are used up", retry_after=HOUR)
    if code in GONE:
        return WorkerBlockedUs(words)
    if code in WHAT_TO_DO or code in TOKEN_WRONG:
        return ChannelMisconfigured(f"{words}: {WHAT_TO_DO.get(code, 'the token was refused twice')}")
    return Refused(words)


class Api:
    def __init__(self, app_id: str, secret: str, base_url: str, state: ChannelState, timeout: float = 5.0) -> None:
        self._app_id = app_id
        self._secret = secret
        self._url = base_url.rstrip("/")
        self._state = state
        self._http = calls.client(timeout)
        self._key = f"wechat:token:{app_id}"

    def close(self) -> None:
        self._http.close()

    def send_text(self, follower: str, text: str) -> None:
        self.post("message/custom/send", {"touser": follower, "msgtype": "text", "text": {"content": text}})

    def typing(self, follower: str) -> None:
        """Shows 对方正在输入 for up to 15 s; whatever goes wrong with that is of no weight."""
        try:
            self.post("message/custom/typing", {"touser": follower, "command": "Typing"})
        except SendError:
            return

    def post(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """One call; a refused token is fetched anew once, and never more often."""
        answer = self._post_once(method, body, self.token())
        if answer.get("errcode", 0) in TOKEN_WRONG:
            self._state.drop(self._key)
            answer = self._post_once(method, body, self.token(force=True))
        code = int(answer.get("errcode", 0))
        if code:
            raise as_error(code)
        return answer

    def check(self, public_url: str) -> list[str]:
        """Token, permission to send, our address: what is wrong with each."""
        found = []
        try:
            self._state.drop(self._key)
            self.token()
        except SendError as error:
            return [f"no token: {error}"]
        try:
            self.send_text("openid-that-nobody-has", "check")
        except MayNotSend:
            found.append("the account may not send by itself (48001): answers that take longer wait for the next word")
        except SendError as error:
            if error.retryable:
                found.append(f"sending does not work: {error}")
        if not public_url.startswith("https://"):
            found.append("PUBLIC_URL is not https://...: WeChat cannot reach /hooks/wechat/in")
        return found

    def media(self, media_id: str, most: int) -> bytes:
        """What a follower sent, for three days; an error comes as JSON with 200, as everywhere here."""
        url = f"{self._url}/cgi-bin/media/get"
        for attempt in range(2):
            query = {"access_token": self.token(force=attempt > 0), "media_id": media_id}
            body, kind = calls.download(self._http, url, most, params=query)
            if "json" not in kind and not kind.startswith("text/plain"):
                return body
            code = _errcode(body)
            if code not in TOKEN_WRONG:
                raise as_error(code)
            self._state.drop(self._key)
        raise as_error(code)

    def _post_once(self, method: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        # WeChat shows \\u escapes as they stand, so the JSON goes out as UTF-8.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        url = f"{self._url}/cgi-bin/{method}"
        return _object(calls.call(self._http, "POST", url, params={"access_token": token}, content=content))

    def token(self, *, force: bool = False) -> str:
        """The shared token; forced at most once a minute over all processes."""
        known = self._state.get(self._key)
        if known is not None:
            return str(known["token"])
        force = force and self._state.put_new(f"{self._key}:forced", {}, FORCE_PAUSE)
        asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        try:
            response = calls.call(
                self._http, "POST", f"{self._url}/cgi-bin/stable_token", json={**asked, "force_refresh": force}
            )
        except AnswerLost as error:  # no message was under way: there is nothing to arrive twice
            raise PlatformUnavailable(str(error)) from None
        answer = _object(response)
        if "access_token" not in answer:
            code = int(answer.get("errcode", -1))
            known_error = as_error(code)
            raise known_error if known_error.retryable else ChannelMisconfigured(f"no token: errcode {code}")
        ttl = max(60.0, float(answer.get("expires_in", 7200)) - EARLY)
        self._state.put(self._key, {"token": answer["access_token"]}, ttl)
        return str(answer["access_token"])


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        raise PlatformUnavailable(f"no JSON with status {response.status_code}") from None
    if not isinstance(answer, dict):
        raise PlatformUnavailable("no object in the answer")
    return answer


def _errcode(body: bytes) -> int:
    try:
        return int(json.loads(body).get("errcode", -1))
    except (ValueError, AttributeError, UnicodeDecodeError):
        return -1
