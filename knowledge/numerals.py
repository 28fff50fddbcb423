"""Chinese and mixed numerals to exact numbers: 三千五, 两万三, 1万2, 1.5万, 二十, 八九千, 二〇二一."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

DIGITS = {mark: place for place, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
DIGITS |= {"壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9, "俩": 2, "仨": 3, "幺": 1}
UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "k": 1000,
    "K": 1000,
    "万": 10000,
    "w": 10000,
    "W": 10000,
    "亿": 10**8,
}
CN = "零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖俩仨幺"
BIG = "十拾百佰千仟万亿"
# 一百八一天 is 180 a day, but 二十一天 is 21 days.
NOT_RATE = "(?!一(?:天|个月|小时|个小时|个钟|年|周))"
# A number as it stands in a text; latin unit letters only straight after a figure (5k, 1.2w).
PATTERN = (
    rf"(?:(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,18}})(?:\.\d{{1,6}})?(?:[kKwW](?![a-zA-Z]))?(?:[{BIG}](?:[\d.{CN}{BIG}]*))?"
    rf"|[{CN}{BIG}](?:(?:(?<=十)|{NOT_RATE})[{CN}{BIG}])*)"
)
LONG_RUN = re.compile(rf"[\d{CN}{BIG}]{{21,}}")
TOKEN = re.compile(rf"\d+(?:\.\d+)?|[{CN}]|[{BIG}kKwW]")
FULL_WIDTH = {ord("０") + place: ord("0") + place for place in range(10)}
FULL_WIDTH |= {ord("．"): ord("."), ord("："): ord(":"), ord("％"): ord("%")}


class Number(NamedTuple):
    """A value, and the upper end where two neighbouring figures name a range (八九千)."""

    value: Decimal
    high: Decimal | None = None


def normal(text: str) -> str:
    """Full-width figures as plain ones; every character keeps its place. A run of figures that is no amount, a card's
    number or somebody leaning on a key, is blanked: it means nothing here and would cost time.
    """
    return LONG_RUN.sub(lambda run: "□" * len(run[0]), text.translate(FULL_WIDTH))


def parse(text: str) -> Number | None:
    """The number that a numeral means, or None when it is not one."""
    clean = normal(text).replace(",", "").strip()
    pair = re.match(r"([一二两三四五六七八九])([二三四五六七八九])(?=[十百千万]|$)", clean)
    if pair and DIGITS[pair[2]] == DIGITS[pair[1]] + 1:
        rest = clean[2:]
        low, high = (parse(digit + rest) for digit in pair.groups())
        return Number(low.value, high.value) if low and high else None
    teens = re.fullmatch(r"(.*十)([一二三四五六七八])([二三四五六七八九])", clean)
    if teens and DIGITS[teens[3]] == DIGITS[teens[2]] + 1:
        low, high = (parse(teens[1] + digit) for digit in teens.groups()[1:])
        return Number(low.value, high.value) if low and high else None
    if re.fullmatch(rf"[{CN}]{{2,}}", clean):
        return Number(Decimal("".join(str(DIGITS[mark]) for mark in clean)))
    tokens = TOKEN.findall(clean)
    if not tokens or "".join(tokens) != clean:
        return None
    return add_up(tokens)


def add_up(tokens: list[str]) -> Number | None:
    """Sections below 万 are summed and multiplied; a last figure after a unit counts tenths of it (三千五)."""
    total, section, number, unit, zero = Decimal(0), Decimal(0), None, 0, False
    for token in tokens:
        if token in UNITS:
            size = UNITS[token]
            if size >= 10000:
                total = (total + section + (Decimal(0) if number is None else number)) * size
                section = Decimal(0)
            else:
                section += (Decimal(1) if number is None else number) * size
            number, unit, zero = None, size, False
        elif number is not None:
            return None
        elif token in DIGITS and DIGITS[token] == 0:
            zero = True
        else:
            number = Decimal(DIGITS[token]) if token in DIGITS else Decimal(token)
    if number is not None:
        tenths = unit >= 100 and not zero and number < 10 and number == number.to_integral_value()
        section += number * unit / 10 if tenths else number
    return Number(total + section)
