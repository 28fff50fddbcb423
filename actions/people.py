"""How many they are, noted when somebody says so: “我们车间30个人” is a count, never a reason to gather."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.turn import Outcome, Turn, say
from bot import replies
from bot.messages import Button, Outgoing
from knowledge import numbers

MANY = 5  # from here on it is a matter of several, and representatives speak for them
BUTTONS = (Button("登记求助", "ticket:T-GROUP"), Button("转人工", "human"))
_TOGETHER = re.compile(r"(?:我们|俺们|咱们|大家|一共|总共|工友们?|班组|车间|一起的)[^，。,；;？?]{0,10}$")


def noted(turn: Turn) -> Turn:
    """The turn with the number of people that its words settle."""
    if turn.press or "人" not in turn.text:
        return turn
    for count in numbers.find(turn.text, turn.today):
        if not isinstance(count, numbers.Count) or count.unit != "人":
            continue
        if _TOGETHER.search(turn.text[: count.start]) and 1 < count.value < 100_000:
            return replace(turn, talk=turn.talk.but(people=int(count.value)))
    return turn


def beside(outcome: Outcome, turn: Turn, before: int) -> Outcome:
    """Who has just said that they are many hears how that is done; where nothing else was found to say, only that."""
    talk = outcome.talk or turn.talk
    if talk.people < MANY or talk.people == before or talk.form is not None:
        return outcome
    together = Outgoing(
        kind="info", text=replies.TOGETHER.format(people=talk.people), topic="collective", buttons=BUTTONS
    )
    kept = [message for message in outcome.messages if message.kind != "fallback"]
    return say(*kept, together, talk=talk.but(missed=0))
