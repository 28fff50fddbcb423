"""Cuts a text into pages that a channel carries, between sentences and never inside one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[。！？；])")
_CLAUSE = re.compile(r"(?<=[，、,;；）])")


def utf8_bytes(text: str) -> int:
    return len(text.encode("utf-8"))


def utf16_units(text: str) -> int:
    """What Telegram and a UCS-2 SMS count: a character outside the plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Limit:
    """How much a page holds, and how it is counted."""

    size: int
    measure: Callable[[str], int]


# WeChat refuses above 2048 bytes; Telegram takes 4096; an SMS of three parts holds 3 x 67 units.
LIMITS = {
    "web": None,
    "wechat": Limit(2000, utf8_bytes),
    "telegram": Limit(4096, utf16_units),
    "sms": Limit(201, utf16_units),
}


def more(number: int, count: int) -> str:
    """The line that offers the next page."""
    return f"\n（{number}/{count}，回复“更多”看下一页）" if number < count else f"\n（{number}/{count}）"


def cut(text: str, limit: Limit | None) -> tuple[str, ...]:
    """Pages within the limit. With more than one page each says its number and all but the last how to go on."""
    if limit is None or limit.measure(text) <= limit.size:
        return (text,)
    room = limit.size - limit.measure(more(98, 99))
    pages: list[str] = []
    page = ""
    for piece in _pieces(text, room, limit.measure):
        if page and limit.measure((page + piece).rstrip()) > room:
            pages.append(page.strip("\n"))
            page = piece.lstrip("\n")
        else:
            page += piece
    if page.strip():
        pages.append(page.strip("\n"))
    return tuple(page + more(number, len(pages)) for number, page in enumerate(pages, 1))


def _pieces(text: str, room: int, measure: Callable[[str], int]) -> Iterator[str]:
    """Whole lines, a heading with the line below it; sentences of a longer line; clauses of an endless sentence."""
    heading = ""
    for line in text.splitlines(keepends=True):
        if line.endswith("：\n"):
            heading += line
            continue
        line, heading = heading + line, ""
        if measure(line) <= room:
            yield line
            continue
        for sentence in _SENTENCE.split(line):
            if measure(sentence) <= room:
                yield sentence
            else:
                yield from _CLAUSE.split(sentence)
    if heading:
        yield heading
