"""Writes what the encoder learns from, as the app's environment reads it: cards' lines and the training sentences.

The fifth of the `ask` lines that is held out is not among them, nor is a line that is nearly one of it.

    .envs/app/bin/python -m scripts.adapt_encoder.sentences > sentences.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import yaml

from commands.training_data import is_held_out
from hotline.policy.entries import entries_of
from kit.settings import ROOT
from knowledge.encoder import normalise
from knowledge.lint_asks import alike, trigrams
from knowledge.loader import shipped
from knowledge.telling import as_asked
from knowledge.words import DATA

TITLE, SHORT = 1.0, 0.5  # how much a line counts for its card; an `ask` line counts one


def held_out() -> list[str]:
    cards = shipped().versions.values()
    return [line for card in cards for number, line in enumerate(card.ask) if is_held_out(card.id, number)]


def from_cards() -> Iterator[dict[str, object]]:
    held = held_out()
    grams = [trigrams(line) for line in held]
    out = set(held)
    for entry in entries_of(shipped()):
        for place, line in enumerate(entry.lines):
            own = trigrams(line)
            if line in out or any(own & gram and alike(own, gram) for gram in grams):
                continue
            worth = (TITLE, SHORT)[place] if place < 2 else 1.0
            yield {"text": _read(line), "card": entry.id, "topic": entry.topic, "worth": worth}


def from_training() -> Iterator[dict[str, object]]:
    for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "metadata" in block:
                continue  # sentences of a card: `from_cards` has them
            for line in block["examples"].splitlines():
                if text := line.removeprefix("- ").strip():
                    yield {"text": _read(text), "card": "", "topic": block["intent"], "worth": 1.0}


def _read(line: str) -> str:
    return normalise(as_asked(line)) or " "


def main() -> None:
    centre = [normalise(line) for line in (DATA / "centre.txt").read_text(encoding="utf-8").split()]
    json.dump({"centre": centre, "sentences": [*from_cards(), *from_training()]}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
