"""BM25 over numpy arrays: an inverted index whose postings carry their weight, so that a query only adds.

Measured against bm25s on the same 20,000 lines: the same speed for a query, but lines keep their token numbers, so a
changed card costs a rebuild of the postings and no new cutting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PART = 5_000
K1, B = 1.2, 0.6  # short lines: length matters less than in articles


class Vocabulary:
    """Word -> number. Grows only; shared by the indexes that follow one another."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def learn(self, words: Iterable[str]) -> NDArray[np.int32]:
        numbers = self._numbers
        return np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32)

    def look_up(self, words: Iterable[str]) -> list[int]:
        """The numbers of the words that are known, each once."""
        return list(dict.fromkeys(self._numbers[word] for word in words if word in self._numbers))


@dataclass(frozen=True)
class Postings:
    """For each token the lines that hold it and what it adds to their score."""

    starts: NDArray[np.int64]
    lines: NDArray[np.int32]
    weights: NDArray[np.float32]
    idf: NDArray[np.float32]
    count: int

    def scores(self, tokens: Sequence[int], factors: Sequence[float] | None = None) -> NDArray[np.float32]:
        """Every line's score."""
        total = np.zeros(self.count, dtype=np.float32)
        for place, token in enumerate(tokens):
            if token + 1 < len(self.starts):
                part = slice(self.starts[token], self.starts[token + 1])
                factor = factors[place] if factors else 1.0
                total[self.lines[part]] += self.weights[part] * np.float32(factor)  # a line stands once in a posting
        return total

    def ceiling(self, tokens: Sequence[int], factors: Sequence[float] | None = None) -> float:
        """What a line of middle length that holds every token once would get: the 1.0 of the word score."""
        known = [(place, token) for place, token in enumerate(tokens) if token < len(self.idf)]
        return float(sum(self.idf[token] * (factors[place] if factors else 1.0) for place, token in known))


@dataclass(frozen=True)
class _Part:
    """(line, token, count) of some lines, ordered by token."""

    tokens: NDArray[np.int32]
    lines: NDArray[np.int32]
    counts: NDArray[np.uint16]


def build(rows: Sequence[NDArray[np.int32]], size: int, k1: float = K1, b: float = B) -> Postings:
    """Postings of all lines; `rows` are their token numbers and `size` the number of known tokens.

    Made in parts that are placed where they belong, so that 100,000 passages need no second copy of the whole;
    cutting a part twice costs less than keeping it.
    """
    lengths = np.array([len(row) for row in rows], dtype=np.float32)
    frequency = np.zeros(size, dtype=np.int64)
    for start in range(0, len(rows), PART):
        frequency += np.bincount(_part(rows, start).tokens, minlength=size)
    idf = np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    lines, weights = np.zeros(starts[-1], dtype=np.int32), np.zeros(starts[-1], dtype=np.float32)
    middle = max(float(lengths.mean()) if len(rows) else 1.0, 1.0)
    following = starts[:-1].copy()
    for start in range(0, len(rows), PART):
        part = _part(rows, start)
        shape = k1 * (1 - b + b * lengths[part.lines] / middle)
        held = np.bincount(part.tokens, minlength=size)
        rank = np.arange(len(part.tokens)) - (np.cumsum(held) - held)[part.tokens]
        places = following[part.tokens] + rank
        lines[places] = part.lines
        weights[places] = part.counts * (k1 + 1) / (part.counts + shape) * idf[part.tokens]
        following += held
    return Postings(starts, lines, weights, idf, len(rows))


def _part(rows: Sequence[NDArray[np.int32]], start: int) -> _Part:
    some = rows[start : start + PART]
    line = np.repeat(np.arange(len(some), dtype=np.int64), [len(row) for row in some])
    keys, counts = np.unique(np.concatenate(some).astype(np.int64) * PART + line, return_counts=True)
    tokens, lines = np.divmod(keys, PART)
    return _Part(tokens.astype(np.int32), (lines + start).astype(np.int32), counts.astype(np.uint16))
