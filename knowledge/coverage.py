"""Writes docs/coverage.md: which questions and which services of the source documents the base answers.

`python -m knowledge.coverage` writes it, `--check` fails when the file is not what the data say. Which card answers
which row stands in data/coverage/ and in the cards' `serves`; a card that is not published does not count.
Two questions share a card only with a reason in merges.yml, and few may.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.base import Base
from knowledge.fields import Fields
from knowledge.loader import DATA, load
from knowledge.render import article_words, citations
from knowledge.strict import read_yaml

MOST_MERGES = 15  # so that the table of questions stays a table of answers
PAGE = DATA.parent.parent / "docs" / "coverage.md"


@dataclass(frozen=True)
class SourceRow:
    """A system or service that a source document names: the cards that serve it, or the part that does (`at`)."""

    id: str
    title: str
    duty: str
    cards: tuple[str, ...] = ()
    at: str | None = None
    reason: str | None = None


def source_rows(root: Path = DATA) -> list[SourceRow]:
    path = root / "coverage" / "source_rows.yml"
    found = []
    for id, data in read_yaml(path).items():
        given = Fields(data, path.name, id)
        by = given.raw("served_by", required=True)
        found.append(
            SourceRow(
                id=id,
                title=given.text("name"),
                duty=given.text("duty"),
                cards=given.texts("served_by") if isinstance(by, list) else (),
                at=None if isinstance(by, list) else str(by),
                reason=given.find_text("reason"),
            )
        )
        given.done()
    return found


def leaf_cards(root: Path = DATA) -> dict[str, str]:
    """Each row of the table of questions with the card that answers it."""
    return dict(read_yaml(root / "coverage" / "leaf_ids.yml"))


def merges(root: Path = DATA) -> dict[str, str]:
    """The rows whose card is another row's too, each with the reason."""
    return dict(read_yaml(root / "coverage" / "merges.yml"))


def missing_leaves(base: Base, leaves: Mapping[str, str]) -> list[str]:
    return [leaf for leaf, card in leaves.items() if base.find_card(card) is None]


def serving(base: Base, rows: Sequence[SourceRow]) -> dict[str, list[str]]:
    """The published cards of each row: those that the row names and those whose `serves` names the row."""
    found = {row.id: [card for card in row.cards if base.find_card(card)] for row in rows}
    for card in base.cards():
        for id in card.serves:
            if id in found and card.id not in found[id]:
                found[id].append(card.id)
    return {id: sorted(cards) for id, cards in found.items()}


def missing_rows(base: Base, rows: Sequence[SourceRow]) -> list[SourceRow]:
    """Rows that neither a card nor another part does."""
    cards = serving(base, rows)
    return [row for row in rows if not cards[row.id] and row.at is None]


def page(base: Base, leaves: Mapping[str, str], merged: Mapping[str, str], rows: Sequence[SourceRow]) -> str:
    parts = (_head(base, leaves, merged, rows), _cards(base), _leaves(base, leaves, merged), _rows(base, rows))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(base: Base, leaves: Mapping[str, str], merged: Mapping[str, str], rows: Sequence[SourceRow]) -> Iterator[str]:
    cards = base.cards()
    yield "# 政策库覆盖情况"
    yield ""
    yield "由 `python -m knowledge.coverage` 生成，不要手改。"
    yield ""
    yield f"- 已发布卡片 {len(cards)} 张，第二人核过 {sum(card.verified.second is not None for card in cards)} 张，"
    yield f"  还有没核实内容的 {sum(bool(card.unverified) for card in cards)} 张"
    yield f"- 问题表 {len(leaves)} 行，没有卡片的 {len(missing_leaves(base, leaves))} 行"
    yield f"- 和另一行合用一张卡片的 {len(merged)} 行（最多 {MOST_MERGES} 行），原因写在问题表里"
    yield f"- 来源文件 {len(rows)} 项，还没有着落的 {len(missing_rows(base, rows))} 项"
    yield ""


def _cards(base: Base) -> Iterator[str]:
    for topic, title in base.lists.topics.items():
        cards = sorted((card for card in base.cards() if card.topic == topic), key=lambda card: card.id)
        if not cards:
            continue
        yield f"## {title} {topic}（{len(cards)}）"
        yield ""
        yield "| 卡片 | 标题 | 依据 | 核实 | 计算器 | 要问地区 |"
        yield "|---|---|---|---|---|---|"
        for card in cards:
            articles = "；".join(dict.fromkeys(f"{one.law}{article_words(one)}" for one in citations(base, card)))
            checked = card.verified.on.isoformat() + ("，有没核实的" if card.unverified else "")
            tools = "、".join(card.calculators) or "–"
            place = "是" if card.needs_region else "–"
            yield f"| {card.id} | {card.title} | {articles} | {checked} | {tools} | {place} |"
        yield ""


def _leaves(base: Base, leaves: Mapping[str, str], merged: Mapping[str, str]) -> Iterator[str]:
    yield "## 问题表"
    yield ""
    yield "| 行 | 卡片 | 和别的行合用的原因 |"
    yield "|---|---|---|"
    for leaf, card in leaves.items():
        yield f"| {leaf} | {card if base.find_card(card) else '没有'} | {merged.get(leaf, '–')} |"
    yield ""


def _rows(base: Base, rows: Sequence[SourceRow]) -> Iterator[str]:
    cards = serving(base, rows)
    yield "## 来源文件里的制度和服务"
    yield ""
    yield "| 编号 | 名称 | 要做的事 | 在哪里 |"
    yield "|---|---|---|---|"
    for row in rows:
        where = "、".join([*cards[row.id], *([row.at] if row.at else [])]) or "没有"
        why = f"（{row.reason}）" if row.reason else ""
        yield f"| {row.id} | {row.title} | {row.duty} | {where}{why} |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m knowledge.coverage", description="生成 docs/coverage.md")
    parser.add_argument("--check", action="store_true", help="只比对，不写；不一致就返回 1")
    chosen = parser.parse_args(arguments)
    text = page(load(), leaf_cards(), merges(), source_rows())
    if not chosen.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/coverage.md 过时了，请运行 python -m knowledge.coverage", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
