"""Plays one row: the example through the chat, then the form of its category, answered as a worker would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot import replies
from hotline.tickets.categories import catalogue
from kit import clock
from tests.support.stack import Worker

FOLDER = Path(__file__).parent
NUMBER = re.compile(r"\d{8}-\d{4,6}-\d")
MOST_STEPS = 25
USUAL = {
    **{"safe": "我很安全", "place": "江苏苏州昆山", "people": "就我一个人", "consent": "同意", "confirm": "对"},
    **{"home_consent": "不用", "sensitive": "同意", "guardian": "同意", "representatives": "还没推"},
}
FIXED = ("safe", "place", "matter", "people", "consent", "home", "sensitive", "guardian", "representatives")
OWN_WORDS = {"home": "home_consent"}


@dataclass
class Played:
    """What came of a row: what the bot said first, which tickets there are, what went wrong on the way."""

    id: str
    row: dict[str, Any]
    first: str = ""
    buttons: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    wrong: str = ""
    worker: Worker | None = None


def rows(name: str) -> dict[str, dict[str, Any]]:
    """The rows of one duty by id."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def questions() -> dict[str, str]:
    """Which step each question of the bot belongs to."""
    found = {one.ask: name for name, one in catalogue().fields.items()}
    for step in FIXED:
        asked = getattr(replies, f"TICKET_{step.upper()}", None)
        if isinstance(asked, str):
            found[asked] = OWN_WORDS.get(step, step)
    return found


def play(http: httpx.Client, id: str, row: dict[str, Any]) -> Played:
    """Everything that the row asks for; an assertion of its own would hide the rest, so faults are written down."""
    played = Played(id, row)
    try:
        for _ in range(row.get("persons", 1)):
            played.worker = Worker(http)
            if "say" in row:
                _say_example(played, played.worker, row)
            if "form" in row:
                _fill_form(played, played.worker, row)
    except AssertionError as error:
        played.wrong = str(error)
    return played


def _say_example(played: Played, worker: Worker, row: dict[str, Any]) -> None:
    got = worker.ask(row["say"], within=120)
    played.first = "\n".join(message["text"] for message in got)
    played.buttons = tuple(button["payload"] for message in got for button in message.get("buttons", ()))
    played.heard.append(played.first)
    if row.get("number"):
        played.numbers += NUMBER.findall(played.first)


def _fill_form(played: Played, worker: Worker, row: dict[str, Any]) -> None:
    known, steps = questions(), 0
    got = worker.ask("登记求助", payload=f"ticket:{row['form']}", within=120)
    while steps < MOST_STEPS:
        steps += 1
        text = got[-1]["text"]
        played.heard.append(text)
        crisis = next((message for message in got if message["kind"] == "crisis"), None)
        numbers = [crisis["ticket"]] if crisis is not None else NUMBER.findall(text)
        if numbers:
            played.numbers += numbers
            return
        got = worker.ask(_answer(row, known, got[-1]), within=120)
    raise AssertionError(f"the form did not end: {played.heard[-3:]}")


def _answer(row: dict[str, Any], known: dict[str, str], message: dict[str, Any]) -> str:
    """What the worker says to a question: the row's own words, the usual ones, or nothing."""
    step = next((step for asked, step in known.items() if message["text"].endswith(asked)), None)
    if step is None and message["kind"] == "ticket":
        return USUAL["confirm"]
    assert step is not None, f"a question that nobody knows: {message['text']}"
    said = str(row.get("facts", {}).get(step, USUAL.get(step, "跳过")))
    if said.startswith("days_ago_"):
        return (clock.today() - timedelta(days=int(said.rpartition("_")[2]))).isoformat()
    return said
