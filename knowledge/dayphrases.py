"""Days as workers name them: 21年3月15, 去年三月, 上个月底, 前天, 三个月前, 2021-03-15. Lunar dates are not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .calculators.dates import add_months
from .numerals import parse

D = r"(?:\d{1,2}|[零〇一二三四五六七八九十]{1,3})"
YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1}
MONTH_WORDS = {
    "上上个月": -2,
    "上上月": -2,
    "上个月": -1,
    "上月": -1,
    "这个月": 0,
    "本月": 0,
    "当月": 0,
    "这月": 0,
    "下个月": 1,
    "下月": 1,
}
DAY_WORDS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "现在": 0,
    "目前": 0,
    "至今": 0,
    "明天": 1,
    "后天": 2,
}
WEEKDAYS = "一二三四五六日天"
YEAR = (
    rf"(?:(?P<year_word>{'|'.join(YEAR_WORDS)})|"
    r"(?P<year>(?:19|20)\d{2}|[一二][九〇零○][零〇○一二三四五六七八九]{2}|(?<!\d)\d{2}|[零〇一二][零〇一二三四五六七八九])\s*年)"
)
EDGE = r"(?P<edge>初|底|末|中旬|上旬|下旬)"
FULL = re.compile(
    rf"{YEAR}(?:\s*的?\s*年?(?P<year_edge>年?[初底末中]))?(?:\s*的?\s*(?P<month>{D})\s*月(?:份)?(?:\s*{EDGE}|\s*(?P<day>{D})\s*(?P<mark>[日号])?(?!\s*(?:个|年|月|天|点|[块元万千百%])))?)?"
)
MONTH_DAY = re.compile(rf"(?<![\d年个第])(?P<month>{D})\s*月(?:份)?(?:\s*{EDGE}|\s*(?P<day>{D})\s*[日号])?")
RELATIVE_MONTH = re.compile(rf"(?P<word>{'|'.join(MONTH_WORDS)})(?:\s*{EDGE}|\s*(?P<day>{D})\s*[日号])?")
MONTH_EDGE = re.compile(
    r"(?<![一-龥\d])?(?P<edge>月初|月底|月末)|(?<!\d)(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})号(?!楼|线|院|机|厂|车)"
)
NUMERIC = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[-/.]\s*(?P<month>\d{1,2})(?:\s*[-/.]\s*(?P<day>\d{1,2}))?(?!\d)"
)
WORDS = re.compile("|".join(DAY_WORDS))
WEEK = re.compile(rf"(?P<which>上上|上|这|本|下)(?:个)?(?:周|星期|礼拜)(?P<day>[{WEEKDAYS}])")
AGO = re.compile(
    r"(?P<n>半|\d+|[一二两三四五六七八九十]+)\s*(?P<half>个半|个)?(?P<unit>年半?|月|天|星期|礼拜|周)(?:多)?(?:以?前|之前)"
)
LUNAR = re.compile(r"农历|阴历|旧历|腊月|正月|冬月|初[一二三四五六七八九十]")
JOIN = re.compile(r"^[^。；;？?！!]{0,12}?(?<![收拿得等见接感受想])(?:到|至|~|-|—|－|–)+\s*(?:了|的)?\s*$")
FUTURE = re.compile(r"到期|期满|打算|准备|就要|要走|才走")


@dataclass(frozen=True)
class Phrase:
    """A day phrase and what it covers."""

    start: int
    end: int
    first: date
    last: date
    precision: str
    approximate: bool = False


def find(text: str, today: date) -> list[Phrase]:
    """All day phrases, in order, the earlier finder winning where two overlap."""
    found: list[Phrase] = []
    for finder in (_numeric, _full, _relative_month, _month_day, _week, _ago, _words, _month_edge):
        for one in finder(text, today):
            clash = any(one.start < other.end and other.start < one.end for other in found)
            if not clash and not LUNAR.search(text[max(0, one.start - 4) : one.end + 2]):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def joined(between: str) -> bool:
    """Whether the words between two days make them a span: 到, 至, 入职，一直干到."""
    return bool(JOIN.match(between))


def not_before(first: date, value: date, last: date, text: str) -> tuple[date, date]:
    """A second day without a year is the first such day that is not before the first one."""
    if re.search(r"年|今天|现在|至今|月底|上|这|本|下|前|昨|\d{4}", text):
        return value, last
    years = next(count for count in range(-80, 80) if add_months(value, 12 * count) >= first)
    moved = add_months(value, 12 * years)
    return moved, _month_end(moved) if last == _month_end(value) and last != value else add_months(last, 12 * years)


def _int(text: str | None) -> int | None:
    value = parse(text) if text else None
    return int(value.value) if value else None


def _month_end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def _year(text: str, today: date) -> int | None:
    """A year of two or four figures; 95 is 1995, 21 is 2021."""
    number = _int(text)
    if number is None:
        return None
    if number >= 100:
        return number if 1900 <= number <= 2100 else None
    return 2000 + number if number <= (today.year + 2) % 100 else 1900 + number


def _made(
    match: re.Match[str], year: int, month: int | None, day: int | None, edge: str | None, end: int | None = None
) -> Phrase | None:
    """A phrase from its parts; a day that the calendar does not have is not read."""
    start, stop = match.start(), match.end() if end is None else end
    try:
        if month is None:
            return Phrase(start, stop, date(year, 1, 1), date(year, 12, 31), "year")
        opening = date(year, month, 1)
        if day is not None:
            exact = date(year, month, day)
            return Phrase(start, stop, exact, exact, "day")
    except ValueError:
        return None
    if edge:
        return _edge(start, stop, opening, edge)
    return Phrase(start, stop, opening, _month_end(opening), "month")


def _edge(start: int, stop: int, opening: date, edge: str) -> Phrase:
    """月初 is the first, 月底 the last day, 中旬 the fifteenth: said loosely, and marked so."""
    if "底" in edge or "末" in edge:
        day = _month_end(opening)
    elif "中" in edge:
        day = opening.replace(day=15)
    elif "下" in edge:
        day = opening.replace(day=21)
    else:
        day = opening
    return Phrase(start, stop, day, day, "day", True)


def _full(text: str, today: date) -> Iterator[Phrase]:
    for match in FULL.finditer(text):
        if match["year_word"]:
            year: int | None = today.year + YEAR_WORDS[match["year_word"]]
        elif not (match["month"] or match["year_edge"]) and len(match["year"]) == 2 and not _is_year(text, match):
            continue
        else:
            year = _year(match["year"], today)
        if year is None:
            continue
        if match["month"] and re.match(r"个", text[match.end("month") :]):
            continue
        if match["year_edge"] and not match["month"]:
            month = 1 if "初" in match["year_edge"] else 6 if "中" in match["year_edge"] else 12
            one = _made(match, year, month, None, None)
            if one:
                yield Phrase(one.start, one.end, one.first, one.last, "month", True)
            continue
        made = _made(match, year, _int(match["month"]), _int(match["day"]), match["edge"])
        if made:
            yield made


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether 21年 alone is a year: 从21年, 08年, 19年进厂; not 干了21年."""
    before, after = text[: match.start()], text[match.end() :]
    if re.search(r"(?:干了?|工作了?|做了?|上了|满|共|有|了|工龄|快|近|约|多|过)\s*$", before):
        return False
    if match["year"].startswith(("0", "零", "〇")) or re.search(r"(?:从|自|在|于|是)\s*$", before):
        return True
    return bool(re.match(r"\s*(?:就?进|就?来|入职|开始|以?前|以?后|签|到|就在|年?[初底])", after))


def _month_day(text: str, today: date) -> Iterator[Phrase]:
    for match in MONTH_DAY.finditer(text):
        month, day = _int(match["month"]), _int(match["day"])
        if month is None or not 1 <= month <= 12:
            continue
        made = _made(match, today.year, month, day, match["edge"])
        coming = FUTURE.search(text[match.end() : match.end() + 8])
        if made and made.first > today and not coming:
            made = _made(match, today.year - 1, month, day, match["edge"])
        if made:
            yield made


def _relative_month(text: str, today: date) -> Iterator[Phrase]:
    for match in RELATIVE_MONTH.finditer(text):
        opening = add_months(today.replace(day=1), MONTH_WORDS[match["word"]])
        made = _made(match, opening.year, opening.month, _int(match["day"]), match["edge"])
        if made:
            yield made


def _month_edge(text: str, today: date) -> Iterator[Phrase]:
    for match in MONTH_EDGE.finditer(text):
        if match["edge"]:
            opening = today.replace(day=1)
            if "初" not in match["edge"] and _month_end(opening) > today:
                opening = add_months(opening, -1)
            yield _edge(match.start(), match.end(), opening, match["edge"])
            continue
        made = _made(match, today.year, today.month, _int(match["day"]), None)
        if made and made.first > today:
            before = add_months(today.replace(day=1), -1)
            made = _made(match, before.year, before.month, _int(match["day"]), None)
        if made:
            yield made


def _numeric(text: str, today: date) -> Iterator[Phrase]:
    for match in NUMERIC.finditer(text):
        made = _made(match, int(match["year"]), int(match["month"]), _int(match["day"]), None)
        if made:
            yield made


def _words(text: str, today: date) -> Iterator[Phrase]:
    for match in WORDS.finditer(text):
        day = today + timedelta(days=DAY_WORDS[match[0]])
        yield Phrase(match.start(), match.end(), day, day, "day")


def _week(text: str, today: date) -> Iterator[Phrase]:
    weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
    for match in WEEK.finditer(text):
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=7 * weeks[match["which"]] + min(WEEKDAYS.index(match["day"]), 6))
        yield Phrase(match.start(), match.end(), day, day, "day")


def _ago(text: str, today: date) -> Iterator[Phrase]:
    back: dict[str, Callable[[int], date]] = {
        "年": lambda count: add_months(today, -12 * count),
        "年半": lambda count: add_months(today, -12 * count - 6),
        "月": lambda count: add_months(today, -count),
        "天": lambda count: today - timedelta(days=count),
    }
    for match in AGO.finditer(text):
        unit = match["unit"]
        if unit == "月" and not match["half"]:
            continue
        if match["n"] == "半":
            day = add_months(today, -6) if unit.startswith("年") else today - timedelta(days=15)
        else:
            count = _int(match["n"])
            if count is None or count > 60 * 12:
                continue
            day = back[unit](count) if unit in back else today - timedelta(days=7 * count)
            if match["half"] == "个半":
                day -= timedelta(days=15)
        yield Phrase(match.start(), match.end(), day, day, "day", True)
