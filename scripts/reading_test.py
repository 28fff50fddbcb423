"""Writes docs/reading-test.md: forty cards drawn by a fixed seed, and how long their answer takes when read aloud.

`python -m scripts.reading_test` writes it, `--check` fails when the file is not what the cards say. What is read
aloud is what a worker hears first: the answer and the next steps, in 苏州 on the shipped day, 4.5 characters a second.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.base import Base
from knowledge.doors import whom_to_call
from knowledge.loader import shipped
from knowledge.render import said_first
from knowledge.schema import Card

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reading-test.md"
SEED, DRAWN = 20261121, 40
PER_SECOND, MINUTE = 4.5, 60.0
REGION, ON = "CN-32-05", date(2026, 11, 21)


@dataclass(frozen=True)
class Reading:
    """What the list says about one card."""

    card: str
    title: str
    seconds: float
    next_step: str
    deadline: str
    call: str


def drawn(base: Base) -> list[Card]:
    """The same forty, whatever other cards come and go: the lots are drawn by a hash of the id."""
    return sorted(base.cards(on=ON), key=_lot)[:DRAWN]


def _lot(card: Card) -> str:
    return hashlib.sha256(f"{SEED}:{card.id}".encode()).hexdigest()


def seconds(base: Base, card: Card) -> float:
    said = said_first(base, card, region=REGION, on=ON)
    return len("".join(part for text in (said.answer, *said.steps) for part in text.split())) / PER_SECOND


def reading(base: Base, card: Card) -> Reading:
    said = said_first(base, card, region=REGION, on=ON)
    call = whom_to_call(base, card.refer[:1], REGION, brief=True)
    return Reading(
        card.id,
        card.title,
        seconds(base, card),
        said.steps[0],
        said.deadline.removeprefix("期限：") or "没有期限",
        "；".join(call),
    )


def page(base: Base) -> str:
    rows = sorted((reading(base, card) for card in drawn(base)), key=lambda row: row.card)
    every = [seconds(base, card) for card in base.cards(on=ON)]
    return "\n".join([*_head(rows, every), *map(_line, rows)]) + "\n"


def _head(rows: Sequence[Reading], every: Sequence[float]) -> list[str]:
    longest = max(rows, key=lambda row: row.seconds)
    over = sum(one > MINUTE for one in every)
    return [
        "# 念出来要多久",
        "",
        "由 `python -m scripts.reading_test` 生成，不要手改。",
        "念的是答案和下一步，按苏州、2026年11月21日，每秒 4.5 个字。",
        "",
        f"- 用种子 {SEED} 抽了 {len(rows)} 张，最长的 {longest.card} 要 {longest.seconds:.0f} 秒",
        f"- 全部 {len(every)} 张里，中间的一张 {sorted(every)[len(every) // 2]:.0f} 秒，超过一分钟的 {over} 张",
        "",
        "| 卡片 | 标题 | 秒 | 第一步 | 期限 | 找谁 |",
        "|---|---|---|---|---|---|",
    ]


def _line(row: Reading) -> str:
    cells = (row.card, row.title, f"{row.seconds:.0f}", row.next_step, row.deadline, row.call)
    return "| " + " | ".join(" ".join(cell.replace("|", "／").split()) for cell in cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.reading_test", description="生成 docs/reading-test.md")
    parser.add_argument("--check", action="store_true", help="只比对，不写；不一致就返回 1")
    text = page(shipped())
    if not parser.parse_args(arguments).check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main())
