"""Words that need no model win over whatever the sentence is near to."""

from datetime import date

import pytest

from actions import privacy, script
from actions.chat import chat
from actions.fixed_words import menu, register, verb_for
from actions.follow import more, next_best
from actions.forms import own_ticket, remind
from actions.human import human
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
        ("你好", "", chat),
        ("在吗？", "wages.minimum_wage", chat),
        ("嗯", "", menu),
        ("？", "", menu),
        ("清空对话", "", privacy.clear),
        ("快速离开", "", privacy.leave),
        ("撤回同意", "", privacy.privacy),
        ("用繁體", "", script.use_traditional),
        ("用简体字回答", "", script.use_simplified),
        ("提醒我", "", remind.begin),
        ("不用提醒了", "", remind.stop),
        ("转12351", "", human),
        ("撤回工单", "", own_ticket.withdraw),
        ("撤回 20261121-0001-4 9263", "", own_ticket.withdraw),
        ("补充 20261121-0001-4 9263 找到考勤表了", "", own_ticket.add),
        ("给工单打分", "", own_ticket.rate),
        ("不是这个意思", "wages.minimum_wage", next_best),
        ("不是这个意思", "", None),
        ("补充医疗保险是什么", "", None),
        ("公司取消我的社保登记", "", None),
        ("老板提醒我加班", "", None),
        ("老板不发工资怎么办", "", None),
    ],
)
def test_fixed_words(text: str, card: str, verb: Verb | None) -> None:
    assert verb_for(turn(text, card)) is verb
    assert Talk.from_slot(turn(text, card).talk.as_slot()).card == card


@pytest.mark.parametrize("text", ["用工单位不给交社保", "我在施工单位干活", "请问用工单位应该怎样赔"])
def test_a_place_of_work_is_not_a_ticket(text: str) -> None:
    assert verb_for(turn(text)) is None
