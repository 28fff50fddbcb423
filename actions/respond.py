"""Every turn passes here: danger first, then a form under way, then the verb that the intent names.

Rasa's rules choose the verb; this order is what no rule may change (docs/decisions/0050).
"""

from __future__ import annotations

from dataclasses import replace

from actions import care, fixed_words, follow, forms, languages, minors, people, place, script
from actions.answer import answer
from actions.crisis import crisis, soft_check
from actions.signs import Sign, sign_in
from actions.turn import Outcome, Turn, Verb, World

CRISIS = "crisis"
# What he may press while the bot stays with him; everything else waits until he is safe.
PRESSES_IN_CARE = ("human", "status", "export", "delete", "delete_sure", "not_safe")


def respond(verb: Verb, turn: Turn, world: World) -> Outcome:
    """What the bot says to a message, in the worker's characters; always at least one sentence."""
    read = replace(turn, text=script.simplified(turn.text))
    return script.written(_remembering(read, _first(verb, read, world)), turn)


def _first(verb: Verb, turn: Turn, world: World) -> Outcome:
    """Danger before everything, and what follows from it until he is safe."""
    sign = "none" if turn.press else sign_in(turn.text, _crisis_confidence(turn))
    if sign == "alarm":
        return crisis(turn, world)
    fixed = fixed_words.verb_for(turn)
    if care.is_on(turn) and fixed is None and turn.press not in PRESSES_IN_CARE:
        gentle = care.go_on(turn)
        return gentle or care.beside(_noted(verb, turn, world, "none", is_fixed=False), turn)
    if fixed in fixed_words.ENDING:
        return fixed(turn, world)
    return _noted(fixed or verb, turn, world, sign, is_fixed=fixed is not None)


def _noted(verb: Verb, turn: Turn, world: World, sign: Sign, *, is_fixed: bool) -> Outcome:
    """What the words settle on the way (the place, how many they are), then the answer."""
    if verb is crisis:  # the rules found nothing and the model is not sure: answered, perhaps with a soft question
        verb = answer
    before = turn.talk.people
    turn = people.noted(place.noted(turn, world))
    decided = _decide(verb, turn, world, is_soft=sign == "soft", is_fixed=is_fixed)
    return _remembering(turn, people.beside(decided, turn, before))


def _decide(verb: Verb, turn: Turn, world: World, *, is_soft: bool, is_fixed: bool) -> Outcome:
    foreign = languages.reply_in_own_language(turn, world)
    if foreign is not None:
        return foreign

    def answered(asked: Turn, held: World) -> Outcome:
        return _answered(verb, asked, held, is_fixed=is_fixed)

    if not turn.talk.child_told and minors.is_child_at_work(turn.text):
        return minors.child_at_work(replace(turn, talk=turn.talk.but(child_told=True)), world, answered)
    if is_soft and not turn.talk.soft_asked:
        return soft_check(turn, world, answered)
    return answered(turn, world)


def _answered(verb: Verb, turn: Turn, world: World, *, is_fixed: bool) -> Outcome:
    going_on = forms.proceed(turn, world, verb, is_fixed=is_fixed)
    if going_on is not None:
        return going_on
    placed = None if is_fixed else place.answered(turn, world)
    if placed is not None:
        return placed
    if not (is_fixed or turn.press) and follow.leans_on_the_last_answer(turn):
        return follow.after(turn, world)
    return verb(turn, world)


def _remembering(turn: Turn, outcome: Outcome) -> Outcome:
    """What was noted on the way (the place) is kept even when the verb itself remembers nothing."""
    return outcome if outcome.talk is not None else replace(outcome, talk=turn.talk)


def _crisis_confidence(turn: Turn) -> float:
    if turn.intent == CRISIS:
        return turn.confidence
    return max((score for name, score in turn.ranking if name == CRISIS), default=0.0)
