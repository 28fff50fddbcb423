"""A Rasa over HTTP that answers as ours does, or fails in every way that one can: hung, dead, empty, garbage."""

from __future__ import annotations

import threading
from collections import Counter

from tests.support.fake_http import BREAK_BEFORE, Call, FakeHttp, Reply

ANSWERS = "answers"
FAILURES = ("hangs", "breaks", "empty", "error", "garbage", "no model", "no object")


class FakeRasaHttp(FakeHttp):
    def __init__(self, address: str = "127.0.0.1") -> None:
        self.mode = ANSWERS
        self.turns: Counter[str] = Counter()
        self.go_on = threading.Event()
        super().__init__(address)

    def close(self) -> None:
        self.go_on.set()
        super().close()

    def answer(self, call: Call) -> Reply | str:
        if call.method == "GET":
            return 200, {"ready": True}
        asked = call.json()
        self.turns[str(asked["id"])] += 1
        replies: dict[str, Reply] = {
            "empty": (200, []),
            "error": (500, {"error": "turn failed", "done": False}),
            "garbage": (200, "<html>proxy</html>"),
            "no model": (503, {"ready": False}),
            "no object": (200, {"messages": [{"text": 1}], "done": True}),
        }
        if self.mode == "hangs":
            self.go_on.wait(60)
        if self.mode == "breaks":
            return BREAK_BEFORE
        good = {"messages": [{"kind": "answer", "text": f"答：{asked['text']}"}], "done": True}
        return replies.get(self.mode, (200, good))
