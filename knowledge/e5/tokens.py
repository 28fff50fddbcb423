"""A sentence cut into SentencePiece's unigram pieces, best path first, as multilingual-e5 was trained to read it."""

from __future__ import annotations

import struct
from mmap import mmap

import numpy as np

SPACE, MARK = 0x20, 0x2581  # SentencePiece writes a space as a mark
PIECES = 44  # where the tokenizer begins in the weight file
UNKNOWN_COSTS = 10.0


class Tokenizer:
    def __init__(self, whole: mmap | bytes | bytearray) -> None:
        count, self.first, self.last, _, self.unknown = struct.unpack_from("<5i", whole, PIECES)
        (letters,) = struct.unpack_from("<Q", whole, PIECES + 20)
        at = PIECES + 28
        ends = np.frombuffer(whole, "<u4", count + 1, at)
        at += 4 * (count + 1)
        scores = np.frombuffer(whole, "<f4", count, at)
        at += 4 * count
        text = bytes(whole[at : at + letters])
        self._scores = scores.tolist()
        self._pieces = {text[ends[i] : ends[i + 1]]: i for i in reversed(range(count)) if ends[i] < ends[i + 1]}
        self._longest = int((ends[1:] - ends[:-1]).max())
        self._spelling = _spelling(whole, at + letters)
        self._unknown_score = float(scores.min()) - UNKNOWN_COSTS

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
                if number != self.unknown and score + self._scores[number] > best[end][0]:
                    best[end] = (score + self._scores[number], number, start)
            if score + self._unknown_score > best[start + 1][0]:
                best[start + 1] = (score + self._unknown_score, self.unknown, start)
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
        return [chr(MARK if point == SPACE else point).encode(errors="replace") for point in single]


def _spelling(whole: mmap | bytes | bytearray, at: int) -> dict[int, tuple[int, ...]]:
    (count,) = struct.unpack_from("<i", whole, at)
    at += 8
    found = {}
    for _ in range(count):
        point, many = struct.unpack_from("<IB", whole, at)
        found[point] = struct.unpack_from(f"<{many}I", whole, at + 5)
        at += 5 + 4 * many
    return found
