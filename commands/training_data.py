"""Turns the cards' `ask` lines into training sentences of their card; one line in five is held out by its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from kit.settings import ROOT

CARDS = ROOT / "knowledge" / "data" / "cards"


def is_held_out(card_id: str, number: int) -> bool:
    """The fifth that no training and no index sees when the project is measured: fixed before a line is written."""
    return int(hashlib.sha256(f"{card_id}#{number}".encode()).hexdigest(), 16) % 5 == 0


def lines_by_card(folder: Path = CARDS) -> dict[str, list[str]]:
    """The lines that may be trained on, by card."""
    cards: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        card = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for number, line in enumerate(card.get("ask", ())):
            if not is_held_out(card["id"], number):
                cards.setdefault(card["id"], []).append(str(line))
    return cards


def from_cards(folder: Path = CARDS) -> str:
    """Rasa's training format, in a fixed order."""
    parts = ['version: "3.1"', "nlu:"]
    for card, lines in sorted(lines_by_card(folder).items()):
        parts += [f"- intent: {card.partition('.')[0]}", "  metadata:", f"    card: {card}"]
        parts += ["  examples: |", *(f"    - {_one_line(line)}" for line in lines)]
    return "\n".join(parts) + "\n" if len(parts) > 2 else 'version: "3.1"\n'


def _one_line(line: str) -> str:
    """Rasa reads brackets as entities; a worker's brackets are only brackets."""
    return " ".join(line.split()).translate(str.maketrans("[](){}", "【】（）｛｝"))
