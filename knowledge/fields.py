"""Takes fields out of a loaded mapping and says, with the path first, what is missing, wrong or not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.errors import DataError
from knowledge.schema import Reference, Row, Value, Verified

# How an instrument whose text we do not hold was checked.
CHECKED = ("leaf_table", "press")
_KINDS = {str: "文字", int: "整数", bool: "true 或 false", date: "日期（2026-01-31）", dict: "映射", list: "列表"}


class Fields:
    """One mapping of a file. `done` refuses every key that nobody asked for."""

    def __init__(self, data: Any, path: str, where: str = "") -> None:
        self.path, self.where = path, where
        self.asked: list[str] = []
        if not isinstance(data, dict):
            raise self.wrong("", f"应该是映射（键: 值），现在是 {_shown(data)}")
        self.data: dict[Any, Any] = data

    def wrong(self, key: str, problem: str, allowed: str = "") -> DataError:
        spot = ".".join(part for part in (self.where, key) if part)
        return DataError(self.path, f"{spot} {problem}".strip(), allowed)

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def raw(self, key: str, required: bool = False) -> Any:
        self.asked.append(key)
        value = self.data.get(key)
        if value is None and required:
            raise self.wrong(key, "没有写" if key not in self.data else "是空的", "这一项必须有")
        return value

    def _typed(self, key: str, kind: type, required: bool) -> Any:
        value = self.raw(key, required)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key, f"应该是{_KINDS[kind]}，现在是 {_shown(value)}", "数字样子的文字请加引号")
        return value

    def text(self, key: str) -> str:
        value: str = self._typed(key, str, True)
        if not value.strip():
            raise self.wrong(key, "是空的", "这一项必须有")
        return value

    def find_text(self, key: str) -> str | None:
        value: str | None = self._typed(key, str, False)
        return value

    def day(self, key: str) -> date:
        value: date = self._typed(key, date, True)
        return value

    def find_day(self, key: str) -> date | None:
        value: date | None = self._typed(key, date, False)
        return value

    def find_int(self, key: str) -> int | None:
        value: int | None = self._typed(key, int, False)
        return value

    def flag(self, key: str) -> bool:
        return bool(self._typed(key, bool, False))

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.raw(key, required)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, str) or not item.strip():
                raise self.wrong(key, f"里应该都是文字，有一项是 {_shown(item)}", "数字、空值或带冒号的句子请加引号")
        return tuple(items)

    def items(self, key: str) -> list[Fields]:
        value: list[Any] = self._typed(key, list, False) or []
        return [Fields(item, self.path, f"{self.where}{key}[{n}]") for n, item in enumerate(value, 1)]

    def inner(self, key: str) -> Fields | None:
        value = self.raw(key)
        return None if value is None else Fields(value, self.path, f"{self.where}.{key}".strip("."))

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.wrong(key, f"写的是 {value}", f"只能是 {'、'.join(allowed)}")
        return value

    def done(self) -> None:
        extra = [str(key) for key in self.data if key not in self.asked]
        if extra:
            raise self.wrong("", f"有不认识的键 {'、'.join(extra)}", f"只能有 {'、'.join(self.asked)}")


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, Decimal) else str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def reference(given: Fields) -> Reference:
    """{law, article?, paragraph?, checked?} or {act, published?, href?}."""
    if given.has("law"):
        article = given.raw("article")
        if article is not None and (isinstance(article, bool) or not isinstance(article, (str, int))):
            raise given.wrong("article", f"应该是条号，现在是 {_shown(article)}", '写成 "82" 或 "276之一"')
        found = Reference(
            law=given.text("law"),
            article=None if article is None else str(article),
            paragraph=given.find_int("paragraph"),
            checked=given.find_text("checked"),
        )
    elif given.has("act"):
        published = given.raw("published")
        shown = published.isoformat() if isinstance(published, date) else published
        if shown is not None and not isinstance(shown, (str, int)):
            raise given.wrong("published", "应该是发布的年月或日期", 'published: "2025-09"')
        found = Reference(
            act=given.text("act"),
            number=given.find_text("number"),
            published=None if shown is None else str(shown),
            href=given.find_text("href"),
            checked=given.find_text("checked"),
        )
    else:
        raise given.wrong("", "没有出处", "写 {law: 法规代号, article: 条号} 或 {act: 文件名, published: 发布日期}")
    given.done()
    if found.checked not in (None, *CHECKED):
        raise given.wrong("checked", f"写的是 {found.checked}", f"只能是 {'、'.join(CHECKED)}，或不写")
    return found


def verified(given: Fields | None) -> Verified | None:
    if given is None:
        return None
    found = Verified(given.day("on"), given.find_text("by"), given.find_text("second"), given.find_text("mark"))
    given.done()
    return found


def value_of(raw: Any, given: Fields, where: str) -> Value:
    """A figure: Decimal for every number, tables kept as tables."""
    if raw is None or isinstance(raw, (bool, str, Decimal)):
        return raw
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, dict):
        return {str(key): value_of(part, given, f"{where}.{key}") for key, part in raw.items()}
    if isinstance(raw, list):
        return tuple(value_of(part, given, where) for part in raw)
    raise given.wrong(where, f"不能是 {_shown(raw)}", "数字、文字、是否、列表或表")


def rows(given: Fields, key: str = "values") -> Mapping[date, Row]:
    """Values by the day they begin; each row carries its own reference."""
    raw = given.raw(key, required=True)
    if not isinstance(raw, dict) or not raw:
        raise given.wrong(key, "应该是 日期: {value: …, ref: …}", "至少要有一行")
    found = {}
    for day, row in raw.items():
        if not isinstance(day, date):
            raise given.wrong(key, f"{_shown(day)} 不是日期", "写开始执行的日子，如 2024-01-01")
        found[day] = _row(Fields(row, given.path, f"{given.where} {key}[{day.isoformat()}]".strip()))
    return dict(sorted(found.items()))


def _row(given: Fields) -> Row:
    expected = given.flag("expected")
    if not expected and "value" not in given.data:
        raise given.wrong("value", "没有写", "写 value；废止写 value: null；只是预告写 expected: true")
    value = value_of(given.raw("value"), given, "value")
    inner = given.inner("ref")
    if inner is None and not expected:
        raise given.wrong("ref", "没有写", "每个数都要有出处 ref: {law, article} 或 {act, published}")
    found = Row(value, reference(inner) if inner else None, expected, given.find_text("note"))
    given.done()
    return found
