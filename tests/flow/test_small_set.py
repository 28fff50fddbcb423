"""The product's understanding on our own committed questions must not fall below what it has reached."""

from pathlib import Path

import pytest

from commands.eval import ask_all
from commands.evaluate.measures import shares
from commands.evaluate.questions import read
from tests.support.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.slow]

QUESTIONS = Path(__file__).parent.parent / "questions"
LEAST = {
    "small.yml": {"topic, any that serves": 0.93, "not our business, recognised": 0.90, "card, first": 0.89},
    "plain.yml": {"topic, any that serves": 0.90, "card, first": 0.80},
}
MOST = {"labour questions rejected": 0.025}


@pytest.mark.parametrize("name", LEAST)
def test_committed_questions_hold_their_level(stack: Stack, name: str) -> None:
    with stack.client() as http:
        answered = ask_all(read(QUESTIONS / name), lambda body: http.post("/api/ask", json=body).json())
    found = {one.name: one.value for one in shares(answered)}

    assert {what: found[what] for what, least in LEAST[name].items() if found[what] < least} == {}
    assert {what: found[what] for what, most in MOST.items() if found[what] > most} == {}
