"""Finds figures in a card's sentences: a number, Arabic or Chinese, before 元, 倍, 天, 个月 ...

A figure that changes must come from a parameter; one that never changed must stand in the card's `fixed`. What is no
figure: articles (第82条), ordinals (第一天), calendar dates (2025年9月1日), and what stands inside a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NUMBER = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万半]+)"
_UNIT = r"(?:万元|元|块钱|倍|%|％|个百分点|天|个?工作日|日|个半月|个月|周岁|年|个?小时|人|岁)"
_FIGURE = re.compile(rf"(?<![第0-9.零〇一二两三四五六七八九十百千])({_NUMBER})(?:余|多)?({_UNIT})")
_PERCENT = re.compile(r"百分之[零〇一二三四五六七八九十百]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?")
_DAY_OF_MONTH = re.compile(r"[0-9一二三四五六七八九十]{1,3}月(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})日")
# Everyday speech, not law: 一个人, 一天天, 一人一份, 半天没人理, 人人.
_SPEECH = re.compile(
    r"一天天|一天到晚|一人一|每人一|一年年|一年到头|一年四季|万一|一日三餐|同一(?:天|日|年)|这一(?:天|年|日)|那一(?:天|年|日)"
    r"|哪一(?:天|年|日)|某一(?:天|年|日)|另一人|上一年|下一年|前一(?:天|日)|后一(?:天|日)|头一(?:天|年)|每一(?:天|年|日)|任一(?:天|日)"
    r"|当一天|每年|百年|多半年|半天|某年|近年|千人|万人|一人(?!以)|两人(?!以)|一天(?!内)"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z.〔（-])(1[12][0-9]{3}|1[12][0-9]|0[0-9]{2,3}-[0-9]{7,8}|1[3-9][0-9]{9})(?![0-9.])")


def outside_templates(text: str) -> str:
    """The text with templates blanked out, so that positions stay."""
    return _TEMPLATE.sub(lambda found: "\x00" * len(found[0]), text)


def figures(text: str) -> Iterator[re.Match[str]]:
    """Every figure that a sentence states by itself."""
    plain = outside_templates(text)
    quiet = [span.span() for pattern in (_YEAR, _DAY_OF_MONTH, _SPEECH) for span in pattern.finditer(plain)]
    for found in (*_FIGURE.finditer(plain), *_PERCENT.finditer(plain)):
        if not any(start <= found.start() and found.end() <= end for start, end in quiet):
            yield found


def unfounded(text: str, fixed: Iterable[str]) -> list[str]:
    """The figures that no `fixed` text covers where they stand."""
    covered = [(at.start(), at.end()) for words in fixed for at in re.finditer(re.escape(words), text)]
    return [
        found[0]
        for found in figures(text)
        if not any(start < found.end() and found.start() < end for start, end in covered)
    ]


def phones(text: str, hotlines: Iterable[str]) -> list[str]:
    """Phone numbers written out instead of {{ office() }}."""
    known = set(hotlines)
    plain = outside_templates(text)
    found = []
    for match in _PHONE.finditer(plain):
        number = match[1]
        after = plain[match.end() : match.end() + 2]
        if len(number) == 3 and (number not in known or re.match(_UNIT + r"|条|号|万|家|项|个|分", after)):
            continue
        if len(number) == 5 and number not in known:
            continue
        found.append(number)
    return found
