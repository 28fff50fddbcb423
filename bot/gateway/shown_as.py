"""A web conversation shown as another channel would show it, for clerks and tests: its limits, its numbered choices.

Only callers on this machine may ask for it. The texts are cut by the rules of the real channel; nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.channels.text import split

CHANNELS = ("wechat", "telegram", "sms")
MORE = "…回复2看更多"
_SMS_PART, _SMS_WHOLE, _SMS_MOST = 67, 70, 3


def utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def utf16(text: str) -> int:
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def sms_parts(text: str) -> int:
    """How many text messages a Chinese text takes."""
    units = utf16(text)
    return 1 if units <= _SMS_WHOLE else -(-units // _SMS_PART)


LIMITS: dict[str, tuple[int, Callable[[str], int]]] = {
    "wechat": (2048, utf8),
    "telegram": (4096, utf16),
    "sms": (_SMS_MOST, sms_parts),
}


def parts(message: dict[str, Any], channel: str) -> list[str]:
    """The texts as they would be sent; choices are numbered text on SMS."""
    text, buttons = message["text"], message.get("buttons", ())
    limit, size = LIMITS[channel]
    if channel != "sms":
        return split(text, limit, size)
    menu = "".join(f"\n{number}.{button['title']}" for number, button in enumerate(buttons, 1))
    whole = text + (f"\n回复数字选择：{menu}" if menu else "")
    if size(whole) <= limit:
        return [whole]
    return [split(text, limit, lambda beginning: size(beginning + MORE))[0] + MORE]


def pressed(message: dict[str, Any], words: str) -> tuple[str, str] | None:
    """The title and payload that a digit chooses from the last message shown, as on SMS."""
    if not (words.isascii() and words.isdecimal()) or len(words) > 2:
        return None
    if parts(message, "sms")[0].endswith(MORE):
        return ("更多", "more") if int(words) == 2 else None
    buttons = message.get("buttons", ())
    if not 0 < int(words) <= len(buttons):
        return None
    chosen = buttons[int(words) - 1]
    return chosen["title"], chosen["payload"]
