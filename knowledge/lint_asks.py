"""Rules about `ask` lines: enough of them, of all lengths, no two alike in a card, none twice in the base."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.findings import Finding
from knowledge.schema import Card
from knowledge.spelling import plain

FEWEST, MOST = 12, 25
LONG, LONG_LINES = 25, 4
SHORT, SHORT_LINES = 8, 3
ALIKE = 0.6
_NOISE = re.compile(r"[\s，。,.？?！!；;：:、“”\"'‘’（）()…~～-]+")


def normalised(line: str) -> str:
    """Spelling without spaces, punctuation and case: what two lines must not share."""
    return _NOISE.sub("", line).casefold()


def trigrams(line: str) -> frozenset[str]:
    text = normalised(line)
    return frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Jaccard share of trigrams; the record docs/decisions/0011 says why not the share of the smaller."""
    smaller, larger = sorted((len(one), len(other)))
    if smaller <= ALIKE * larger:
        return False
    both = len(one & other)
    return both > ALIKE * (len(one) + len(other) - both)


def check_asks(card: Card) -> Iterator[Finding]:
    count = len(card.ask)
    if not FEWEST <= count <= MOST:
        yield Finding(card.path, "ask-count", f"ask 有 {count} 句", f"要 {FEWEST} 到 {MOST} 句")
    over = sum(len(line) > LONG for line in card.ask)
    if over < LONG_LINES:
        yield Finding(card.path, "ask-long", f"超过 {LONG} 字的 ask 只有 {over} 句", f"至少 {LONG_LINES} 句")
    under = sum(len(line) < SHORT for line in card.ask)
    if under < SHORT_LINES:
        yield Finding(card.path, "ask-short", f"少于 {SHORT} 字的 ask 只有 {under} 句", f"至少 {SHORT_LINES} 句")
    grams = [trigrams(line) for line in card.ask]
    for at, one in enumerate(grams):
        for before in range(at):
            if alike(one, grams[before]):
                problem = f"ask 里“{card.ask[at]}”和“{card.ask[before]}”太像"
                yield Finding(card.path, "ask-alike", problem, "换一种说法，不要只换个词")
    yield from _check_cues(card)


def _check_cues(card: Card) -> Iterator[Finding]:
    """A line that names no cue would be found and then passed over (docs/decisions/0047)."""
    for line in (card.title, *card.ask) if card.cues else ():
        spelled = plain(line)
        if not any(cue in spelled for cue in card.cues):
            problem = f"“{line}”里没有 cues 的任何一个词"
            yield Finding(card.path, "ask-cue", problem, "在 cues 里补上它说这种特殊情况的词，或把这句挪到一般的卡片")


def check_twice(cards: Iterable[Card]) -> Iterator[Finding]:
    """No line in two cards: it would teach the model two answers to one question."""
    seen: dict[str, Card] = {}
    for card in cards:
        for line in {normalised(line): line for line in card.ask}.items():
            first = seen.setdefault(line[0], card)
            if first.id != card.id:
                yield Finding(card.path, "ask-twice", f"ask“{line[1]}”在 {first.path} 里也有", "留在更贴切的一张里")
