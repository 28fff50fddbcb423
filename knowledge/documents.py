"""Reads an official document as text: title, number, issuer, day, numbered items, and passages for search.

The day is the document's own (under the title or under the signature), never the day on which a web page showed it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from knowledge.citations import chinese_number

SHORTEST, LONGEST = 300, 500
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}\s*[〔\[［]\s*\d{4}\s*[〕\]］]\s*\d+\s*号")
_DAY = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_HAN_DAY = r"([二一][〇零○一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
_DAY_LINE = re.compile(rf"^[（(]?\s*(?:{_DAY}|{_HAN_DAY})\s*(?:印发)?[)）]?$")
_PAGE = re.compile(r"(?:日期|时间|来源|作者|编辑|浏览|点击|字号|打印|责任编辑)\s*[:：]|^\[image|^!\[|^https?:")
_ITEM = re.compile(
    r"^(?P<label>(?:第[一二三四五六七八九十百]+条)|(?:[一二三四五六七八九十]{1,3}、)|(?:（[一二三四五六七八九十]{1,3}）)"
    r"|(?:\([一二三四五六七八九十]{1,3}\))|(?:\d{1,2}[．.、](?!\d)))\s*(?P<rest>.*)$"
)
_KIND = r"(?:意见|通知|报告|要点|办法|方案|规定|决定|通报|纪要|计划|公告|条例|细则|章程|批复|函)"
_TITLE_END = re.compile(rf"{_KIND}(?:[（(].{{1,8}}[)）])?$")
_BODY = re.compile(r"[。；]|[:：]$")
_ORGAN = (
    r"(?:中共)?[\u4e00-\u9fff]{2,20}?(?:委员会办公室|委员会|市委|省委|州委|县委|区委|总工会办公室|总工会|工会"
    r"|人民政府|政府|办公厅|办公室|局|厅|院|部)"
)
_SIGNED = re.compile(rf"^{_ORGAN}$")
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]?")


@dataclass(frozen=True)
class Item:
    """A numbered point: its label, its first sentence and the labels of what holds it."""

    label: str
    title: str
    above: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A piece of 300 to 500 characters with the headings it stands under; `digest` tells doubles."""

    ordinal: int
    heading: str
    text: str
    digest: str


@dataclass(frozen=True)
class Document:
    """What an official document says of itself, and its text in passages."""

    title: str
    number: str | None
    issuer: str | None
    issued: date | None
    draft: bool
    items: tuple[Item, ...]
    passages: tuple[Passage, ...]
    digest: str


class DocumentError(Exception):
    """The text cannot be used as a document; the message says why and what to do."""


def parse_document(text: str, name: str = "", known: Iterable[str] = ()) -> Document:
    """Read a document. Passages whose digest is in `known` are already held and are left out."""
    lines = [_clean(line) for line in text.replace("\r", "\n").lstrip("\ufeff").split("\n")]
    lines = [line for line in lines if line and not line.startswith("[image")]
    body = "".join(lines)
    if len(body) < 20:
        raise DocumentError(
            f"{name or 'document'}: no text was found; a scanned document must be typed or recognised first"
        )
    head = _head(lines)
    title = _title(head) or name
    signed = _signed(lines)
    number = _NUMBER.search("\n".join(head))
    return Document(
        title=title,
        number=_tight(number[0]) if number else None,
        issuer=_issuer(head, title, signed),
        issued=_day(lines),
        draft="征求意见稿" in "".join(head) or "讨论稿" in "".join(head),
        items=_items(lines),
        passages=_passages(lines, set(known)),
        digest=_digest(body),
    )


def _clean(line: str) -> str:
    return line.replace("\u00a0", " ").replace("\u3000", " ").replace("\x0c", " ").strip()


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("[", "〔").replace("]", "〕").replace("［", "〔").replace("］", "〕")


def _digest(text: str) -> str:
    return hashlib.sha256(re.sub(r"\W+", "", text).encode()).hexdigest()


def _head(lines: Sequence[str]) -> list[str]:
    """The lines before the first sentence or salutation."""
    head: list[str] = []
    for line in lines[:25]:
        if _PAGE.search(line) or _DAY_LINE.match(line):
            head.append(line)
        elif _BODY.search(line) or _ITEM.match(line):
            break
        else:
            head.append(line)
    return head


def _title(head: Sequence[str]) -> str:
    """The lines that end with 意见, 通知, 报告 ..., joined with what stands before them and is no number."""
    parts: list[str] = []
    for line in head:
        if (
            _PAGE.search(line)
            or _DAY_LINE.match(line)
            or _NUMBER.fullmatch(line.strip())
            or re.search(r"\[image|Lo ", line)
        ):
            if parts and _TITLE_END.search(parts[-1]):
                break
            continue
        parts.append(re.sub(r"^【.{1,8}】", "", re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", line)))
        if _TITLE_END.search(parts[-1]):
            break
    return "".join(parts) if parts and _TITLE_END.search(parts[-1]) else (parts[0] if parts else "")


def _signed(lines: Sequence[str]) -> str | None:
    """The office above a day that stands on its own line."""
    for before, line in pairwise(lines):
        if _DAY_LINE.match(line) and _SIGNED.match(_tight(before)):
            return _tight(before)
    return None


def _issuer(head: Sequence[str], title: str, signed: str | None) -> str | None:
    """The signature, else who stands before 关于 in the title, else who held the meeting."""
    if signed:
        return signed
    for pattern in (
        rf"^({_ORGAN})(?:办公室)?关于",
        rf"在({_ORGAN})(?=第|[一二三四五六七八九十]+届|全|工作)",
        rf"^({_ORGAN})",
    ):
        match = re.search(pattern, title)
        if match:
            return match[1]
    return next((_tight(line) for line in head if _SIGNED.match(_tight(line))), None)


def _day(lines: Sequence[str]) -> date | None:
    """The first day on a line of its own; a web page's 日期：2015-03-17 is none."""
    for line in lines:
        match = _DAY_LINE.match(line)
        if match:
            return _from_groups(match.groups())
    return None


def _from_groups(groups: Sequence[str | None]) -> date | None:
    year, month, day = groups[:3] if groups[0] else groups[3:6]
    if year is None or month is None or day is None:
        return None
    try:
        if groups[0]:
            return date(int(year), int(month), int(day))
        return date(chinese_number(year.replace("○", "〇")), chinese_number(month), chinese_number(day))
    except ValueError:
        return None


def _level(label: str) -> int:
    if label.startswith("第") or re.match(r"[一二三四五六七八九十]+、", label):
        return 0
    return 1 if label[0] in "（(" else 2


def _items(lines: Sequence[str]) -> tuple[Item, ...]:
    """Numbered points with what they stand under."""
    found: list[Item] = []
    stack: list[tuple[int, str]] = []
    for line in lines:
        match = _ITEM.match(line)
        if not match:
            continue
        label, level = match["label"], _level(match["label"])
        stack = [held for held in stack if held[0] < level]
        first = _SENTENCE.match(match["rest"])
        title = (first[0] if first else "").rstrip("。；")[:80]
        found.append(Item(label.rstrip("、．."), title, tuple(name for _, name in stack)))
        stack.append((level, label.rstrip("、．.")))
    return tuple(found)


def _passages(lines: Sequence[str], known: set[str]) -> tuple[Passage, ...]:
    """Whole points where they are short enough, otherwise pieces that end with a sentence."""
    found: list[Passage] = []
    heading, gathered = "", ""

    def close() -> None:
        nonlocal gathered
        for piece in _pieces(gathered):
            digest = _digest(piece)
            if digest not in known and len(piece) > 15:
                known.add(digest)
                found.append(Passage(len(found) + 1, heading, piece, digest))
        gathered = ""

    for line in lines:
        if _PAGE.search(line) or _DAY_LINE.match(line):
            continue
        match = _ITEM.match(line)
        if match and (len(line) < 40 and "。" not in line):
            close()
            heading = line
        elif match or len(gathered) >= SHORTEST:
            close()
            gathered = line
        else:
            gathered += ("\n" if gathered else "") + line
    close()
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """Cut where a sentence ends, so that no piece is longer than 500 characters unless one sentence is."""
    if len(text) <= LONGEST:
        return [text] if text else []
    pieces, current = [], ""
    for sentence in filter(None, _SENTENCE.findall(text)):
        if current and len(current) + len(sentence) > LONGEST:
            pieces.append(current.strip())
            current = ""
        current += sentence
    if pieces and current and len(current) < 80 and len(pieces[-1]) + len(current) <= LONGEST + 80:
        pieces[-1] += current
        current = ""
    return [piece for piece in [*pieces, current.strip()] if piece]
