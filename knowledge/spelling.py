"""One spelling of what a worker typed, for the encoder and the classifier; the original stays what is stored and shown.

Full-width letters, traditional characters, rows of the same punctuation mark, emoji and the commonest slips of the
thumb (data/words/typos.txt) become one form. Every character remembers where it stood, so that a place found in the
plain text can be given back in the worker's own.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from knowledge.words import DATA

_MARKS = "。.，,！!？?～~…、；;：:-—*#@=_·"
_SAME_MARK = {"。": ".", "，": ",", "！": "!", "？": "?", "～": "~", "；": ";", "：": ":"}
_HIDDEN = ("Cf", "Cc", "So", "Sk", "Mn", "Cn", "Co")


@dataclass(frozen=True)
class Plain:
    """The plain text; `origin[i]` is the place of its character i in the original, `origin[-1]` the original's end."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A place in the plain text as a place in the original."""
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start]


@functools.lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    old, new = (DATA / "traditional.txt").read_text(encoding="utf-8").split()
    return dict(zip(old, new, strict=True))


@functools.lru_cache(maxsize=1)
def _typos() -> tuple[re.Pattern[str], dict[str, str]]:
    lines = (DATA / "typos.txt").read_text(encoding="utf-8").splitlines()
    pairs = dict(line.split() for line in lines if line and not line.startswith("#"))
    longest_first = sorted(pairs, key=lambda wrong: (-len(wrong), wrong))
    return re.compile("|".join(map(re.escape, longest_first))), pairs


def plain(text: str) -> str:
    """The text in one spelling."""
    return with_origin(text).text


def with_origin(text: str) -> Plain:
    """The text in one spelling, with the place that each character came from."""
    characters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for one in _one_character(character):
            if _repeats(characters, one):
                continue
            characters.append(one)
            origin.append(place)
    while characters and characters[-1] == " ":
        characters.pop()
        origin.pop()
    return _without_typos("".join(characters), [*origin, len(text)])


def _one_character(character: str) -> str:
    if character.isascii():
        return " " if character.isspace() or not character.isprintable() else character.lower()
    found = unicodedata.normalize("NFKC", character).lower()
    kept = (_simplified().get(one, one) for one in found)
    return "".join(_SAME_MARK.get(one, one) if unicodedata.category(one) not in _HIDDEN else " " for one in kept)


def _repeats(before: list[str], one: str) -> bool:
    """True for what says nothing more: a second space or mark in a row, a third letter of 哈哈哈."""
    if one.isspace():
        return not before or before[-1] == " "
    if not before or before[-1] != one:
        return False
    return one in _MARKS or (len(before) > 1 and before[-2] == one and not one.isdigit())


def _without_typos(text: str, origin: list[int]) -> Plain:
    pattern, meant = _typos()
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for found in pattern.finditer(text):
        right = meant[found.group()]
        parts += [text[at : found.start()], right]
        places += origin[at : found.start()]
        last = found.end() - found.start() - 1
        places += [origin[found.start() + min(number, last)] for number in range(len(right))]
        at = found.end()
    return Plain("".join((*parts, text[at:])), (*places, *origin[at:]))
