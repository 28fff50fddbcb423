"""Forms under way: a message fills the open question, or it is answered in between and the form goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from actions.forms import asked_sum, calculate, own_ticket, remind, ticket
from actions.human import human
from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.messages import Outgoing


@dataclass(frozen=True)
class Handler:
    """The two things that every form can do with a message."""

    answer: Callable[[Turn, World], Outcome | None]
    ask_again: Callable[[Turn, World], Outcome]


HANDLERS = {
    "calculate": Handler(calculate.answer, calculate.ask_again),
    "ticket": Handler(ticket.answer, ticket.ask_again),
    remind.KIND: Handler(remind.answer, remind.ask_again),
    own_ticket.KIND: Handler(own_ticket.answer, own_ticket.ask_again),
}
ENDING = ("ticket_withdraw", "ticket_add", "ticket_rate", "remind")  # presses that begin something else for good
CORRECTS = re.compile(r"^(?:不是|不对|错了|说错|更正|改|应该是|其实是)")
SHORT = 14
INTERRUPTING = ("crisis", "human", "status_query", "privacy", "why_law", "chitchat", "oos")
SURE_OF_A_QUESTION = 0.5
FORGOT = re.compile(r"忘(?:了|记)|记不(?:清|得|住|起)|想不起|不记得|说不好|说不清|搞不清")
_QUESTION_MARKS = ("吗", "?", "？", "怎么", "什么", "咋", "多少", "哪", "能不能", "可以", "如何", "为啥", "为什么")


def proceed(turn: Turn, world: World, verb: Verb, *, is_fixed: bool = False) -> Outcome | None:
    """What the form says to this message; None when no form is open or the message leaves it for good.

    With `is_fixed` the words themselves named the verb: they are no answer to what the form asks.
    """
    if turn.press.startswith("calc:"):
        return calculate.begin(turn, world, turn.press.partition(":")[2])
    if turn.press.startswith("ticket:"):
        return ticket.begin(turn, world, turn.press.partition(":")[2])
    if verb is asked_sum.begin:
        return verb(turn, world)
    form = turn.talk.form
    if form is None:
        return None
    if _cancels(turn):
        return say(Outgoing(kind="info", text=replies.FORM_LEFT), talk=turn.talk.but(form=None))
    if turn.press == "human" or (turn.intent == "human" and turn.confidence >= SURE_OF_A_QUESTION):
        return human(turn, world)
    if turn.press in ENDING:
        return verb(turn, world)
    is_other_press = turn.press not in ("", "yes", "no", "skip") and not turn.press.startswith(("fact:", "place:"))
    if is_fixed or is_other_press:
        return _interrupted(turn, world, verb)
    handler = HANDLERS[form.kind]
    if not form.asking:
        return _after_the_result(turn, world, verb, handler)
    outcome = handler.answer(turn, world)
    if outcome is not None:
        return outcome
    if _is_another_question(turn) and not FORGOT.search(turn.text):
        return _interrupted(turn, world, verb)
    return handler.ask_again(turn, world)


def _after_the_result(turn: Turn, world: World, verb: Verb, handler: Handler) -> Outcome:
    """The sum has been told: a correction works it out again, anything else leaves it."""
    if CORRECTS.match(turn.text) or len(turn.text) <= SHORT:
        outcome = handler.answer(turn, world)
        if outcome is not None:
            return outcome
    return verb(replace(turn, talk=turn.talk.but(form=None)), world)


def _cancels(turn: Turn) -> bool:
    if turn.text.strip() in replies.SKIP_WORDS or "不想说" in turn.text or own_ticket.is_confirmed(turn):
        return False
    return turn.press == "cancel" or turn.intent == "cancel" or turn.text.strip() in replies.CANCEL_WORDS


def _is_another_question(turn: Turn) -> bool:
    if turn.intent in INTERRUPTING and turn.confidence >= SURE_OF_A_QUESTION:
        return True
    return len(turn.text) >= 6 and any(mark in turn.text for mark in _QUESTION_MARKS)


def _interrupted(turn: Turn, world: World, verb: Verb) -> Outcome:
    """Answer what was asked in between, then come back to the open question."""
    form = turn.talk.form
    assert form is not None
    between = verb(replace(turn, talk=turn.talk.but(form=None)), world)
    talk = (between.talk or turn.talk).but(form=form)
    handler = HANDLERS[form.kind]
    again = handler.ask_again(replace(turn, talk=talk), world)
    return say(*between.messages, *again.messages, talk=again.talk)
