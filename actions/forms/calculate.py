"""A sum or a deadline, filled over several turns in any order; the calculators say what is missing and how to ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Citation, Outgoing
from knowledge import numbers
from knowledge.calculators import CALCULATORS, BadInput, Field, FigureMissing, MissingInput, Result, calculate
from knowledge.numerals import normal

_MONEY_TYPES = ("money", "wage")
_YES = ("是", "有", "对", "给了", "嗯", "好", "行", "可以", "是的", "有的")
_NO = ("不是", "没有", "没", "否", "无", "不", "没给")


def begin(turn: Turn, world: World, kind: str) -> Outcome | None:
    if kind not in CALCULATORS:
        return None
    form = Form("calculate", kind)
    if turn.region:
        form = form.with_fact("region", turn.region)
    return _go_on(turn, world, form)


def answer(turn: Turn, world: World) -> Outcome | None:
    """Put what the message says into the form; None when it says nothing that the form asks for."""
    form = turn.talk.form
    assert form is not None
    filled = _fill(turn, world, form)
    if filled is None:
        return None
    return _go_on(turn, world, filled)


def ask_again(turn: Turn, world: World) -> Outcome:
    """The open question once more, with an example; after that the worker may skip or leave."""
    form = turn.talk.form
    assert form is not None
    field = next((field for field in CALCULATORS[form.of].fields if field.name == form.asking), None)
    if field is None:
        return _go_on(turn, world, form)
    again = Form(form.kind, form.of, form.facts, form.asking, form.times + 1)
    text = replies.FORM_AGAIN.format(question=field.question, example=field.example)
    return say(Outgoing(kind="ask", text=text, buttons=_choices(field)), talk=turn.talk.but(form=again))


def _choices(field: Field) -> tuple[Button, ...]:
    buttons = [Button(choice, f"fact:{number}") for number, choice in enumerate(field.choices[:8])]
    if field.type == "bool":
        buttons = [Button("是", "yes"), Button("不是", "no")]
    return (*buttons, Button("算了", "cancel"))


def _go_on(turn: Turn, world: World, form: Form) -> Outcome:
    """Work the sum out, or ask for the first thing that is missing or wrong."""
    try:
        result = calculate(form.of, form.facts, world.knowledge().base, turn.today)
    except MissingInput as missing:
        return _ask(turn, form, missing.field, f"{missing.message}（比如：{missing.example}）")
    except BadInput as bad:
        facts = {name: value for name, value in form.facts.items() if name != bad.field}
        again = Form(form.kind, form.of, facts)
        return _ask(turn, again, bad.field, str(bad))
    except FigureMissing:
        text = replies.FIGURE_MISSING.format(phone=world.knowledge().base.phone("12333", turn.region))
        return say(Outgoing(kind="calc", text=text), talk=turn.talk.but(form=None))
    done = Form("calculate", form.of, form.facts, asking="")
    return say(_shown(world, form, result), talk=turn.talk.but(form=done))


def _ask(turn: Turn, form: Form, name: str, text: str) -> Outcome:
    asked = Form(form.kind, form.of, form.facts, name)
    field = next((field for field in CALCULATORS[form.of].fields if field.name == name), None)
    title = "" if form.facts.keys() - {"region"} else f"{CALCULATORS[form.of].title}：{replies.FORM_BEGINS}\n"
    buttons = _choices(field) if field is not None else ()
    return say(Outgoing(kind="ask", text=f"{title}{text}", buttons=buttons), talk=turn.talk.but(form=asked))


def _shown(world: World, form: Form, result: Result) -> Outgoing:
    """The result first, then the working with its articles, what was assumed, and who decides in the end."""
    base = world.knowledge().base
    lines = [f"{CALCULATORS[form.of].title}：{_main(result)}"]
    lines += [f"{number}. {step.words}" for number, step in enumerate(result.steps, 1)]
    if result.missing:
        lines.append("还缺：" + "、".join(result.missing))
    lines += [f"按：{words}" for words in result.assumptions]
    lines += [*result.cautions]
    citations = []
    for reference in result.references:
        law = base.find_law(reference.law) if reference.law else None
        if law is not None and reference.article:
            paragraph = None if reference.paragraph is None else str(reference.paragraph)
            citations.append(Citation(law.short, reference.article, paragraph, law.title))
    return Outgoing(
        kind="calc",
        text="\n".join(lines),
        topic=None,
        citations=tuple(citations),
        calculation={"kind": form.of, "inputs": form.facts, **result.as_json()},
        buttons=(Button("转人工", "human"), Button("菜单", "menu")),
    )


def _main(result: Result) -> str:
    value = result.values.get(result.main) if result.main else None
    if value is None:
        return replies.SEE_BELOW
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" + ("元" if result.main in ("amount", "total_min", "extra_amount") else "")
    return value.isoformat() if isinstance(value, date) else str(value)


def _fill(turn: Turn, world: World, form: Form) -> Form | None:
    """The open question's answer, and whatever else the message says; a correction replaces what was said before."""
    fields = {field.name: field for field in CALCULATORS[form.of].fields}
    facts: dict[str, Any] = dict(form.facts)
    asked = fields.get(form.asking)
    if asked is not None:
        value = _value(turn, asked)
        if value is not None:
            facts[asked.name] = value
    found = numbers.find(turn.text, turn.today) if turn.text else []
    span = next((one for one in found if isinstance(one, numbers.Span)), None)
    if span is not None and {"hire_date", "last_day"} <= fields.keys():
        facts["hire_date"], facts["last_day"] = span.first.value.isoformat(), span.last.last.isoformat()
    if turn.region and "region" in fields:
        facts["region"] = turn.region
    if facts == form.facts:
        return None
    return Form(form.kind, form.of, facts, form.asking)


def _value(turn: Turn, field: Field) -> Any:
    """The message read as an answer to one question; None when it is none."""
    if turn.press.startswith("fact:") and turn.press[5:].isdecimal() and int(turn.press[5:]) < len(field.choices):
        return field.choices[int(turn.press[5:])]
    if field.type == "bool":
        return _yes_or_no(turn)
    if field.choices:
        return next((choice for choice in field.choices if _says(turn.text, choice)), None)
    if field.type == "region":
        return turn.region
    if field.type == "text":
        return turn.text[:200] or None
    return _number(turn, field)


def _yes_or_no(turn: Turn) -> bool | None:
    said = turn.text.strip("。！!，, 了啊呀的")
    if turn.press in ("yes", "no"):
        return turn.press == "yes"
    if turn.intent in ("affirm", "deny"):
        return turn.intent == "affirm"
    if said in _NO or said.startswith(("没", "不")):
        return False
    return True if said in _YES or said.startswith(("有", "是")) else None


def _says(text: str, choice: str) -> bool:
    """The worker repeats a choice's words, or its number."""
    said = normal(text).strip("。！!，, ")
    words = choice.partition(" ")[2] or choice
    return bool(said) and (said == choice or said in words or words in said)


def _number(turn: Turn, field: Field) -> Any:
    things = numbers.find(turn.text, turn.today)
    if field.type in ("date", "month"):
        day = next((one for one in things if isinstance(one, numbers.Day)), None)
        if day is None:
            return None
        return day.value.strftime("%Y-%m") if field.type == "month" else day.value.isoformat()
    if field.type in _MONEY_TYPES:
        money = next((one for one in things if isinstance(one, numbers.Amount)), None)
        value = money.value if money is not None else numbers.number(turn.text)
        return None if value is None else str(value)
    length = next((one for one in things if isinstance(one, numbers.Duration)), None)
    if length is not None:
        return str(length.in_years if "year" in field.name else length.in_months)
    value = numbers.number(turn.text)
    return None if value is None else str(value)
