"""What reaches a follower when his window is shut: a subscription or template message that he or the platform allowed.

Such a message is a form with few, short fields: it says that an answer is there and to write a word to read it, and
nothing of the matter (his phone may lie on a table). His next message opens the window, and the answer itself follows.
"""

from __future__ import annotations

from typing import Any

from bot.channels.base import ChannelState, SendError
from bot.channels.wechat.api import Api
from kit import clock

WORDS = "你问的事有新消息，回复一个字就能看"  # a field holds 20 characters
ONCE = 86400.0  # at most one such notice a follower and day
KINDS = {"subscription": "message/subscribe/bizsend", "template": "message/template/send"}


class Notices:
    """`kind` is empty where the account has no such message: then the answer waits for his next word."""

    def __init__(self, api: Api, state: ChannelState, kind: str, template: str, field: str) -> None:
        self._api = api
        self._state = state
        self._method = KINDS.get(kind, "")
        self._template = template
        self._field = field

    @property
    def is_configured(self) -> bool:
        return bool(self._method and self._template)

    def knock(self, follower: str) -> bool:
        """Tell him that an answer waits; False when it cannot be told or he was told today."""
        key = f"wechat:knocked:{clock.today().isoformat()}:{follower}"
        if not self.is_configured or not self._state.put_new(key, {}, ONCE):
            return False
        data = {self._field: {"value": WORDS}}
        body: dict[str, Any] = {"touser": follower, "template_id": self._template, "data": data}
        try:
            self._api.post(self._method, body)
        except SendError:
            return False
        return True
