"""Words that need no model win over whatever the sentence is near to."""

from datetime import date

import pytest

from actions.fixed_words import menu, register, verb_for
from actions.follow import more
from actions.status import status
from actions.talk import Talk
from actions.turn import Turn, Verb


def turn(text: str, card: str = "") -> Turn:
    return Turn(
        text=text,
        intent="aid",
        confidence=0.9,
        ranking=(),
        entities=(),
        talk=Talk(card=card),
        message_id="1",
        conversation_id="c",
        channel="web",
        press="",
        today=date(2026, 11, 21),
    )


@pytest.mark.parametrize(
    ("text", "card", "verb"),
    [
        ("菜单", "", menu),
        ("我要登记", "", register),
        ("登记", "aid.emergency", register),
        ("我的工单怎么样了", "", status),
        ("查 20261121-0001-4 9263", "", status),
        ("更多", "wages.minimum_wage", more),
        ("更多", "", None),
        ("老板不发工资怎么办", "", None),
    ],
)
def test_fixed_words(text: str, card: str, verb: Verb | None) -> None:
    assert verb_for(turn(text, card)) is verb
    assert Talk.from_slot(turn(text, card).talk.as_slot()).card == card


@pytest.mark.parametrize("text", ["用工单位不给交社保", "我在施工单位干活", "请问用工单位应该怎样赔"])
def test_a_place_of_work_is_not_a_ticket(text: str) -> None:
    assert verb_for(turn(text)) is None
