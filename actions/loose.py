"""Bare facts and short words outside a form: a yes, a number, “不清楚”; and a story that sounds like a row of facts."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import answer, story
from actions.chat import MENU
from actions.fallback import PERSON, nothing_near
from actions.pick import NEAR, hits_for
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Outgoing

TOLD = 20  # characters from which on facts are a story that wants an answer


def loose(turn: Turn, world: World) -> Outcome:
    said = turn.text.strip()
    hits = hits_for(turn, world, k=1)
    if hits and hits[0].score >= NEAR and len(said) >= 4:
        return answer_any(turn, world)
    if turn.intent in ("affirm", "deny", "cancel", "unclear"):
        return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=(*MENU, PERSON)))
    return story(turn, world) if len(said) >= TOLD else nothing_near(turn, world)


def answer_any(turn: Turn, world: World) -> Outcome:
    """A fact that is a question after all: the nearest card of any topic."""
    hits = hits_for(turn, world, k=1)
    return answer(replace(turn, intent=hits[0].entry.topic), world)
