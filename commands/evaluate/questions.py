"""Labelled questions from JSON lines or from our own yml lists, in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class BadQuestions(Exception):
    """A file cannot be read; the message names the file, the row and what it should look like."""


@dataclass(frozen=True)
class Question:
    """`accept` and `cards` hold all that would serve; `alarm` is set where only the crisis answer is judged."""

    id: str
    text: str
    topic: str = ""
    accept: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    alarm: bool | None = None

    @property
    def is_outside(self) -> bool:
        return self.accept == ("oos",)

    @property
    def is_labour(self) -> bool:
        return bool(self.accept) and "oos" not in self.accept


def read(path: Path) -> list[Question]:
    """Every question of a .jsonl, .yml or .yaml file."""
    try:
        text = path.read_text(encoding="utf-8")
        rows: Any
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadQuestions(f"{path}: cannot be read as labelled questions: {error}") from error
    if not isinstance(rows, list):
        raise BadQuestions(f"{path}: should be a list of rows with text and topic (or label)")
    return [_question(row, f"{path.stem}-{number:03}", path) for number, row in enumerate(rows, 1)]


def _question(row: Any, fallback_id: str, path: Path) -> Question:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadQuestions(f"{path}: {fallback_id}: a row has at least `text`")
    own_id = str(row.get("id") or fallback_id)
    if row.get("label") in ("crisis", "lookalike"):
        return Question(own_id, row["text"], alarm=row["label"] == "crisis")
    topic = row.get("topic")
    if not isinstance(topic, str):
        raise BadQuestions(f"{path}: {own_id}: `topic` is missing (or `label`: crisis or lookalike)")
    accept = _names(row.get("accept")) or (topic,)
    return Question(own_id, row["text"], topic, accept, _names(row.get("card")))


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, Iterable) else ()
