"""A sum or a deadline over several turns. What to ask and how to read an answer is knowledge.calculators.talking's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from actions.forms.remind import last_day
from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Citation, Outgoing
from knowledge.base import Base
from knowledge.calculators import CALCULATORS
from knowledge.calculators.citations import Reference
from knowledge.calculators.result import Result
from knowledge.calculators.talking import MOST_BUTTONS, Asked, Stuck, Told, talk

OWN = "_"  # keys of the talk itself, not facts of the sum
SKIPS = ("跳过", *replies.SKIP_WORDS)
CANCEL, PERSON, MENU = Button("算了", "cancel"), Button("转人工", "human"), Button("菜单", "menu")


def begin(turn: Turn, world: World, kind: str, words: str = "") -> Outcome | None:
    if kind not in CALCULATORS:
        return None
    return _said(turn, world, Form("calculate", kind), words)


def answer(turn: Turn, world: World) -> Outcome | None:
    """Read the message into the sum; None when it says nothing that the sum asks for."""
    form = turn.talk.form
    assert form is not None
    words = _words(turn)
    if form.asking == "region" and not turn.region and words.strip() not in SKIPS:
        return None
    said = _said(turn, world, form, words)
    now = said.talk.form if said.talk is not None else None
    if now is not None and now.asking == form.asking and _facts(now.facts) == _facts(form.facts):
        return None
    return said


def ask_again(turn: Turn, world: World) -> Outcome:
    """The open question once more; asked too often, a person is offered."""
    form = turn.talk.form
    assert form is not None
    if form.times >= 2:
        buttons = (PERSON, CANCEL)
        text = replies.FORM_STUCK
        return say(Outgoing(kind="ask", text=text, buttons=buttons), talk=turn.talk.but(form=None))
    if form.asking == "region":  # it is asked once; asked again it must be asked as if for the first time
        form = replace(form, facts={name: held for name, held in form.facts.items() if name != "_place_asked"})
    outcome = _said(turn, world, form, "")
    again = outcome.talk.form if outcome.talk is not None else None
    if outcome.talk is None or again is None:
        return outcome
    return Outcome(outcome.messages, outcome.talk.but(form=Form(**{**vars(again), "times": form.times + 1})))


def _words(turn: Turn) -> str:
    form = turn.talk.form
    if turn.press in ("yes", "no"):
        return "是" if turn.press == "yes" else "否"
    if turn.press == "skip":
        return "跳过"
    if turn.press.startswith("fact:") and form is not None:
        field = next((one for one in CALCULATORS[form.of].fields if one.name == form.asking), None)
        number = turn.press[5:]
        if field is not None and number.isdecimal() and int(number) < len(field.choices):
            return field.choices[int(number)]
    return turn.text


def _facts(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if not name.startswith(OWN)}


def _said(turn: Turn, world: World, form: Form, words: str) -> Outcome:
    base = world.knowledge().base
    inputs = dict(form.facts)
    if turn.region and CALCULATORS[form.of].regional:
        inputs["region"] = turn.region
    asked = form.asking or None
    step = talk(form.of, words, base, turn.today, inputs=inputs, asked=asked, cited=lambda one: _cited(base, one))
    if isinstance(step, Asked):
        return say(
            _question(form, step), talk=turn.talk.but(form=Form("calculate", form.of, dict(step.inputs), step.field))
        )
    if isinstance(step, Stuck):
        return say(Outgoing(kind="ask", text=step.text, buttons=(PERSON, MENU)), talk=turn.talk.but(form=None))
    done = Form("calculate", form.of, dict(step.inputs))
    return say(_result(base, form, step, turn.today), talk=turn.talk.but(form=done))


def _question(form: Form, step: Asked) -> Outgoing:
    title = "" if form.facts or form.asking else f"{CALCULATORS[form.of].title}：{replies.FORM_BEGINS}\n"
    if step.choices == ("是", "否"):
        buttons = [Button("是", "yes"), Button("不是", "no")]
    else:
        buttons = [Button(words, f"fact:{number}") for number, words in enumerate(step.choices[:MOST_BUTTONS])]
    if step.field == "region":
        buttons = [Button("跳过", "skip")]
    return Outgoing(kind="ask", text=f"{title}{step.text}", buttons=(*buttons, CANCEL))


def _result(base: Base, form: Form, step: Told, today: date) -> Outgoing:
    citations = []
    for reference in step.result.references:
        law = base.find_law(reference.law) if reference.law else None
        if law is not None and reference.article:
            paragraph = None if reference.paragraph is None else str(reference.paragraph)
            citations.append(Citation(law.short, str(reference.article), paragraph, law.title))
    return Outgoing(
        kind="calc",
        text=step.text,
        citations=tuple(citations),
        calculation={"kind": form.of, "inputs": _facts(step.inputs), **step.result.as_json()},
        buttons=(*_remind(step.result, today), PERSON, MENU),
    )


def _remind(result: Result, today: date) -> tuple[Button, ...]:
    """A day that is still to come can be reminded of."""
    day = last_day(result)
    return (Button("到日子前提醒我", "remind"),) if day is not None and day > today else ()


def _cited(base: Base, reference: Reference) -> str:
    """《劳动合同法》第47条, as a worker reads it."""
    law = base.find_law(reference.law) if reference.law else None
    name = law.short if law is not None else (reference.law or "")
    return f"《{name}》第{reference.article}条" if reference.article else f"《{name}》"
