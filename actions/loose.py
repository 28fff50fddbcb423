"""Bare facts and short words outside a form: a yes, a number, “不清楚”; and the end of reminders."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answer import answer
from actions.chat import MENU
from actions.fallback import PERSON, nothing_near
from actions.follow import more
from actions.forms import ticket
from actions.pick import NEAR, hits_for
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Outgoing

_MORE = re.compile(r"^(?:更多|下一页|继续|还有呢|接着说|2)$")
_REGISTER = re.compile(r"^(?:我要)?登记(?:求助)?$")


def loose(turn: Turn, world: World) -> Outcome:
    said = turn.text.strip()
    if _MORE.match(said) and turn.talk.card:
        return more(turn, world)
    if _REGISTER.match(said):
        card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
        return ticket.begin(turn, world, (card.ticket if card else None) or "T-OTHER")
    hits = hits_for(turn, world, k=1)
    if hits and hits[0].score >= NEAR and len(said) >= 4:
        return answer_any(turn, world)
    if turn.intent in ("affirm", "deny", "cancel", "unclear"):
        return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=(*MENU, PERSON)))
    return nothing_near(turn, world)


def answer_any(turn: Turn, world: World) -> Outcome:
    """A fact that is a question after all: the nearest card of any topic."""
    hits = hits_for(turn, world, k=1)
    return answer(replace(turn, intent=hits[0].entry.topic), world)


def remind_stop(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.REMINDERS_OFF))
