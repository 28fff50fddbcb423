"""What speaks for a card as a whole: its best lines, and its middle in a space where cards lie apart.

Lines of one card differ in ways that say nothing about the card (dialect, length, who asks). The covariance within
cards shows those ways; dividing by it (with much shrinkage) leaves the differences between cards. It is a closed form,
made again with every index, so that every process has the same one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BEST_LINES = 2
SHRINKAGE = 0.9  # of the covariance within cards towards a ball; by cross-validation
BODY = 0.3  # how much the answer's own sentences count beside the lines
MOST_LINES = 8_000  # that the covariance is made of
CENTRE, LINES = 0.40, 0.60  # likeness to the card's middle, and to its best lines

Floats = NDArray[np.float32]


class BestLines:
    """The mean of each entry's best lines; entries of one line (passages) stand last and need no sorting."""

    def __init__(self, counts: Sequence[int]) -> None:
        self._many = sum(1 for count in counts if count != 1)
        self._lines = sum(counts[: self._many])
        widest = max(counts[: self._many], default=0)
        self._grid = np.full((self._many, widest), self._lines, dtype=np.int64)
        at = 0
        for place, count in enumerate(counts[: self._many]):
            self._grid[place, :count] = np.arange(at, at + count)
            at += count
        self._used = np.minimum(np.array(counts[: self._many]), BEST_LINES)

    def mean(self, lines: Floats) -> Floats:
        """One number an entry."""
        if not self._many:
            return lines.astype(np.float32)
        padded = np.append(lines[: self._lines], np.float32(-1e9))[self._grid]
        best = min(BEST_LINES, padded.shape[1])
        top = -np.sort(np.partition(-padded, best - 1, axis=1)[:, :best], axis=1)
        inside = np.arange(best) < self._used[:, None]
        means = np.where(inside, top, 0.0).sum(axis=1) / self._used
        return np.concatenate([means, lines[self._lines :]]).astype(np.float32)


class CardCentres:
    """The middle of every entry of several lines, and of its answer, with the spread within entries taken out."""

    def __init__(self, lines: Floats, counts: Sequence[int], bodies: Floats) -> None:
        ends = np.cumsum(counts)
        starts = ends - np.asarray(counts)
        lines = lines[: ends[-1]]
        self._out = _spread_out(lines, starts, counts)
        moved = unit(lines @ self._out)
        middles = np.add.reduceat(moved, starts, axis=0) / np.asarray(counts, dtype=np.float32)[:, None]
        self._middles = unit(middles + np.float32(BODY) * unit(bodies @ self._out))

    def likeness(self, asked: Floats, best_lines: Floats) -> Floats:
        """One number an entry: that of its middle and its best lines; of entries of one line that line's alone."""
        near = self._middles @ unit((asked @ self._out).reshape(1, -1))[0]
        mixed = np.float32(CENTRE) * near + np.float32(LINES) * best_lines[: len(near)]
        return np.concatenate([mixed, best_lines[len(near) :]]).astype(np.float32)


def unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = (rows / np.maximum(lengths, 1e-6)).astype(np.float32)
    return found


def _spread_out(lines: Floats, starts: NDArray[np.int64], counts: Sequence[int]) -> Floats:
    """The map that makes the spread within entries a ball: the inverse of the covariance's triangular root.

    Of very many entries every second, third ... tells it as well, and an edited card is served within a second.
    """
    sizes = np.asarray(counts)
    step = -(-len(lines) // MOST_LINES)
    if step > 1:
        lines = np.concatenate([lines[starts[at] : starts[at] + sizes[at]] for at in range(0, len(sizes), step)])
        sizes = sizes[::step]
        starts = np.cumsum(sizes) - sizes
    sums = np.add.reduceat(lines, starts, axis=0)
    between = (sums / sizes[:, None].astype(np.float32)).T @ sums
    within = (lines.T @ lines - between).astype(np.float64) / len(lines)
    ball = max(float(np.trace(within)) / len(within), 1e-9) * np.eye(len(within))
    root = np.linalg.cholesky((1 - SHRINKAGE) * within + SHRINKAGE * ball)
    found: Floats = np.linalg.inv(root).T.astype(np.float32)
    return found
