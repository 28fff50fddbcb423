"""Splits the text of a law into articles.

Takes plain text or Markdown; docx and html are turned into text first (hotline/policy/readers.py). A line begins an
article only where the number stands at its very beginning and is the next one: 第十四条第三款 inside or at the start of
a sentence begins none. Where numbers begin again a second instrument begins (a 决定 that carries a 办法 with it).
The texts themselves are imported by operators and are not part of the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.citations import article_number, chinese_number

_NUMBER = r"[零〇一二三四五六七八九十百千]+"
_ARTICLE = re.compile(
    rf"^(?:[-*]\s+)?(?:\*\*)?第({_NUMBER}|\d+)条(?:之([一二三四五六七八九十]+))?(?:\*\*)?([\s　]*)(.*)$"
)
_ITEM = re.compile(rf"^({_NUMBER})、(.*)$")
_HEADING = re.compile(rf"^(?:#+\s|(?:[-*]\s+)?第{_NUMBER}(?:分编|编|章|节)(?:[\s　]|$)|-{{3,}}$|目\s*录$)")
_APPENDIX = re.compile(r"^(?:#+\s*)?附(?:件\s*[0-9一二三四五六]?\s*(?:[:：]|$)|[:：]|录\s*[:：]?$|件[一二三四]\b)")
_REFERS = re.compile(r"^(?:第|规定|所|的|、|和|至|或|以及|，)")
_DATE = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_DATED = re.compile(_DATE)
_IN_FORCE = re.compile(rf"自\s*{_DATE}\s*起(?:施|执|实)行|{_DATE}\s*(?:起)?施行")
_NUMBERED = re.compile(r"[\u4e00-\u9fff]{1,8}〔\d{4}〕\d+号")
_TITLE = re.compile(r"(?:法|条例|办法|规定|决定|解释|意见|通知|细则|总则|章程|典|编|批复)(?:[（(].{1,6}[)）])?$")


@dataclass(frozen=True)
class Article:
    """One article; `number` as everywhere in the project: "82", "276之一"."""

    number: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Instrument:
    """A law as one file gives it. `effective` is None where an amended text does not say since when it holds."""

    title: str
    number: str | None
    adopted: date | None
    effective: date | None
    articles: tuple[Article, ...]

    @property
    def gaps(self) -> tuple[int, ...]:
        """Numbers missing between the first and the last article; must be empty."""
        have = {int(re.match(r"\d+", article.number)[0]) for article in self.articles}  # type: ignore[index]
        return tuple(sorted(set(range(min(have), max(have) + 1)) - have)) if have else ()

    def article(self, number: str) -> Article | None:
        return next((article for article in self.articles if article.number == number), None)


class LawTextError(Exception):
    """The file holds no law that can be read; the message says what was looked for."""


def parse_law(text: str, name: str = "") -> tuple[Instrument, ...]:
    """All instruments in a file, in order. `name` is the file's name, for messages and as a last resort the title."""
    front, body = _front_matter(text.replace("\r\n", "\n").lstrip("\ufeff"))
    lines = [_clean(line) for line in body.replace("<!-- INFO END -->", "").split("\n")]
    blocks = _blocks(lines)
    if not blocks:
        raise LawTextError(f"{name or 'text'}: no article was found; articles begin a line with 第…条")
    found = [_instrument(blocks[0][0], blocks[0][1], front, name)]
    for head, articles in blocks[1:]:
        carried = _instrument(head, articles, {}, name)
        first = found[0]  # what a decision carries with it begins with the decision
        adopted, effective = carried.adopted or first.adopted, carried.effective or first.effective
        found.append(replace(carried, adopted=adopted, effective=effective))
    return tuple(found)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The simple `key: value` lines between --- marks; lists in it do not matter here."""
    match = re.match(r"---\n(.*?)\n---\n", text, flags=re.DOTALL)
    if not match:
        return {}, text
    pairs = (line.partition(":") for line in match[1].split("\n") if re.match(r"[A-Za-z_]+:", line))
    return {key: value.strip().strip("'\"") for key, _, value in pairs}, text[match.end() :]


def _clean(line: str) -> str:
    return line.replace("\u00a0", " ").strip().strip("\u3000").strip()


def _plain(line: str) -> str:
    """A title without the marks of Markdown and without spaces between its characters."""
    return re.sub(r"[#*>\s　]", "", line)


def _blocks(lines: Sequence[str]) -> list[tuple[list[str], list[Article]]]:
    """(lines before the first article, articles) for each instrument."""
    blocks: list[tuple[list[str], list[Article]]] = []
    head: list[str] = []
    reading, ended = _Reading(), False
    for at, line in enumerate(lines):
        if not line or line.startswith("<!--"):
            continue
        start = _start(line, reading)
        if ended and start is not None and not start.first:
            continue  # a table behind the text may quote articles
        if start is not None and start.first and reading.articles:
            head = reading.take_head()
            blocks.append((reading.head, reading.finish()))
            reading, ended = _Reading(head=head), False
        if start is not None:
            reading.begin(start)
            ended = False
        elif _APPENDIX.match(line) and reading.articles:
            ended = True
        elif reading.articles and not ended and not _HEADING.match(line):
            reading.add(line, is_title=_looks_like_title(line) and at > 0)
        elif not reading.articles:
            reading.head.append(line)
    if reading.articles:
        blocks.append((reading.head, reading.finish()))
    return blocks


@dataclass(frozen=True)
class _Start:
    number: str
    first: bool
    item: bool
    rest: str


class _Reading:
    """The instrument being read: its heading and the articles so far."""

    def __init__(self, head: list[str] | None = None) -> None:
        self.head = head or []
        self.articles: list[tuple[str, list[str]]] = []
        self.items = False
        self._title_at: int | None = None

    def begin(self, start: _Start) -> None:
        self.items = start.item
        self.articles.append((start.number, [start.rest] if start.rest else []))
        self._title_at = None

    def add(self, line: str, is_title: bool) -> None:
        paragraphs = self.articles[-1][1]
        if is_title and self._title_at is None:
            self._title_at = len(paragraphs)
        paragraphs.append(line.lstrip("> ").strip())

    def take_head(self) -> list[str]:
        """The lines after the last article that belong to the next instrument: from its title on."""
        if self._title_at is None:
            return []
        paragraphs = self.articles[-1][1]
        head = paragraphs[self._title_at :]
        del paragraphs[self._title_at :]
        return head

    def finish(self) -> list[Article]:
        return [Article(number, tuple(filter(None, paragraphs))) for number, paragraphs in self.articles]


def _base(number: str) -> int:
    return int(number.split("之")[0])


def _start(line: str, reading: _Reading) -> _Start | None:
    """Whether this line begins an article: at the beginning of the text, as the next number, or as 之一 of the last."""
    last = _base(reading.articles[-1][0]) if reading.articles and not reading.items else None
    match = _ARTICLE.match(line)
    if match:
        number, rest = article_number(match[1], match[2]), match[4].strip()
        spaced = bool(match[3]) or not rest
        here = _base(number)
        expected = last is None or here in (last, last + 1) or here == 1
        if _REFERS.match(rest) and not spaced:
            return None
        if spaced or (expected and (last is None or here == last + 1)):
            restart = bool(reading.articles) and (reading.items or (here == 1 and "之" not in number and last != 1))
            return _Start(number, restart, False, rest)
    item = _ITEM.match(line)
    if item and (reading.items or not reading.articles) and _is_decision(reading.head):
        here = chinese_number(item[1])
        before = _base(reading.articles[-1][0]) if reading.articles else 0
        if here == before + 1:
            return _Start(str(here), False, True, item[2].strip())
    return None


def _is_decision(head: Sequence[str]) -> bool:
    """决定, 通知 and 意见 number their points 一、二、 instead of 第一条."""
    return any(re.search(r"(?:决定|通知|意见|批复)$", _plain(line)) for line in head[:6])


def _looks_like_title(line: str) -> bool:
    plain = _plain(line)
    return 4 < len(plain) < 60 and bool(_TITLE.search(plain)) and "。" not in plain and "；" not in plain


def _instrument(head: Sequence[str], articles: Sequence[Article], front: dict[str, str], name: str) -> Instrument:
    heading = "\n".join(head)
    number = _NUMBERED.search(heading)
    said = _latest(line for line in head if re.search(r"通过|修订|修正|修改|公布|发布|批准|公告", line))
    named = re.search(r"\((\d{4}-\d{2}-\d{2})\)", name)  # a file of texts names the version by its day
    known = [day for day in (said, _iso(named[1]) if named else None) if day]
    adopted = _iso(front.get("date")) or max(known, default=None)
    return Instrument(
        title=front.get("title") or _title(head) or re.sub(r"\(.*|\.\w+$", "", name),
        number=number[0] if number else None,
        adopted=adopted,
        effective=_iso(front.get("effective_date")) or _effective(head, articles, adopted),
        articles=tuple(articles),
    )


def _title(head: Sequence[str]) -> str:
    """The first line that reads like a title; one broken over two lines is joined."""
    for at, line in enumerate(head[:8]):
        plain = _plain(line)
        before = _plain(head[at - 1]) if at and len(head[at - 1]) < 30 and not _DATED.search(head[at - 1]) else ""
        if _looks_like_title(line):
            whole_before = bool(_TITLE.search(before))
            return plain if whole_before or not before.endswith("关于") else before + plain
    return ""


def _effective(head: Sequence[str], articles: Sequence[Article], adopted: date | None) -> date | None:
    said = _latest(line for line in head if _IN_FORCE.search(line)) if head else None
    if said:
        matches = [match for line in head for match in _IN_FORCE.finditer(line)]
        return max(_from_groups(match.groups()) for match in matches)
    if any(re.search(r"修正|修订|修改", line) for line in head):
        return None  # the last article still names the day of the first text
    for article in reversed(articles[-3:]):
        match = _IN_FORCE.search(article.text)
        if match:
            return _from_groups(match.groups())
        if re.search(r"自(?:公布|发布)之日起(?:施|执)行", article.text):
            return adopted
    return None


def _from_groups(groups: Sequence[str | None]) -> date:
    year, month, day = (int(part) for part in groups if part is not None)
    return date(year, month, day)


def _latest(lines: Iterable[str]) -> date | None:
    found = [date(*map(int, match.groups())) for line in lines for match in _DATED.finditer(line)]
    return max(found, default=None)


def _iso(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
