"""A sentence cut into pieces as Gemma was trained to read it: of all neighbours the likeliest pair is joined first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from knowledge.gemma.shape import LONGEST

MARK = "▁"  # how a space is written
Scores = Sequence[float] | NDArray[np.float32]
Candidate = tuple[float, int, str]  # the cost of a piece, where it begins, and the piece


@dataclass
class _Row:
    """The pieces of a text as a chain; a piece that was joined to the one before it is empty."""

    pieces: list[str]
    before: list[int] = field(init=False)
    after: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.before = [place - 1 for place in range(len(self.pieces))]
        self.after = [place + 1 for place in range(len(self.pieces))]

    def pair(self, place: int) -> str:
        """What stands here together with what follows."""
        following = self.after[place] if place >= 0 else len(self.pieces)
        return self.pieces[place] + self.pieces[following] if following < len(self.pieces) else ""

    def join(self, place: int) -> None:
        gone = self.after[place]
        self.pieces[place] += self.pieces[gone]
        self.pieces[gone] = ""
        self.after[place] = self.after[gone]
        if self.after[gone] < len(self.pieces):
            self.before[self.after[gone]] = place


class Tokenizer:
    def __init__(
        self, pieces: Sequence[str], scores: Sequence[float] | NDArray[np.float32], first: int, last: int
    ) -> None:
        """`pieces` in the order of their numbers, "" for those that no text is cut into."""
        self._numbers = {piece: number for number, piece in enumerate(pieces) if piece}
        self._bytes = [self._numbers.pop(f"<0x{byte:02X}>") for byte in range(256)]
        self._scores = scores
        self.first, self.last = first, last

    def __call__(self, text: str) -> list[int]:
        """The numbers of the pieces between the marks of beginning and end; of a long text what comes first."""
        row = _Row(list(text.replace(" ", MARK)))
        waiting = [one for place in range(len(row.pieces)) if (one := self._candidate(row, place))]
        heapify(waiting)
        while waiting:
            _, place, piece = heappop(waiting)
            if row.pieces[place] and row.pair(place) == piece:  # else one of the two was joined to another meanwhile
                row.join(place)
                for changed in (row.before[place], place):
                    if one := self._candidate(row, changed):
                        heappush(waiting, one)
        found = [number for piece in row.pieces if piece for number in self._number(piece)]
        return [self.first, *found[: LONGEST - 2], self.last]

    def _candidate(self, row: _Row, place: int) -> Candidate | None:
        piece = row.pair(place) if place >= 0 else ""
        number = self._numbers.get(piece)
        return None if number is None else (-float(self._scores[number]), place, piece)

    def _number(self, piece: str) -> list[int]:
        """A letter that is no piece is spelled in bytes."""
        number = self._numbers.get(piece)
        return [self._bytes[byte] for byte in piece.encode(errors="replace")] if number is None else [number]
