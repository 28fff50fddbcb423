"""Our own WeChat API: tokens, customer-service messages with their windows and quotas, typing; errors come with 200."""

from __future__ import annotations

import itertools
from collections import defaultdict

from tests.support.fake_http import Call, FakeHttp, Reply

APP_ID, SECRET = "wx0000000000000001", "made-up-secret"


class FakeWeChat(FakeHttp):
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.typing: list[str] = []
        self.token = ""
        self.errcode = 0  # what every customer-service message is answered with
        self.left: defaultdict[str, int] = defaultdict(lambda: 5)
        self.menu: dict[str, object] = {}
        self.notices: list[dict[str, object]] = []
        self.notice_errcode = 0
        self.media: dict[str, bytes] = {}
        self.raw: list[bytes] = []
        self._count = itertools.count(1)
        super().__init__()

    def can_fail(self, call: Call) -> bool:
        return call.path.endswith("custom/send")

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.path == f"/cgi-bin/{method}"]

    def answer(self, call: Call) -> Reply:
        with self.lock:
            if call.path == "/cgi-bin/stable_token":
                return self._stable_token(call)
            if call.query.get("access_token") != self.token:
                return 200, {"errcode": 40001, "errmsg": "invalid credential"}
            if call.path == "/cgi-bin/message/custom/typing":
                self.typing.append(call.json()["touser"])
                return 200, {"errcode": 0, "errmsg": "ok"}
            return self._other(call)

    def _other(self, call: Call) -> Reply:
        method = call.path.removeprefix("/cgi-bin/")
        if method == "message/custom/send":
            return self._send(call)
        if method == "menu/create":
            self.menu = call.json()
            return 200, {"errcode": 0, "errmsg": "ok"}
        if method in ("message/subscribe/bizsend", "message/template/send"):
            self.notices.append(call.json())
            return 200, {"errcode": self.notice_errcode, "errmsg": "told"}
        if method == "media/get":
            return 200, self.media.get(call.query.get("media_id", ""), {"errcode": 40007, "errmsg": "invalid media_id"})
        return 404, {"errcode": 43, "errmsg": f"the fake knows no {method}"}

    def _stable_token(self, call: Call) -> Reply:
        asked = call.json()
        if (asked["appid"], asked["secret"]) != (APP_ID, SECRET):
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        if not self.token or asked.get("force_refresh"):
            self.token = f"token-{next(self._count)}"
        return 200, {"access_token": self.token, "expires_in": 7200}

    def _send(self, call: Call) -> Reply:
        asked = call.json()
        follower, text = asked["touser"], asked["text"]["content"]
        self.raw.append(call.body)
        if self.errcode:
            return 200, {"errcode": self.errcode, "errmsg": "told to fail"}
        if len(text.encode()) > 2048:
            return 200, {"errcode": 45002, "errmsg": "content size out of limit"}
        if self.left[follower] <= 0:
            return 200, {"errcode": 45047, "errmsg": "out of response count limit"}
        self.left[follower] -= 1
        self.sent.append((follower, text))
        return 200, {"errcode": 0, "errmsg": "ok"}
