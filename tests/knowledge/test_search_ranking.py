"""The ranking on the real cards: two lines of each card are left out and must find their way back."""

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hotline.policy.entries import entries_of, law_names
from kit.settings import settings
from knowledge.encoder import E5, CachedEncoder, Encoder
from knowledge.loader import shipped
from knowledge.search import Entry, Index

ON = date(2026, 11, 21)


def split() -> tuple[list[Entry], list[tuple[str, str]]]:
    """Entries without the lines that are left out, and those lines with their card."""
    chance = random.Random(3)
    kept, asked = [], []
    for entry in entries_of(shipped()):
        if entry.region != "CN":
            continue
        out = chance.sample(entry.lines[2:], 2)
        asked += [(line, entry.id) for line in out]
        kept.append(replace(entry, lines=tuple(line for line in entry.lines if line not in out)))
    return kept, asked


def shares(encoder: Encoder | None) -> tuple[float, float]:
    """How often the right card is first, and among the first three."""
    kept, asked = split()
    index = Index.of(kept, encoder=encoder, laws=law_names(shipped()))
    vectors = [None] * len(asked) if encoder is None else list(encoder.encode_query([line for line, _ in asked]))
    places = []
    for (line, card), vector in zip(asked, vectors, strict=True):
        found = [hit.card for hit in index.search(line, vector, on=ON, k=3)]
        places.append(found.index(card) if card in found else 3)
    return float(np.mean([place == 0 for place in places])), float(np.mean([place < 3 for place in places]))


def test_words_alone_find_most_left_out_lines() -> None:
    first, three = shares(None)
    assert first >= 0.5 and three >= 0.68


@pytest.mark.slow
def test_meaning_and_words_find_nearly_all_left_out_lines() -> None:
    first, three = shares(CachedEncoder(E5(), settings().models / "vectors"))
    assert first >= 0.6 and three >= 0.8


def test_a_sentence_of_a_card_finds_that_card() -> None:
    entries = entries_of(shipped())
    index = Index.of(entries, laws=law_names(shipped()))
    chance = random.Random(4)
    for entry in chance.sample([e for e in entries if e.region == "CN"], 100):
        line = chance.choice(entry.lines[2:])
        assert line in index.search(line, on=ON, k=1)[0].entry.lines
