"""Simplified or traditional characters: simplified unless the worker asked for the other."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

import opencc

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing

TRADITIONAL_WORDS = re.compile(
    r"^(?:请|請)?(?:你)?(?:用|说|說|写|寫|改成|换成|換成)?(?:繁体|繁體)(?:字|中文)?(?:回答|回复|回覆|答)?$"
)
SIMPLIFIED_WORDS = re.compile(
    r"^(?:请|請)?(?:你)?(?:用|说|說|写|寫|改成|换成|換成)?(?:简体|簡體)(?:字|中文)?(?:回答|回复|回覆|答)?$"
)
ENOUGH = 2  # one unusual character may be a name


@functools.lru_cache(maxsize=2)
def _converter(way: str) -> opencc.OpenCC:
    return opencc.OpenCC(way)


def simplified(text: str) -> str:
    """What the bot reads: everything below this line knows simplified characters only."""
    return str(_converter("t2s").convert(text))


def is_traditional(text: str) -> bool:
    """Whether somebody writes in traditional characters: several that simplified writing has not."""
    return sum(1 for one, other in zip(text, simplified(text), strict=False) if one != other) >= ENOUGH


def use_traditional(turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.TRADITIONAL), talk=turn.talk.but(traditional=True))


def use_simplified(turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.SIMPLIFIED), talk=turn.talk.but(traditional=False))


def written(outcome: Outcome, turn: Turn) -> Outcome:
    """The answer in the worker's characters; who writes traditional ones is told once that he may have them."""
    talk = outcome.talk or turn.talk
    if talk.traditional:
        return replace(outcome, messages=tuple(_traditional(message) for message in outcome.messages))
    if talk.traditional_offered or outcome.forget or not is_traditional(turn.text):
        return outcome
    *before, last = outcome.messages
    told = replace(last, text=f"{last.text}\n{replies.TRADITIONAL_OFFERED}")
    return Outcome((*before, told), talk.but(traditional_offered=True))


def _traditional(message: Outgoing) -> Outgoing:
    convert = _converter("s2t").convert
    buttons = tuple(Button(str(convert(button.title)), button.payload) for button in message.buttons)
    return replace(message, text=str(convert(message.text)), buttons=buttons)
