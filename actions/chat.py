"""Greetings, thanks, who are you: a short kind sentence and the menu."""

from __future__ import annotations

import re

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing

MENU = (
    Button("工资被拖欠", "ask:wages"),
    Button("被辞退了", "ask:termination"),
    Button("受工伤了", "ask:injury"),
    Button("没签合同", "ask:contract"),
    Button("社保问题", "ask:insurance"),
    Button("其他", "menu"),
)
_THANKS = re.compile(r"谢|辛苦|麻烦|多谢|感谢")
_WHO = re.compile(r"你是谁|真人|机器人|会做什么|什么人")


def chat(turn: Turn, _world: World) -> Outcome:
    if _THANKS.search(turn.text):
        text = replies.WELCOME
    elif _WHO.search(turn.text):
        text = replies.WHO_AM_I
    else:
        text = replies.GREETING
    return say(Outgoing(kind="info", text=text, topic="chitchat", buttons=MENU))
