"""Sentences of nlu_data whose card is written beside them: people said them, and search should hear them again.

They ship with the program, as training sentences do; nothing of them is imported into the database. So a card that an
operator edits keeps them, and they are not counted among its own `ask` lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from kit.settings import ROOT

SENTENCES = ROOT / "nlu_data" / "nlu"


@lru_cache(maxsize=1)
def heard(folder: Path = SENTENCES) -> Mapping[str, tuple[str, ...]]:
    """What was said, by card; Rasa itself makes nothing of an intent's metadata."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for group in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            if card := group.get("metadata", {}).get("card"):
                lines = (line.removeprefix("- ").strip() for line in group["examples"].splitlines())
                found.setdefault(card, []).extend(line for line in lines if line)
    return {card: tuple(lines) for card, lines in found.items()}
