"""Our own Bot API: what telegram-test-api lacks (secrets, 429, blocked workers, broken connections)."""

from __future__ import annotations

import itertools
import json
from typing import Any

from tests.support.fake_http import Call, FakeHttp, Reply

TOKEN = "123456:made-up-token-for-tests"


class FakeTelegram(FakeHttp):
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.webhook: dict[str, str] = {}
        self.answered: list[str] = []
        self.updates: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.typed: list[str] = []
        self.webhook_trouble: dict[str, object] = {}
        self.blocked: set[str] = set()
        self._ids = itertools.count(1)
        super().__init__()

    def can_fail(self, call: Call) -> bool:
        return call.path.endswith("/sendMessage")

    def answer(self, call: Call) -> Reply:
        if call.path.startswith(f"/file/bot{TOKEN}/"):
            return 200, self.files[call.path.rpartition("/")[2]]
        token, _, method = call.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        with self.lock:
            return getattr(self, f"_{method.lower()}")(call.fields)

    def _sendmessage(self, fields: dict[str, str]) -> Reply:
        if fields["chat_id"] in self.blocked:
            return 403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        if len(fields["text"].encode("utf-16-le")) // 2 > 4096:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
        markup = json.loads(fields["reply_markup"]) if "reply_markup" in fields else None
        for row in (markup or {}).get("inline_keyboard", ()):
            for button in row:
                if not 1 <= len(button["callback_data"].encode()) <= 64:
                    return 400, {"ok": False, "error_code": 400, "description": "Bad Request: BUTTON_DATA_INVALID"}
        self.sent.append({"chat_id": fields["chat_id"], "text": fields["text"], "markup": markup})
        chat = {"id": int(fields["chat_id"]), "type": "private"}
        message = {"message_id": next(self._ids), "date": 1795000000, "chat": chat, "text": fields["text"]}
        return 200, {"ok": True, "result": message}

    def _getfile(self, fields: dict[str, str]) -> Reply:
        name = fields["file_id"]
        if name not in self.files:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: invalid file_id"}
        found = {
            "file_id": name,
            "file_unique_id": name,
            "file_size": len(self.files[name]),
            "file_path": f"photos/{name}",
        }
        return 200, {"ok": True, "result": found}

    def _sendchataction(self, fields: dict[str, str]) -> Reply:
        self.typed.append(fields["chat_id"])
        return 200, {"ok": True, "result": True}

    def _getme(self, _: dict[str, str]) -> Reply:
        return 200, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "t", "username": "t_bot"}}

    def _getwebhookinfo(self, _: dict[str, str]) -> Reply:
        info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}
        return 200, {"ok": True, "result": {**info, **self.webhook_trouble}}

    def _setwebhook(self, fields: dict[str, str]) -> Reply:
        self.webhook = fields
        return 200, {"ok": True, "result": True}

    def _deletewebhook(self, _: dict[str, str]) -> Reply:
        self.webhook = {}
        return 200, {"ok": True, "result": True}

    def _answercallbackquery(self, fields: dict[str, str]) -> Reply:
        self.answered.append(fields["callback_query_id"])
        return 200, {"ok": True, "result": True}

    def _getupdates(self, fields: dict[str, str]) -> Reply:
        if self.webhook:
            words = "Conflict: can't use getUpdates method while webhook is active"
            return 409, {"ok": False, "error_code": 409, "description": words}
        self.updates = [update for update in self.updates if update["update_id"] >= int(fields.get("offset", 0))]
        return 200, {"ok": True, "result": self.updates}


def too_many(seconds: int) -> Reply:
    words = f"Too Many Requests: retry after {seconds}"
    return 429, {"ok": False, "error_code": 429, "description": words, "parameters": {"retry_after": seconds}}
