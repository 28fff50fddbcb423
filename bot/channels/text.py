"""Words on their way in and out: cleaned and masked when they come, cut at sentences when a platform limits them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.masking import mask

MAX_IN = 4000
_PAYLOAD = re.compile(r"[\w.:\-一-鿿]{1,120}")
_ENDS = ("\n\n", "\n", "。", "！", "？", "；", ". ", "，", "、", " ")


def worker_text(text: str) -> str:
    """What a worker wrote, without control characters, with numbers that identify a person masked."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return mask(kept.strip()[:MAX_IN])


def is_payload(data: str) -> bool:
    """Whether a button's data can be one of ours; a changed client may send anything."""
    return _PAYLOAD.fullmatch(data) is not None


def split(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """The text in parts of at most `limit` by `size`, cut after the largest unit of meaning that fits."""
    parts = []
    rest = text.strip()
    while size(rest) > limit:
        head = _longest(rest, limit, size)
        cut = _cut(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _longest(text: str, limit: int, size: Callable[[str], int]) -> str:
    """The longest beginning that fits; `size` grows with the text, so that halving finds it."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _cut(head: str) -> int:
    """Where to cut: after the last paragraph, else sentence, else clause, unless that would leave a stump."""
    for end in _ENDS:
        at = head.rfind(end)
        if at >= len(head) // 3:
            return at + len(end)
    return len(head)
