"""After a sign of danger: the bot stays, says that it is there, and asks one thing at a time; no law, no sums, no form.

What the worker writes joins the ticket of the hotline by itself. It ends when he says that he is safe, with the day,
or when a person takes the conversation over.
"""

from __future__ import annotations

import re

from actions.talk import Talk
from actions.turn import Outcome, Turn, say
from bot import replies
from bot.messages import Button, Outgoing

BUTTONS = (Button("我现在安全", "safe"), Button("转人工", "human"))
STEPS = tuple(replies.CARE)
STAYS = "stays"  # everything has been asked
_SAFE = re.compile(
    r"(?<!不)(?<!没有)(?<!不太)安全(?!帽|带|吗|生产|员)|没事了|我没事|好多了|冷静下来|不会做傻事|下来了|不跳了|不死了|想开了|报(?:过|了)警|(?:警察|救护车|家人|工友).{0,3}(?:来了|到了)"
)
_NOT_SAFE = re.compile(r"不安全|不太安全|没有?安全|不是没事|还没下来")


def begun(turn: Turn) -> Talk:
    """What is remembered from the first sign on."""
    return turn.talk.but(form=None, soft_asked=True, caring=STEPS[0], cared_on=turn.today.isoformat())


def is_on(turn: Turn) -> bool:
    """Whether the last sign is of today and he has not said that he is safe."""
    return bool(turn.talk.caring) and turn.talk.cared_on == turn.today.isoformat()


def go_on(turn: Turn) -> Outcome | None:
    """The next gentle question; None when everything was asked and something else may be answered."""
    if turn.press == "safe" or (not turn.press and _SAFE.search(turn.text) and not _NOT_SAFE.search(turn.text)):
        return say(Outgoing(kind="info", text=replies.SAFE, topic="crisis"), talk=ended(turn.talk))
    return None if turn.talk.caring == STAYS else _next(turn, replies.CARE_HERE)


def again(turn: Turn, ticket: str | None) -> Outcome:
    """Another sign while the bot stays: the numbers again, and the next question."""
    return _next(turn, replies.CARE_STAYS, ticket)


def _next(turn: Turn, words: str, ticket: str | None = None) -> Outcome:
    at = STEPS.index(turn.talk.caring) if turn.talk.caring in STEPS else len(STEPS)
    following = STEPS[at + 1] if at + 1 < len(STEPS) else STAYS
    text = words + (replies.CARE[STEPS[at]] if at < len(STEPS) else "")
    outgoing = Outgoing(kind="crisis", text=text, topic="crisis", ticket=ticket, buttons=BUTTONS)
    return say(outgoing, talk=turn.talk.but(form=None, caring=following))


def ended(talk: Talk) -> Talk:
    return talk.but(caring="", cared_on="")


def beside(outcome: Outcome, turn: Turn) -> Outcome:
    """Something else is answered while he is not known to be safe: a line before it says that somebody is there."""
    talk = outcome.talk or turn.talk
    return say(Outgoing(kind="crisis", text=replies.CARE_STAYS, topic="crisis"), *outcome.messages, talk=talk)
