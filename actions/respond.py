"""Every turn passes here: danger first, then a form under way, then the verb that the intent names.

Rasa's rules choose the verb; this order is what no rule may change (docs/decisions/0050).
"""

from __future__ import annotations

from dataclasses import replace

from actions import fixed_words, forms, languages, place
from actions.answer import answer
from actions.crisis import crisis, soft_check
from actions.signs import sign_in
from actions.turn import Outcome, Turn, Verb, World

CRISIS = "crisis"


def respond(verb: Verb, turn: Turn, world: World) -> Outcome:
    """What the bot says to a message; always at least one sentence."""
    sign = "none" if turn.press else sign_in(turn.text, _crisis_confidence(turn))
    if sign == "alarm":
        return crisis(turn, world)
    verb = fixed_words.verb_for(turn) or verb
    if verb is crisis:  # the rules found nothing and the model is not sure: answered, perhaps with a soft question
        verb = answer
    turn = place.noted(turn, world)
    return _remembering(turn, _decide(verb, turn, world, sign == "soft"))


def _decide(verb: Verb, turn: Turn, world: World, is_soft: bool) -> Outcome:
    foreign = languages.reply_in_own_language(turn, world)
    if foreign is not None:
        return foreign
    if is_soft and not turn.talk.soft_asked:
        return soft_check(turn, world, lambda asked, held: _answered(verb, asked, held))
    return _answered(verb, turn, world)


def _answered(verb: Verb, turn: Turn, world: World) -> Outcome:
    going_on = forms.proceed(turn, world, verb)
    if going_on is not None:
        return going_on
    placed = place.answered(turn, world)
    if placed is not None:
        return placed
    return verb(turn, world)


def _remembering(turn: Turn, outcome: Outcome) -> Outcome:
    """What was noted on the way (the place) is kept even when the verb itself remembers nothing."""
    return outcome if outcome.talk is not None else replace(outcome, talk=turn.talk)


def _crisis_confidence(turn: Turn) -> float:
    if turn.intent == CRISIS:
        return turn.confidence
    return max((score for name, score in turn.ranking if name == CRISIS), default=0.0)
