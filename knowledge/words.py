"""Cuts Chinese text into words for search: proper words, everyday sayings turned into the word that the cards use."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import rjieba
import yaml

from knowledge.encoder import normalise

DATA = Path(__file__).resolve().parent / "data" / "words"
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")


class Cutter:
    """A dictionary of its own, so that the terms of labour law do not change how others cut."""

    def __init__(self, folder: Path = DATA) -> None:
        self._cut = rjieba.Jieba()
        for term in (folder / "labour.txt").read_text(encoding="utf-8").split():
            self._cut.add_word(term, None, None)
        # Words that stand in nearly every question and tell nothing about it.
        self._empty = set((folder / "empty.txt").read_text(encoding="utf-8").split())
        said = yaml.safe_load((folder / "synonyms.yml").read_text(encoding="utf-8"))
        self._means = {saying: word for word, sayings in said.items() for saying in sayings}
        for saying in self._means:
            if len(saying) > 1:
                self._cut.add_word(saying, None, None)

    def words(self, text: str) -> list[str]:
        """The words that carry meaning, with the written word beside each saying."""
        found: list[str] = []
        for word in self._cut.cut_for_search(normalise(text)):
            if word in self._empty or not _WORD.match(word):
                continue
            found.append(word)
            if word in self._means:
                found.append(self._means[word])
        return found

    def pairs(self, text: str) -> list[str]:
        """Neighbouring characters, marked: one wrong character spoils a word but only two of its pairs."""
        return [f"~{run[at : at + 2]}" for run in _HAN.findall(normalise(text)) for at in range(len(run) - 1)]


@lru_cache(maxsize=1)
def default_cutter() -> Cutter:
    """The project's own dictionary, loaded once a process."""
    return Cutter()
