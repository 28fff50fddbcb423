"""`./gongyou chat`: talk to the bot in the terminal, on the same road as the web page."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from commands.ask import client

app = typer.Typer(help=__doc__, add_completion=False)


class Talk:
    """One conversation: lines typed go out, messages that come are printed, digits press buttons."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._session = ""
        self._after = 0
        self._buttons: list[dict[str, str]] = []

    def say(self, text: str) -> None:
        body: dict[str, Any] = {"text": text}
        if text.isdecimal() and 0 < int(text) <= len(self._buttons):
            body = {"text": self._buttons[int(text) - 1]["title"], "payload": self._buttons[int(text) - 1]["payload"]}
        if self._session:
            body["session"] = self._session
        response = self._http.post("/api/chat/messages", json=body)
        if not response.is_success:
            print(f"[{response.json()['error']['message']}]")
            return
        self._session = response.json()["session"]
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        while not self._fetch(wait=20):
            print("[还在处理]")

    def _fetch(self, wait: float) -> bool:
        query: dict[str, str | float] = {"session": self._session, "after": self._after, "wait": wait}
        body = self._http.get("/api/chat/messages", params=query).json()
        self._after = body["next"]
        for message in body["messages"]:
            self._show(message)
        return bool(body["messages"] and body["messages"][-1].get("done"))

    def _show(self, message: dict[str, Any]) -> None:
        print(f"\n{message['text']}")
        self._buttons = message.get("buttons", [])
        for number, button in enumerate(self._buttons, 1):
            print(f"  {number}. {button['title']}")
        print()


@app.command()
def chat() -> None:
    print("和工友小助手说话。空行或 Ctrl-D 结束。\n")
    with client(timeout=40) as http:
        talk = Talk(http)
        while True:
            try:
                text = input("你：").strip()
            except (EOFError, KeyboardInterrupt):
                break
            if not text:
                break
            try:
                talk.say(text)
            except httpx.ConnectError as error:
                raise SystemExit("gongyou: nothing answers; start it with ./gongyou up") from error
