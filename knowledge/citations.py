"""Reads 劳动合同法87条 or 《工伤保险条例》第十四条第三款 out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[0-9０-９]+|[零〇一二两三四五六七八九十百千]+"
_ARTICLE = rf"第?\s*(?P<number>{_NUMBER})\s*条(?:\s*之\s*(?P<sub>[一二三四五六七八九十0-9]+))?"
_PARAGRAPH = rf"(?:\s*第?\s*(?P<paragraph>{_NUMBER})\s*款)?"


@dataclass(frozen=True)
class Cited:
    """A law, an article, or both, as named in a text."""

    law: str | None
    article: str | None
    paragraph: int | None = None


def chinese_number(text: str) -> int:
    """二百七十六 -> 276, 一〇三 -> 103, １２ -> 12."""
    if re.fullmatch(r"[0-9０-９]+", text):
        return int(text)
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = current = 0
    for char in text:
        if char in _DIGITS:
            current = _DIGITS[char]
        else:
            total += (current or 1) * _UNITS[char]
            current = 0
    return total + current


def article_number(number: str, sub: str | None = None) -> str:
    """The form used everywhere: "82", "276之一"."""
    plain = str(chinese_number(number))
    if not sub:
        return plain
    return f"{plain}之{sub}" if not sub.isdigit() else f"{plain}之{'零一二三四五六七八九'[int(sub)]}"


def _plain(name: str) -> str:
    return re.sub(r"[《》\s]", "", name).removeprefix("中华人民共和国")


class LawNames:
    """Every name of every law, longest first, so that 劳动合同法实施条例 is not read as 劳动合同法."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._short = {law: next(iter(said), law) for law, said in ((law, list(said)) for law, said in names.items())}
        self._ids = {_plain(name): law for law, said in names.items() for name in said if len(_plain(name)) > 1}
        longest = sorted(self._ids, key=len, reverse=True)
        law = "|".join(map(re.escape, longest)) or "(?!)"
        alone = _ARTICLE.replace("第?", "第").replace("number", "number2").replace("sub", "sub2")  # not 三条裤子
        self._pattern = re.compile(
            rf"《?(?:中华人民共和国)?(?P<law>{law})》?\s*(?:的)?\s*(?:{_ARTICLE}{_PARAGRAPH})?"
            rf"|(?P<alone>{alone})"
        )

    def short(self, law: str) -> str:
        """How a worker reads the law's name."""
        return self._short.get(law, law)

    def id_of(self, name: str) -> str | None:
        """The id of a law from any of its names or its own id."""
        return name if name in self._short else self._ids.get(_plain(name))

    def find(self, text: str) -> list[Cited]:
        """All laws and articles named, in order."""
        found = []
        for match in self._pattern.finditer(text):
            if match["alone"]:
                found.append(Cited(None, article_number(match["number2"], match["sub2"])))
                continue
            number = article_number(match["number"], match["sub"]) if match["number"] else None
            paragraph = chinese_number(match["paragraph"]) if match["paragraph"] else None
            found.append(Cited(self._ids[match["law"]], number, paragraph))
        return found
