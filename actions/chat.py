"""Greetings, thanks, goodbye, who are you: a short kind sentence; the greeting only once a day."""

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
    Button("其他", "menu_more"),
)
MORE = (
    Button("加班休假", "ask:hours"),
    Button("怀孕生育", "ask:women"),
    Button("仲裁打官司", "ask:dispute"),
    Button("派遣外包", "ask:dispatch"),
    Button("骑手司机", "ask:platform"),
    Button("困难帮扶", "ask:aid"),
    Button("工会", "ask:union"),
    Button("集体协商", "ask:collective"),
)
_THANKS = re.compile(r"谢|辛苦|麻烦|多谢|感谢|thx|3q")
_WHO = re.compile(r"你是谁|真人|机器人|会做什么|什么人|叫什么|能干啥|干什么的")
_BYE = re.compile(r"再见|拜拜|bye|下次|先这样|好的知道")


def chat(turn: Turn, _world: World) -> Outcome:
    if _THANKS.search(turn.text):
        return say(Outgoing(kind="info", text=replies.WELCOME, topic="chitchat"))
    if _WHO.search(turn.text):
        return say(Outgoing(kind="info", text=replies.WHO_AM_I, topic="chitchat", buttons=MENU))
    if _BYE.search(turn.text):
        return say(Outgoing(kind="info", text=replies.BYE, topic="chitchat"))
    today = turn.today.isoformat()
    text = replies.HELLO_AGAIN if turn.talk.greeted_on == today else replies.GREETING
    talk = turn.talk.but(greeted_on=today)
    return say(Outgoing(kind="info", text=text, topic="chitchat", buttons=MENU), talk=talk)
