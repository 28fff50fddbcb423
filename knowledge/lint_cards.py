"""Rules about a card: its words, its figures, and that everything it names exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from knowledge.base import Base
from knowledge.figures import phones, unfounded
from knowledge.findings import Finding
from knowledge.schema import Card, Reference
from knowledge.templates import BadTemplate, calls_in

SHORT_MOST = 60
FIRST_SENTENCE_MOST = 90
_OFFICE = re.compile(r"\{\{\s*office\(\s*[\"']([0-9]+)[\"']\s*\)\s*\}\}")
_OTHER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_LEGALESE = re.compile(r"(?:根据|按照|依照|依据)")


@dataclass(frozen=True)
class Served:
    """Ids that `serves` may hold; empty sets mean that the lists are not there and nothing is checked."""

    ids: Collection[str] = ()


def texts_of(card: Card) -> Iterator[tuple[str, str]]:
    """Every sentence that a worker may read, with the field it stands in."""
    yield "short", card.short
    yield "answer", card.answer
    yield "law", card.law
    for name, lines in (("steps", card.steps), ("evidence", card.evidence), ("limits", card.limits)):
        for number, line in enumerate(lines, 1):
            yield f"{name}[{number}]", line
    if card.deadline:
        yield "deadline.words", card.deadline.words or ""
        yield "deadline.from", card.deadline.since or ""


def check_card(card: Card, base: Base, served: Served) -> Iterator[Finding]:
    yield from _words(card)
    yield from _figures(card, base)
    yield from _names(card, base, served)
    for number, ref in enumerate(card.refs, 1):
        yield from check_reference(ref, base, card.path, f"refs[{number}]")
    for fixed in card.fixed:
        yield from check_reference(fixed.ref, base, card.path, f"fixed“{fixed.text}”")


def _words(card: Card) -> Iterator[Finding]:
    shown = _OTHER.sub("0000", _OFFICE.sub(r"\1", card.short))
    if len(shown) > SHORT_MOST:
        yield Finding(card.path, "short-length", f"short 有 {len(shown)} 个字", f"最多 {SHORT_MOST} 个，放得进一条短信")
    first = re.split(r"(?<=[。！？!?])|\n", card.answer.strip(), maxsplit=1)[0]
    if first.endswith(("？", "?")):
        yield Finding(card.path, "first-sentence", "answer 第一句是问句", "第一句就要是答案")
    elif _LEGALESE.match(first):
        yield Finding(card.path, "first-sentence", "answer 第一句从法条说起", "第一句就要是答案，法条放在 law")
    elif len(first) > FIRST_SENTENCE_MOST:
        problem = f"answer 第一句有 {len(first)} 个字"
        yield Finding(card.path, "first-sentence", problem, f"最多 {FIRST_SENTENCE_MOST} 个", warning=True)
    if not card.refs and not card.unverified:
        yield Finding(card.path, "no-reference", "refs 是空的", "写依据，或在 unverified 里说明没有核到")
    for entry in card.unverified:
        if not any(entry.text in text for _, text in texts_of(card)):
            problem = f"unverified 的“{entry.text}”不在卡片的话里"
            yield Finding(card.path, "unverified-text", problem, "要和原话一字不差", warning=True)
    for fixed in card.fixed:
        if not any(fixed.text in text for _, text in texts_of(card)):
            problem = f"fixed 的“{fixed.text}”不在卡片的话里"
            yield Finding(card.path, "fixed-unused", problem, "要和原话一字不差，用不着就删掉", warning=True)


def _figures(card: Card, base: Base) -> Iterator[Finding]:
    fixed = [one.text for one in card.fixed]
    allowed = "用 {{ param() }} 或 {{ region() }}，没变过的写进 fixed，没核到的写进 unverified"
    for name, text in texts_of(card):
        if not text or name == "deadline.from":
            continue
        for figure in unfounded(text, [*fixed, *(one.text for one in card.unverified)]):
            yield Finding(card.path, "figure", f"{name} 里的“{figure}”没有出处", allowed)
        for number in phones(text, base.lists.hotlines):
            yield Finding(card.path, "phone", f"{name} 里直接写了电话 {number}", f'写成 {{{{ office("{number}") }}}}')
        yield from _calls(card, base, name, text)


def _calls(card: Card, base: Base, name: str, text: str) -> Iterator[Finding]:
    try:
        calls = calls_in(text)
    except BadTemplate as error:
        yield Finding(card.path, "template", f"{name} {error}", "只能用 param、region、has_region、office")
        return
    for call in calls:
        if call.name == "param" and call.argument not in base.params:
            yield Finding(card.path, "param", f"{name} 用了没有的数 {call.argument}", _some(base.params))
        elif call.name == "office" and call.argument not in base.lists.hotlines:
            yield Finding(card.path, "office", f"{name} 用了没登记的电话 {call.argument}", _some(base.lists.hotlines))
        elif call.name in ("region", "has_region") and call.argument.split(".")[0] not in base.lists.facts:
            yield Finding(
                card.path, "region-fact", f"{name} 用了没登记的地方数据 {call.argument}", _some(base.lists.facts)
            )


def _names(card: Card, base: Base, served: Served) -> Iterator[Finding]:
    lists = base.lists
    ids = {id for id, _ in base.versions}
    checks: list[tuple[str, str, Iterable[str], Collection[str]]] = [
        ("topic", "topic", (card.topic,), lists.topics),
        ("status", "status", (card.status,), lists.statuses),
        ("calculator", "calculator", card.calculators, lists.calculators),
        ("office-kind", "refer", card.refer, lists.office_kinds),
        ("related", "related", card.related, ids),
        ("ticket", "ticket", (card.ticket,) if card.ticket else (), lists.tickets),
        ("deadline-rule", "deadline.rule", (card.deadline.rule,) if card.deadline else (), lists.deadline_rules),
        ("handoff-condition", "handoff.when", card.handoff.when if card.handoff else (), lists.handoff_conditions),
        ("priority", "handoff.priority", (card.handoff.priority,) if card.handoff else (), lists.priorities),
    ]
    if base.regions.regions:
        checks.append(("region", "region", (card.region,), base.regions.regions))
    if served.ids:
        checks.append(("serves", "serves", card.serves, served.ids))
    for rule, name, values, allowed in checks:
        for value in values:
            if value not in allowed:
                yield Finding(card.path, rule, f"{name} 写的是 {value}，没有这个", _some(allowed, value))
    if card.id in card.related:
        yield Finding(card.path, "related", "related 里有它自己", "写别的卡片")


def check_reference(ref: Reference, base: Base, path: str, where: str) -> Iterator[Finding]:
    """The law is in the register and has the article."""
    if ref.law is None:
        return
    law = base.laws.get(ref.law)
    if law is None:
        yield Finding(path, "law", f"{where} 的法规 {ref.law} 没有登记", _some(base.laws, ref.law))
        return
    if ref.article is None:
        if law.articles is not None:
            yield Finding(path, "article", f"{where} 没写条号", f"《{law.short}》共{law.articles}条")
        return
    number = re.fullmatch(r"([1-9][0-9]*)(?:之[一二三四五六七八九十]+)?", ref.article)
    if law.articles is not None and number is None:
        yield Finding(path, "article", f"{where} 的条号写成了 {ref.article}", '写成 "82" 或 "276之一"')
    elif law.articles is not None and number is not None and int(number[1]) > law.articles:
        yield Finding(path, "article", f"{where}：《{law.short}》没有第{ref.article}条", f"共{law.articles}条")
    if law.checked == "leaf_table" and ref.checked is None and where.startswith("refs"):
        problem = f"{where}：《{law.short}》没有收录原文"
        yield Finding(path, "checked", problem, "加上 checked: leaf_table", warning=True)


def _some(allowed: Iterable[str], asked: str = "") -> str:
    """What is allowed, the likeliest first, not the whole register."""
    every = list(allowed)
    shown = get_close_matches(asked, every, n=6, cutoff=0.5) or every[:8]
    return f"只能是 {'、'.join(shown)}" + (f" 等 {len(every)} 个" if len(every) > len(shown) else "")
