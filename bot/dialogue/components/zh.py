"""The project's own spaCy pipeline: a blank `zh` with the jieba segmenter, our words, and rules for entities.

It is built from nlu_data/spacy when the model is trained and stored inside the model, so that a model and its rules
always belong together and no path of a machine is written anywhere (docs/decisions/0042).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jieba
import spacy
from spacy.language import Language

WORDS = "words.txt"
PIPELINE = "pipeline"


@dataclass(frozen=True)
class Found:
    """An entity by its place in the text; `ids` are the things that the word may mean."""

    label: str
    word: str
    start: int
    end: int
    ids: tuple[str, ...]


def build(source: Path) -> tuple[Language, list[str]]:
    """The pipeline from the rule files of a folder, and the words that its segmenter needs."""
    rules = [json.loads(line) for path in sorted(source.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    listed = (source / WORDS).read_text(encoding="utf-8").split()
    words = sorted({*listed, *(rule["pattern"].lower() for rule in rules if " " not in rule["pattern"])})
    teach(words)
    language = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    ruler = language.add_pipe("entity_ruler", config={"overwrite_ents": True})
    ruler.add_patterns([{**rule, "pattern": rule["pattern"].lower()} for rule in rules])
    return language, words


def teach(words: Sequence[str]) -> None:
    """jieba has one dictionary a process; ours only ever adds to it."""
    jieba.setLogLevel(60)
    jieba.initialize()
    for word in words:
        jieba.add_word(word)


def save(language: Language, words: Sequence[str], folder: Path) -> None:
    language.to_disk(folder / PIPELINE)
    (folder / WORDS).write_text("\n".join(words), encoding="utf-8")


def load(folder: Path) -> Language:
    teach((folder / WORDS).read_text(encoding="utf-8").split("\n"))
    return spacy.load(folder / PIPELINE)


def entities(language: Language, text: str) -> list[Found]:
    """What the rules find in a plain text, from left to right, the longer word where two overlap."""
    return [
        Found(one.label_, one.text, one.start_char, one.end_char, tuple(filter(None, one.ent_id_.split("|"))))
        for one in language(text).ents
    ]
