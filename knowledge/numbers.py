"""Amounts, days, spans, durations, hours and counts in a worker's words, with the place where they stand.

`find(text, today)` gives them in order and without overlap. A figure said loosely (八千多, 大概三年) is marked
approximate and the bot says what it took it for. Lunar dates are left alone: they are asked for again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from . import dayphrases
from .numerals import PATTERN, Number, normal, parse
from .quantities import Amount, Count, Day, Duration, Found, Hours, Span, Thing

__all__ = ["Amount", "Count", "Day", "Duration", "Found", "Hours", "Span", "Thing", "find", "first", "number"]

T = TypeVar("T", Amount, Day, Span, Duration, Hours, Count)

LOOSE_BEFORE = re.compile(
    r"(?:大概|大约|差不多|估计|可能|好像|约摸)[^，。,；;？?！!]{0,6}$|(?:将近|接近|快要?|近|约|不到|至少|最少|起码|小)(?:有|是|干了?|做了?|工作了?)?$"
)
LOOSE_INSIDE = "[多来几]?"
LOOSE_AFTER = re.compile(r"^(?:左右|上下|出头|的样子|多|不到|吧)")
N = PATTERN
DURATION = re.compile(
    rf"(?P<half>半)\s*(?P<half_unit>年|个月|天|个?小时|个钟)|"
    rf"(?P<years>{N})(?P<years_loose>{LOOSE_INSIDE})\s*年(?!\d*月\d*[日号]|[前底初])(?P<years_half>半)?(?P<years_more>多)?"
    rf"(?:[零又]?\s*(?:(?P<mon>{N})\s*个(?P<mon_half>半)?月(?P<mon_half2>半)?)?(?:[零又]?(?P<rest>{N})\s*天)?)|"
    rf"(?P<months>{N})(?P<months_loose>{LOOSE_INSIDE})\s*(?:个(?P<months_half>半)?(?P<months_more>多)?月|(?<=[俩仨])月)(?P<months_half2>半)?"
    rf"(?:[零又]?(?P<m_days>{N})\s*天)?|"
    rf"(?P<weeks>{N})\s*(?:个)?(?:星期|礼拜|周)(?!岁|末|薪|[一二三四五六日天])|"
    rf"(?P<days>{N})(?P<days_loose>{LOOSE_INSIDE})\s*天"
)
HOURS = re.compile(
    rf"(?P<n>{N})(?P<loose>{LOOSE_INSIDE})\s*(?:个)?(?P<half>半)?(?:小时|钟头|钟(?!点)|h(?![a-z]))(?P<half2>半)?"
)
CLOCK = re.compile(
    rf"(?:早上?|上午|早晨)\s*(?P<a>{N})\s*[点:](?P<a_half>半|\d{{2}})?\s*(?:上班)?(?:干|做)?[到至\-~—]+(?:晚上?|下午|夜里|傍晚)\s*(?P<b>{N})\s*[点:](?P<b_half>半|\d{{2}})?"
)
COUNT = re.compile(
    rf"(?P<n>{N})(?P<loose>{LOOSE_INSIDE})\s*(?P<unit>个人|个工友|个工人|个同事|多人|人|名|位|件|次|回|周岁|岁|个孩子|个宝宝|胎|级|%|倍)"
)
PERCENT = re.compile(r"百分之(?P<n>[零一二三四五六七八九十百点\d.]+)")
AMOUNT = re.compile(
    rf"(?P<n>{N})(?P<loose>[多来几]?)\s*(?P<unit>万多?|千多?|百多?)?\s*(?P<yuan>元|块钱?|块|圆|rmb|RMB|人民币|钱)?(?P<jiao>\d角|[一二三四五六七八九](?:毛|角))?"
)
CLAUSE = re.compile(r"[，。,；;？?！!]")
PER = {
    "hour": re.compile(r"时薪|(?:每|一个?|/)(?:小时|钟头?)"),
    "day": re.compile(r"日薪|(?:每|一|/)天|每日|日结"),
    "month": re.compile(r"月薪|底薪|月工资|(?:每个?|一个|/)月|月入|工资"),
    "year": re.compile(r"年薪|(?:每|一)年"),
    "week": re.compile(r"(?:每|一)(?:个?星期|周|个?礼拜)"),
}
MONEY_CUE = re.compile(
    r"工资|月薪|底薪|时薪|日薪|年薪|薪水|月入|拿|发|欠|赔|补偿|扣|罚|押金|到手|收入|给|挣|赚|付|月|天"
)
NOT_MONEY = re.compile(
    r"^\s*(?:个|人|名|位|天|年|月|号|日|岁|周(?!末|薪)|小时|点|分|级|件|次|回|倍|%|公里|平|斤|吨|米|条|项|款|届|路|栋|楼|层|室|线|[-/.]\d)"
)


def find(text: str, today: date) -> list[Thing]:
    """Everything countable in a text. Days first, so that 21年3月 is not read as a length of time."""
    clean = normal(text)
    found: list[Thing] = []
    for finder in (_days, _clock, _hours, _durations, _counts, _amounts):
        taken = [(one.start, one.end) for one in found]
        found += [
            one for one in finder(clean, today) if not any(one.start < end and start < one.end for start, end in taken)
        ]
    return [replace(one, text=text[one.start : one.end]) for one in sorted(found, key=lambda one: one.start)]


def first(text: str, today: date, kind: type[T]) -> T | None:
    """The first thing of one kind."""
    return next((one for one in find(text, today) if isinstance(one, kind)), None)


def number(text: str) -> Decimal | None:
    """A bare number given as an answer: 三千五, 6800, 1.5万."""
    found = re.search(N, normal(text))
    value = parse(found[0]) if found else None
    return value.value if value else None


def _loose(text: str, start: int, end: int) -> bool:
    return bool(LOOSE_BEFORE.search(text[:start]) or LOOSE_AFTER.match(text[end:]))


def _whole(text: str | None) -> tuple[int, bool]:
    """A part of a duration, and whether it was a range."""
    value = parse(text) if text else None
    return (int(value.value), value.high is not None) if value else (0, False)


def _days(text: str, today: date) -> list[Thing]:
    days = [
        Day(
            one.start,
            one.end,
            text[one.start : one.end],
            one.approximate or _loose(text, one.start, one.end),
            one.first,
            one.precision,
            one.last,
        )
        for one in dayphrases.find(text, today)
    ]
    found: list[Thing] = []
    while days:
        one = days.pop(0)
        if days and dayphrases.joined(text[one.end : days[0].start]):
            other = _after(one, days.pop(0), text)
            start = one.start - 1 if text[: one.start].endswith(("从", "自")) else one.start
            approximate = one.approximate or other.approximate
            found.append(Span(start, other.end, text[start : other.end], approximate, one, other))
        else:
            found.append(one)
    return found


def _after(one: Day, other: Day, text: str) -> Day:
    """The second day of a span, moved to the first such day after the first one when no year was said."""
    value, last = dayphrases.not_before(one.value, other.value, other.last, other.text)
    return Day(other.start, other.end, other.text, other.approximate, value, other.precision, last)


def _clock(text: str, today: date) -> list[Thing]:
    found: list[Thing] = []
    for match in CLOCK.finditer(text):
        begin, end = parse(match["a"]), parse(match["b"])
        if begin is None or end is None:
            continue
        finish = end.value + 12 if end.value <= 12 else end.value
        value = finish + _half(match["b_half"]) - begin.value - _half(match["a_half"])
        if 0 < value <= 24:
            found.append(Hours(match.start(), match.end(), match[0], True, value, "day"))
    return found


def _half(text: str | None) -> Decimal:
    if not text:
        return Decimal(0)
    return Decimal("0.5") if text == "半" else Decimal(text) / 60


def _per(text: str, start: int, end: int, kinds: tuple[str, ...]) -> str | None:
    """Which period the words beside a figure name: behind it wins over before it."""
    after = CLAUSE.split(text[end : end + 4])[0]
    before = CLAUSE.split(text[max(0, start - 8) : start])[-1]
    for near, nearest in ((after, min), (before, max)):
        hits = [(match.end(), kind) for kind in kinds for match in PER[kind].finditer(near)]
        if hits:
            return nearest(hits)[1]
    return None


def _hours(text: str, today: date) -> list[Thing]:
    found: list[Thing] = []
    for match in HOURS.finditer(text):
        value = parse(match["n"])
        if value is None:
            continue
        if re.search(r"(?:每|一|/)$", text[: match.start()]) or (
            match["n"] == "一" and re.match(r"\s*\d", text[match.end() :])
        ):
            continue
        half = Decimal("0.5") if match["half"] or match["half2"] else Decimal(0)
        loose = bool(match["loose"]) or value.high is not None or _loose(text, match.start(), match.end())
        per = _per(text, match.start(), match.end(), ("day", "week", "month"))
        found.append(Hours(match.start(), match.end(), match[0], loose, value.value + half, per))
    return found


def _durations(text: str, today: date) -> list[Thing]:
    found: list[Thing] = []
    for match in DURATION.finditer(text):
        parts = _duration(match)
        if parts is None or re.search(r"第$|每$", text[: match.start()]):
            continue
        if re.fullmatch(r"一?(?:个月|天|年|周|星期)", match[0]) and MONEY_AFTER.match(text[match.end() :]):
            continue
        years, months, days, loose = parts
        loose = loose or _loose(text, match.start(), match.end())
        found.append(Duration(match.start(), match.end(), match[0], loose, years, months, days))
    return found


# 一个月8000, 一天干12个钟: the period of a rate, not a length of time.
MONEY_AFTER = re.compile(
    rf"\s*(?:才|就|是|给|拿|发|干|做|上|工作|要干|要上)?(?:我|了)?\s*{N}\s*(?:个?小时|个?钟|[块元多百千万kKwW]|$|[，,。])"
)


def _duration(match: re.Match[str]) -> tuple[int, int, int, bool] | None:
    """Years, months, days and looseness of one match; None when a part is no number."""
    named = ("years", "mon", "rest", "months", "m_days", "weeks", "days")
    if any(match[name] and parse(match[name]) is None for name in named):
        return None
    if match["half"]:
        return {"年": (0, 6, 0, False), "个月": (0, 0, 15, False)}.get(match["half_unit"])
    if match["years"]:
        years, loose = _whole(match["years"])
        months, loose_months = _whole(match["mon"])
        half = 6 if match["years_half"] else 0
        days = _whole(match["rest"])[0] + (15 if match["mon_half"] or match["mon_half2"] else 0)
        return years, months + half, days, bool(loose or loose_months or match["years_loose"] or match["years_more"])
    if match["months"]:
        months, loose = _whole(match["months"])
        days = _whole(match["m_days"])[0] + (15 if match["months_half"] or match["months_half2"] else 0)
        return 0, months, days, bool(loose or match["months_loose"] or match["months_more"])
    if match["weeks"]:
        weeks, loose = _whole(match["weeks"])
        return 0, 0, weeks * 7, loose
    days, loose = _whole(match["days"])
    return 0, 0, days, bool(loose or match["days_loose"])


def _counts(text: str, today: date) -> list[Thing]:
    found: list[Thing] = []
    for match in COUNT.finditer(text):
        value = parse(match["n"])
        if value is None:
            continue
        loose = (
            bool(match["loose"])
            or match["unit"] == "多人"
            or value.high is not None
            or _loose(text, match.start(), match.end())
        )
        unit = {
            "个人": "人",
            "多人": "人",
            "名": "人",
            "位": "人",
            "个工友": "人",
            "个工人": "人",
            "个同事": "人",
            "周岁": "岁",
        }.get(match["unit"], match["unit"])
        found.append(Count(match.start(), match.end(), match[0], loose, value.value, unit))
    for match in PERCENT.finditer(text):
        value = parse(match["n"])
        if value is not None:
            found.append(Count(match.start(), match.end(), match[0], False, value.value, "%"))
    return found


def _amounts(text: str, today: date) -> list[Thing]:
    found: list[Thing] = []
    for match in AMOUNT.finditer(text):
        value = parse(match["n"])
        if value is None or not _is_money(text, match, value):
            continue
        unit = {"万": 10000, "千": 1000, "百": 100}.get((match["unit"] or "")[:1], 1)
        loose = bool(match["loose"]) or "多" in (match["unit"] or "") or value.high is not None
        loose = loose or _loose(text, match.start(), match.end())
        end = match.start() + len(match[0].rstrip())
        per = _per(text, match.start(), end, ("hour", "day", "week", "month", "year"))
        high = value.high * unit if value.high is not None else None
        found.append(Amount(match.start(), end, text[match.start() : end], loose, value.value * unit, per, high))
    return found


def _is_money(text: str, match: re.Match[str], value: Number) -> bool:
    """A figure with 元 or 块, or one that only money has: 八千多, 1.5万, 工资6800."""
    if match["yuan"] or match["jiao"]:
        return True
    if (
        re.match(r"\d", text[match.end() :])
        or re.search(r"[\d第楼栋室座层院路号]$", text[: match.start()])
        or NOT_MONEY.match(text[match.end() :])
    ):
        return False
    numeral = match[0].strip()
    if re.search(r"[千万kKwW]", numeral):
        return True
    plain = re.fullmatch(r"\d[\d,]*(?:\.\d+)?", match["n"])
    cue = MONEY_CUE.search(text[max(0, match.start() - 8) : match.start()])
    if plain and len(match["n"].replace(",", "").split(".")[0]) <= 6:
        return value.value >= 500 or (value.value >= 10 and bool(cue))
    return "百" in numeral and value.value >= 100
