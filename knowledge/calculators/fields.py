"""What a calculator asks for, and how an answer is read. Nothing is computed from a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import BadInput, MissingInput

LOWEST_WAGE = Decimal(100)
HIGHEST_WAGE = Decimal(1_000_000)
LARGEST = 10**10
SMALLEST_PLACES = 8
EARLIEST = date(1950, 1, 1)
MONTH = re.compile(r"(\d{4})-(\d{1,2})")
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
YES = {"true", "是", "有", "对", "给了", "1", "yes"}
OPEN_ENDED = {"无固定期限", "open_ended", "open"}
NO = {"false", "否", "不是", "没有", "没", "无", "0", "no"}


@dataclass(frozen=True)
class Field:
    """One fact a sum needs: its name in the API and the words to ask a worker for it.

    A choice takes one of `choices`, the words that people see, or of `codes`, which programs may send instead.
    """

    name: str
    type: str
    title: str
    question: str
    example: str
    required: bool = True
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    past: bool = False

    def parse(self, raw: object, today: date) -> Any:
        """The typed value, or BadInput with an example of what is right."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if self.required:
                raise MissingInput(self.name, self.question, self.example)
            return None
        return READERS[self.type](self, raw, today)

    def bad(self, message: str) -> BadInput:
        """An error about this field."""
        return BadInput(self.name, f"{self.title}：{message}", self.example)


def amount(field: Field, raw: object) -> Decimal:
    """A plain decimal number."""
    text = str(raw).strip().replace(",", "").replace("，", "")
    if isinstance(raw, bool) or "万" in text or "千" in text:
        raise field.bad("请用“元”写成数字，不要写“万”“千”。")
    try:
        value = Decimal(text.removesuffix("元"))
    except InvalidOperation:
        raise field.bad(f"“{text[:20]}”不是数字。") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise field.bad(f"“{text[:20]}”不是数字。")
    if abs(value) > LARGEST or exponent < -SMALLEST_PLACES:
        raise field.bad("数字太大或者小数位太多，请核对。")
    return value


def read_money(field: Field, raw: object, today: date) -> Decimal:
    """An amount of money, never negative."""
    value = amount(field, raw)
    if value < 0:
        raise field.bad("不能是负数。")
    return value


def read_wage(field: Field, raw: object, today: date) -> Decimal:
    """A month's wage; 0.68 is surely in 万 and 6,800,000 is surely in 分."""
    value = read_money(field, raw, today)
    if value < LOWEST_WAGE:
        raise field.bad("一个月不到100元，像是用“万”做了单位，请写成“元”。")
    if value > HIGHEST_WAGE:
        raise field.bad("一个月超过100万元，请核对是不是多写了位数。")
    return value


def read_count(field: Field, raw: object, today: date) -> Decimal:
    """A number of years, months, days or hours, halves allowed."""
    value = amount(field, raw)
    low = 0 if field.low is None else field.low
    if value < low:
        raise field.bad("不能是负数。" if low == 0 else f"不能小于{low}。")
    if field.high is not None and value > field.high:
        raise field.bad(f"不能大于{field.high}。")
    return value


def read_term(field: Field, raw: object, today: date) -> Decimal | None:
    """A contract's months; an open-ended one has none."""
    return None if str(raw).strip() in OPEN_ENDED else read_count(field, raw, today)


def read_whole(field: Field, raw: object, today: date) -> int:
    """A whole number."""
    value = read_count(field, raw, today)
    if value != value.to_integral_value():
        raise field.bad("要写整数。")
    return int(value)


def read_date(field: Field, raw: object, today: date) -> date | None:
    """A day as 2026-10-31 that the calendar has; false means not yet, where that is possible."""
    if raw is False and not field.required:
        return None
    found = DAY.fullmatch(str(raw).strip())
    if isinstance(raw, date):
        day = raw
    elif found is None:
        raise field.bad("请写成“年-月-日”。")
    else:
        year, month, number = (int(part) for part in found.groups())
        try:
            day = date(year, month, number)
        except ValueError:
            raise field.bad(f"{year}年{month}月没有{number}日。") from None
    if day < EARLIEST:
        raise field.bad("年份太早，请核对。")
    if field.past and day > today:
        raise field.bad(f"{day.isoformat()}还没到，请核对日期。")
    if day.year > today.year + 50 or (not field.past and (day - today).days > 366):
        raise field.bad("年份太远，请核对日期。")
    return day


def read_month(field: Field, raw: object, today: date) -> str:
    """A month as 1965-03; a whole date is accepted and cut."""
    text = str(raw).strip()
    found = MONTH.fullmatch(text[:7] if DAY.fullmatch(text) and len(text) == 10 else text)
    if found is None or not 1 <= int(found[2]) <= 12:
        raise field.bad("请写成“年-月”。")
    if field.past and f"{found[1]}-{int(found[2]):02d}" > today.isoformat()[:7]:
        raise field.bad("这个月份还没到，请核对。")
    if int(found[1]) < 1900:
        raise field.bad("年份太早，请核对。")
    return f"{found[1]}-{int(found[2]):02d}"


def read_yes(field: Field, raw: object, today: date) -> bool:
    """Yes or no."""
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise field.bad("请回答“是”或“否”。")


def read_text(field: Field, raw: object, today: date) -> str:
    """A short text, one of the choices where there are any."""
    text = str(raw).strip()
    if len(text) > 100:
        raise field.bad("写得太长，请用一句话说明。")
    return text


def read_choice(field: Field, raw: object, today: date) -> str:
    """One of the accepted words."""
    text = read_text(field, raw, today)
    if text not in field.choices and text not in field.codes:
        raise field.bad(f"可以写：{'、'.join(field.choices)}。")
    return text


def read_wages(field: Field, raw: object, today: date) -> dict[str, Decimal]:
    """Wages by month: {"2026-02": 4900}."""
    if not isinstance(raw, Mapping) or not raw:
        raise field.bad("请按月份写工资。")
    return {read_month(field, month, today): read_money(field, wage, today) for month, wage in raw.items()}


def read_items(field: Field, raw: object, today: date) -> tuple[str, ...]:
    """A list of words, also as one text with commas."""
    parts = re.split(r"[,，、;；]", raw) if isinstance(raw, str) else raw
    if not isinstance(parts, (list, tuple)) or len(parts) > 20:
        raise field.bad("请列出来，用顿号分开。")
    return tuple(read_text(field, part, today) for part in parts if str(part).strip())


def read_answers(field: Field, raw: object, today: date) -> dict[str, bool | None]:
    """Yes, no or unknown by question."""
    if not isinstance(raw, Mapping):
        raise field.bad("请按检查项逐条回答“是”或“否”。")
    return {str(name): None if answer in (None, "") else read_yes(field, answer, today) for name, answer in raw.items()}


READERS: dict[str, Callable[[Field, object, date], Any]] = {
    "money": read_money,
    "wage": read_wage,
    "count": read_count,
    "term": read_term,
    "whole": read_whole,
    "date": read_date,
    "month": read_month,
    "yes": read_yes,
    "text": read_text,
    "region": read_text,
    "choice": read_choice,
    "wages": read_wages,
    "items": read_items,
    "answers": read_answers,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "money": {"type": ["string", "number"], "pattern": r"^\d+(\.\d+)?$"},
    "wage": {"type": ["string", "number"], "pattern": r"^\d+(\.\d+)?$"},
    "count": {"type": ["number", "string"], "minimum": 0},
    "term": {"type": ["number", "string"], "minimum": 0},
    "whole": {"type": ["integer", "string"], "minimum": 0},
    "date": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    "yes": {"type": ["boolean", "string"]},
    "text": {"type": "string", "maxLength": 100},
    "region": {"type": "string", "maxLength": 100},
    "choice": {"type": "string"},
    "wages": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
    "items": {"type": ["array", "string"], "items": {"type": "string"}},
    "answers": {"type": "object", "additionalProperties": {"type": ["boolean", "string", "null"]}},
}


def schema(field: Field) -> dict[str, Any]:
    """The field as JSON schema; null means not (yet) where the field may be left out."""
    found: dict[str, Any] = {**SCHEMAS[field.type], "title": field.title, "description": field.question}
    if field.choices and field.type == "choice":
        found["enum"] = [*field.choices, *field.codes] + ([] if field.required else [None])
    for key, bound in (("minimum", field.low), ("maximum", field.high)):
        if bound is not None:
            found[key] = bound
    if not field.required:
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        found["type"] = [*kinds, "null"]
    suggested = list(field.choices) if field.type != "choice" and field.choices else [field.example]
    return {**found, "examples": suggested}
