"""What a ticket's form asks and how an answer is read.

What each category asks is data (hotline/tickets/categories.yml), and so is what needs a yes of its own
(hotline/people/purposes.yml).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from actions import minors
from actions.turn import Turn
from bot import replies
from hotline import people
from hotline.tickets.categories import FIRST, IntakeField, catalogue
from knowledge import employer_names, numbers
from knowledge.regions import load_tree
from knowledge.regions import resolve as resolve_region

QUESTIONS = {
    "safe": replies.TICKET_SAFE,
    "place": replies.TICKET_PLACE,
    "matter": replies.TICKET_MATTER,
    "people": replies.TICKET_PEOPLE,
    "representatives": replies.TICKET_REPRESENTATIVES,
    "guardian": replies.TICKET_GUARDIAN,
    "home_consent": replies.TICKET_HOME,
    "sensitive": replies.TICKET_SENSITIVE,
    "consent": replies.TICKET_CONSENT,
}
YES_NO = ("safe", "guardian", "home_consent", "sensitive", "consent", "confirm")
SKIPPED = ""
GROUP = 10
SHORT_QUESTION = 20
LONG_ENOUGH = 8
FOR_US = ("human", "privacy", "status_query", "chitchat", "why_law", "complain_bot")
SURE = 0.5
BARE_NUMBER = 6  # 就三个, 30来个: in a longer sentence a number may count something else
_YES = re.compile(r"^(?:是|对|嗯|好|行|可以|同意|确认|没错|安全|没事|ok|OK|要|提交|愿意)")
_NO = re.compile(r"^(?:不|没|别|否|算)")
_ALONE = re.compile(r"就我|我一个|一个人|只有我")
_ASKS = re.compile(r"(?:吗|呢|么|多少|怎么算|是什么|几天|多久)[?？。]?$")
_ONLY_ASKED = re.compile(
    r"[，,。]?(?:这|那|我|现在|该|应该|请问)*"
    r"(?:怎么办|咋办|咋整|怎么弄|找谁|能要|该怎么|怎么处理|有什么办法|能告|可以告|能赔).*$"
)
_TELLS = re.compile(r"老板|公司|单位|厂|工地|包工头|工头|领导|经理|店|我|俺|他们|平台|中介|派遣")


def steps(category: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Everything that is asked, in order; what does not apply to this matter is left out."""
    found = ["safe", "place", "matter", *(one.name for one in fields(category)), "people"]
    if int(facts.get("people") or 1) >= GROUP:
        found.append("representatives")
    if is_guarded(facts):
        found.append("guardian")
    if facts.get("home"):
        found.append("home_consent")
    if any(facts.get(name) for name in sensitive(facts)):
        found.append("sensitive")
    return (*found, "consent")


def fields(category: str) -> tuple[IntakeField, ...]:
    """The category's own questions, without those that every category has."""
    return tuple(one for one in catalogue().category(category).ask if one.name not in FIRST)


def sensitive(facts: Mapping[str, Any]) -> list[str]:
    """Facts that need a yes of their own (health, when he was hurt): the purpose catalogue says which."""
    listed = people.catalogue()
    found = []
    for name in facts:
        purpose = listed.sealed[name].purpose if name in listed.sealed else listed.in_ticket.get(name)
        if purpose is not None and purpose.id == "sensitive":
            found.append(name)
    return found


def is_guarded(facts: Mapping[str, Any]) -> bool:
    """A child below fourteen: his guardian must agree."""
    age = minors.age_in(str(facts.get("matter") or ""))
    return age is not None and age < minors.GUARDED_AGE


def question(category: str, step: str) -> str:
    if step in QUESTIONS:
        return QUESTIONS[step]
    return catalogue().fields[step].ask


def choices(step: str) -> tuple[str, ...]:
    """What may be pressed for a category's own question."""
    field = catalogue().fields.get(step)
    return field.choices if field is not None else ()


def told_before(asked: str) -> str:
    """The matter as the last question told it, without what was asked about it; empty when it only asked."""
    told = _ONLY_ASKED.sub("", asked).strip("，,。 ")
    return told if len(told) >= LONG_ENOUGH and _TELLS.search(told) and not _ASKS.search(told) else ""


def told_in(category: str, matter: str, turn: Turn) -> dict[str, Any]:
    """The category's own facts that the sentence about the matter holds already."""
    found: dict[str, Any] = {}
    for one in fields(category):
        if one.name in ("employer", "platform"):
            value: Any = employer_names.find(matter)
        elif one.kind == "money":
            amount = numbers.first(matter, turn.today, numbers.Amount)
            value = None if amount is None else f"{amount.value.normalize():f}元"
        elif one.name == "period":
            span = numbers.first(matter, turn.today, numbers.Duration)
            value = None if span is None else span.text
        else:
            value = next((choice for choice in one.choices if len(choice) > 1 and choice in matter), None)
        if value:
            found[one.name] = value
    return found


def read(turn: Turn, step: str) -> Any:
    """The answer to a step, or None when the message is none."""
    if step in READ:
        return READ[step](turn)
    field = catalogue().fields.get(step)
    return None if field is None else _field(turn, field)


def _field(turn: Turn, field: IntakeField) -> Any:
    """By its kind; everything of a category's own may be skipped."""
    said = turn.text.strip()
    if turn.press == "skip" or (not turn.press and said in (*replies.SKIP_WORDS, "不清楚", "不记得", "记不清")):
        return SKIPPED
    if field.kind == "choice":
        return _choice(turn, field, said)
    if field.kind == "yes_no":
        answer = yes(turn)
        return None if answer is None else ("是" if answer else "否")
    if turn.press or _is_a_question(turn, said):
        return None
    if field.kind == "place":
        found = resolve_region(said[:100], load_tree())
        return getattr(found, "id", None)
    if field.name in ("employer", "platform"):
        said = employer_names.find(said) or said
    return said[:120] if said else None


def _choice(turn: Turn, field: IntakeField, said: str) -> str | None:
    number = turn.press[5:] if turn.press.startswith("fact:") else ""
    if number.isdecimal() and int(number) < len(field.choices):
        return field.choices[int(number)]
    if turn.press:
        return None
    return next((one for one in sorted(field.choices, key=len, reverse=True) if one in said or said in one), None)


def yes(turn: Turn) -> bool | None:
    if turn.press in ("yes", "no"):
        return turn.press == "yes"
    if turn.press:
        return None
    if turn.intent in ("affirm", "deny") and len(turn.text) <= 12:
        return turn.intent == "affirm"
    said = turn.text.strip()
    if _NO.match(said):
        return False
    return True if _YES.match(said) else None


def _safe(turn: Turn) -> bool | None:
    """“没事” says that he is safe although it begins like a no."""
    if re.search(r"不安全|不太安全|有危险|害怕", turn.text) and "没有危险" not in turn.text:
        return False
    return True if re.search(r"没事|安全|还好|没有?危险|没问题", turn.text) else yes(turn)


def _is_a_question(turn: Turn, said: str) -> bool:
    """Asked in between, or meant for us: no answer to our own question."""
    if len(said) >= SHORT_QUESTION:
        return False
    return bool(_ASKS.search(said)) or (turn.intent in FOR_US and turn.confidence >= SURE)


def _matter(turn: Turn) -> str | None:
    said = turn.text.strip()
    return said[:300] if len(said) >= 4 and not turn.press and not _is_a_question(turn, said) else None


def _people(turn: Turn) -> int | None:
    if _ALONE.search(turn.text) or turn.press == "no":
        return 1
    count = numbers.first(turn.text, turn.today, numbers.Count)
    said = turn.text.strip()
    value = count.value if count is not None else numbers.number(said) if len(said) <= BARE_NUMBER else None
    return None if value is None or not 1 <= value <= 100_000 else int(value)


def _place(turn: Turn) -> str | None:
    return turn.region


def _representatives(turn: Turn) -> str | None:
    """How they are called is enough; who has none yet may bring them later."""
    said = turn.text.strip()
    if turn.press == "skip" or said in (*replies.SKIP_WORDS, "还没推", "还没有", "没推"):
        return SKIPPED
    return said[:100] if len(said) >= 2 and not turn.press and not _is_a_question(turn, said) else None


READ: dict[str, Callable[[Turn], Any]] = {
    "safe": _safe,
    "place": _place,
    "matter": _matter,
    "people": _people,
    "representatives": _representatives,
    "guardian": yes,
    "home_consent": yes,
    "sensitive": yes,
    "consent": yes,
    "confirm": yes,
}
