"""One turn of a sum in a conversation: read the message, ask for the next fact, or tell the result.

The caller keeps `inputs` and `asked` between turns (both are plain JSON) and puts the worker's place into
`inputs["region"]`; everything else about the sum is decided here, so that chat, SMS and a test say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from . import CALCULATORS, Calculator, calculate
from .calculator import FiguresSource
from .citations import Reference
from .errors import BadInput, CalculatorError
from .fields import Field
from .filling import fill, next_field
from .result import VALUES, Result, Value, plain

TRIES = 2
MOST_BUTTONS = 6
WORDS = {True: "是", False: "否"}


@dataclass(frozen=True)
class Asked:
    """One fact is missing. `choices` may be shown as buttons; a press is answered like words."""

    field: str
    text: str
    inputs: Mapping[str, Any]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """The sum is worked out."""

    text: str
    result: Result
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Stuck:
    """We asked twice and still do not know: a person should look."""

    field: str
    text: str
    inputs: Mapping[str, Any]


def talk(
    kind: str,
    text: str,
    base: FiguresSource,
    today: date,
    *,
    inputs: Mapping[str, Any] | None = None,
    asked: str | None = None,
    cited: Callable[[Reference], str],
) -> Asked | Told | Stuck:
    """What to answer. An empty text only asks for what is missing or works out what is there."""
    calculator = CALCULATORS[kind]
    filled = fill(kind, text, today, given=inputs, asked=asked if asked != "region" else None)
    now = dict(filled.inputs)
    if filled.unclear is not None:
        return again(calculator, filled.unclear, now)
    now.pop("_unclear", None)
    opening = "".join(f"{note}\n" for note in filled.notes)
    wanted = next_field(kind, now)
    if wanted is not None:
        return question(wanted, now, opening)
    if calculator.regional and now.get("region") is None and not now.get("_place_asked"):
        return Asked(
            "region", f"{opening}你在哪个城市上班？各地标准不一样，不想说就回“跳过”。", {**now, "_place_asked": True}
        )
    try:
        result = calculate(kind, now, base, today)
    except BadInput as error:
        now.pop(error.field, None)
        return again(calculator, error, now)
    except CalculatorError as error:
        return Stuck("", f"{error}", now)
    return Told(opening + tell(result, cited), result, now)


def question(wanted: Field, inputs: Mapping[str, Any], opening: str = "") -> Asked:
    """The field's own question with an example; choices are listed where there are few."""
    choices = ("是", "否") if wanted.type == "yes" else wanted.choices
    example = "" if choices else f"（例如：{wanted.example}）"
    return Asked(wanted.name, f"{opening}{wanted.question}{example}", inputs, choices)


def again(calculator: Calculator, error: BadInput, inputs: dict[str, Any]) -> Asked | Stuck:
    """Say what was not right, once with an example; after that a person should look."""
    tries = int(inputs.get("_unclear") or 0) + 1
    if tries > TRIES:
        return Stuck(error.field, "这个数我还是没弄明白，要不要转给工会热线的人帮你算？", inputs)
    wanted = next((one for one in calculator.fields if one.name == error.field), None)
    choices = () if wanted is None else ("是", "否") if wanted.type == "yes" else wanted.choices
    return Asked(error.field, str(error), {**inputs, "_unclear": tries}, choices)


def tell(result: Result, cited: Callable[[Reference], str]) -> str:
    """The sum first, then how, on what, and what to mind."""
    lines = [headline(result)]
    if result.missing:
        lines.append("有的当地数字还没收录，没有替你猜，问到数以后告诉我再算。")
    lines.append("怎么算的：")
    for number, step in enumerate(result.steps, 1):
        law = f"（{cited(step.reference)}）" if step.reference else ""
        lines.append(f"{number}. {step.words}{law}")
    if result.assumptions:
        lines.append("按什么算的：" + "".join(result.assumptions))
    lines.append("要注意：" + "".join(result.cautions))
    return "\n".join(lines)


def headline(result: Result) -> str:
    """What the worker wanted to know, in one or two lines."""
    told = {name: value for name, value in result.values.items() if value is not None}
    parts = [
        f"{VALUES[name].title}{shown(name, value)}" for name, value in told.items() if not _says_nothing(name, value)
    ]
    first = "时间紧，先看日子：" if result.urgent else "算下来："
    if result.main is not None and result.main in result.values:
        main = f"{VALUES[result.main].title}{shown(result.main, result.values[result.main])}"
        rest = [part for part in parts if part != main]
        return f"{first}{main}。" + (f"（{'，'.join(rest)}）" if rest else "")
    return f"{first}{'，'.join(parts)}。" if parts else "还缺当地的数字，先给你算法："


def _says_nothing(name: str, value: Value) -> bool:
    """A sum of nothing beside the main one: no allowance, nothing to add."""
    return value is None or (VALUES[name].type == "money" and value == 0)


def shown(name: str, value: Value) -> str:
    """A value in a sentence: 40800元, 6个月, 2027-03-10."""
    kind = VALUES[name]
    if isinstance(value, bool):
        return f"：{WORDS[value]}"
    if isinstance(value, (Decimal, int)):
        return f" {plain(value)}{kind.unit}"
    if isinstance(value, Mapping):
        return "：" + "，".join(f"{key} {plain(part)}元" for key, part in value.items())
    if isinstance(value, tuple):
        return "：" + "；".join(value)
    return f" {value}"
