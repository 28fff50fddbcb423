"""The product's understanding on our own committed questions must not fall below what it has reached."""

from pathlib import Path

import pytest

from commands.eval import ask_all
from commands.evaluate.measures import shares
from commands.evaluate.questions import read
from tests.support.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.slow]

QUESTIONS = Path(__file__).parent.parent / "questions"
LEAST = {"topic, any that serves": 0.93, "not our business, recognised": 0.90, "card, first": 0.89}
MOST = {"labour questions rejected": 0.025}


def test_small_set_holds_its_level(stack: Stack) -> None:
    with stack.client() as http:
        answered = ask_all(read(QUESTIONS / "small.yml"), lambda body: http.post("/api/ask", json=body).json())
    found = {one.name: one.value for one in shares(answered)}

    assert {name: found[name] for name, least in LEAST.items() if found[name] < least} == {}
    assert {name: found[name] for name, most in MOST.items() if found[name] > most} == {}
