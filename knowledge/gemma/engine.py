"""Reads one sentence at a time from the folder that `built` makes. Several threads may ask at once."""

from __future__ import annotations

import json
import os
import weakref
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import normalise
from knowledge.gemma.built import NETWORK, PIECES, SCALES, SCORES, WORDS
from knowledge.gemma.tokens import Tokenizer
from knowledge.onnx_session import session

LONGEST_TEXT = 4000  # characters; more than the tokens below ever hold


class NoReader(Exception):
    """The reader's folder is missing."""


class Reader:
    """The chance of every target, a card's id or a topic's name, for a sentence as `knowledge.telling` shortens it."""

    def __init__(self, folder: Path) -> None:
        if not folder.exists():
            raise NoReader(f"there is no reader at {folder}: ./gongyou train builds it")
        about = json.loads((folder / PIECES).read_text(encoding="utf-8"))
        self.targets = tuple(about["targets"])
        self._cut = Tokenizer(about["pieces"], np.load(folder / SCORES), about["first"], about["last"])
        self._scales = np.load(folder / SCALES)
        self._words = os.open(folder / WORDS, os.O_RDONLY)
        weakref.finalize(self, os.close, self._words)
        self._width = about["width"]
        self._session = session(folder / NETWORK)

    def read(self, text: str) -> NDArray[np.float32]:
        """One number a target, in the order of `targets`; together they make one."""
        tokens = np.array(self._cut(normalise(text[:LONGEST_TEXT]) or " "))
        words = np.stack([self._word(number) for number in tokens]) * self._scales[tokens, None]
        (found,) = self._session.run(None, {"words": words[None], "places": np.arange(len(tokens))})
        chances: NDArray[np.float32] = np.exp(found[0, 0])
        return chances

    def _word(self, number: int) -> NDArray[np.int8]:
        """A row of a file of 170 MB, of which few rows are ever read: mapped, all that was read would count as ours."""
        return np.frombuffer(os.pread(self._words, self._width, int(number) * self._width), dtype=np.int8)
