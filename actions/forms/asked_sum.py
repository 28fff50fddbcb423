"""“帮我算一下经济补偿”: who asks for a sum in so many words gets its form, not an answer about it."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

import yaml

from actions.fallback import PERSON
from actions.forms import calculate
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from knowledge.calculators import CALCULATORS
from knowledge.words import DATA

ASKS = re.compile(
    r"(?<![没不有])(?:帮|给|替)(?:我|俺|咱)?们?(?:计算|算)(?!了|数)|^(?:我?[要想]|先)?(?:算(?:一?下|算|一算)|计算)"
)
COUNTS_AS = re.compile(r"^(?!.*帮).*[吗么][?？]?$")  # 老板会给我算加班吗
OFTEN = ("severance", "overtime_pay", "arrears_penalty", "double_wage", "annual_leave", "disability_grant")


@functools.lru_cache(maxsize=1)
def names() -> tuple[tuple[str, str], ...]:
    """What a sum is called and its kind, longest names first."""
    raw = yaml.safe_load((DATA / "sums.yml").read_text(encoding="utf-8"))
    pairs = [(str(name), kind) for kind, called in raw.items() for name in called]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def is_asked(turn: Turn) -> bool:
    """Where no other form waits for these words, and the conversation is kept."""
    form = turn.talk.form
    is_free = turn.stores and (form is None or form.kind == "calculate")
    return is_free and ASKS.search(turn.text) is not None and COUNTS_AS.match(turn.text) is None


def begin(turn: Turn, world: World) -> Outcome:
    """The form of the sum that is named, filled with what was said; else that of the last answer, else a choice."""
    turn = replace(turn, talk=turn.talk.but(form=None))
    kind = next((kind for name, kind in names() if name in turn.text), None) or _of_the_last_answer(turn, world)
    begun = calculate.begin(turn, world, kind, turn.text) if kind is not None else None
    if begun is not None:
        return begun
    buttons = (*(Button(CALCULATORS[kind].title, f"calc:{kind}") for kind in OFTEN), PERSON)
    return say(Outgoing(kind="ask", text=replies.WHICH_SUM, topic=turn.talk.topic or None, buttons=buttons))


def _of_the_last_answer(turn: Turn, world: World) -> str | None:
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    return card.calculators[0] if card is not None and card.calculators else None
