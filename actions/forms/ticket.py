"""Opening a ticket in a conversation: safety, place, the matter, consent, a summary for a yes, then the number."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions.crisis import crisis
from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline.tickets import service as tickets
from knowledge import numbers

STEPS = ("safe", "place", "matter", "people", "consent", "confirm")
QUESTIONS = {
    "safe": replies.TICKET_SAFE,
    "place": replies.TICKET_PLACE,
    "matter": replies.TICKET_MATTER,
    "people": replies.TICKET_PEOPLE,
    "consent": replies.TICKET_CONSENT,
}
_YES_NO = (Button("是", "yes"), Button("不是", "no"), Button("算了", "cancel"))
_YES = re.compile(r"^(?:是|对|嗯|好|行|可以|同意|确认|没错|安全|没事|ok|OK|要|提交)")
_NO = re.compile(r"^(?:不|没|别|否|算)")
_ALONE = re.compile(r"就我|我一个|一个人|只有我")
_ASKS = re.compile(r"(?:吗|呢|么|多少|怎么算|是什么|几天|多久)[?？。]?$")
SHORT_QUESTION = 20
GROUP = 10


def begin(turn: Turn, world: World, category: str) -> Outcome:
    form = Form("ticket", category)
    if turn.region:
        form = form.with_fact("place", turn.region)
    return _next(turn, world, form)


def answer(turn: Turn, world: World) -> Outcome | None:
    form = turn.talk.form
    assert form is not None
    value = READ[form.asking](turn) if form.asking in READ else None
    if value is None:
        return None
    if form.asking == "safe" and value is False:
        return crisis(turn, world)
    if form.asking == "consent" and value is False:
        return say(Outgoing(kind="info", text=replies.TICKET_NO_CONSENT), talk=turn.talk.but(form=None))
    if form.asking == "confirm":
        return _file(turn, world, form) if value else _change(turn, form)
    return _next(turn, world, form.with_fact(form.asking, value))


def ask_again(turn: Turn, world: World) -> Outcome:
    form = turn.talk.form
    assert form is not None
    return _ask(turn, world, form, form.asking)


def _next(turn: Turn, world: World, form: Form) -> Outcome:
    """The first step whose fact is not known; what was said before is not asked again."""
    step = next((step for step in STEPS if step not in form.facts), "confirm")
    return _ask(turn, world, form, step)


def _ask(turn: Turn, world: World, form: Form, step: str) -> Outcome:
    asked = Form(form.kind, form.of, form.facts, step, form.times + 1)
    text = summary(world, form) if step == "confirm" else QUESTIONS[step]
    kind: Any = "ticket" if step == "confirm" else "ask"
    buttons = _YES_NO if step in ("safe", "consent", "confirm") else (Button("算了", "cancel"),)
    return say(Outgoing(kind=kind, text=text, buttons=buttons), talk=turn.talk.but(form=asked))


def summary(world: World, form: Form) -> str:
    facts = form.facts
    place = world.knowledge().base.region_title(facts["place"])
    people = "只有你自己" if facts["people"] == 1 else f"{facts['people']}人"
    return replies.TICKET_SUMMARY.format(matter=facts["matter"], place=place, people=people)


def _change(turn: Turn, form: Form) -> Outcome:
    """Not right: the matter is asked again, everything else stays."""
    facts = {name: value for name, value in form.facts.items() if name != "matter"}
    asked = Form(form.kind, form.of, facts, "matter")
    return say(Outgoing(kind="ask", text=replies.TICKET_MATTER_AGAIN), talk=turn.talk.but(form=asked))


def _file(turn: Turn, world: World, form: Form) -> Outcome:
    """Idempotent by the message that said yes."""
    people = int(form.facts["people"])
    category = "T-GROUP" if people >= GROUP else form.of
    with world.database.transaction() as session:
        ticket = tickets.open_ticket(
            session,
            key=f"{turn.message_id}:ticket:0",
            conversation_id=turn.conversation_id,
            category=category,
            priority="P1" if people >= GROUP else "P2",
            facts={**form.facts, "consent": replies.CONSENT_VERSION, "inbox": int(turn.message_id)},
        )
    bell.ring("desk")
    text = replies.TICKET_OPENED.format(number=ticket.number, code=ticket.code)
    if people >= GROUP:
        text += replies.TICKET_REPRESENTATIVES
    outgoing = Outgoing(kind="ticket", text=text, ticket=ticket.number, buttons=(Button("查工单", "status"),))
    return say(outgoing, talk=turn.talk.but(form=None))


def _yes(turn: Turn) -> bool | None:
    if turn.press in ("yes", "no"):
        return turn.press == "yes"
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
    return True if re.search(r"没事|安全|还好|没有?危险|没问题", turn.text) else _yes(turn)


def _matter(turn: Turn) -> str | None:
    said = turn.text.strip()
    is_question = len(said) < SHORT_QUESTION and _ASKS.search(said)
    return said[:300] if len(said) >= 4 and not turn.press and not is_question else None


def _people(turn: Turn) -> int | None:
    if _ALONE.search(turn.text) or turn.press == "no":
        return 1
    count = numbers.first(turn.text, turn.today, numbers.Count)
    value = count.value if count is not None else numbers.number(turn.text)
    return None if value is None or not 1 <= value <= 100_000 else int(value)


def _place(turn: Turn) -> str | None:
    return turn.region


READ: dict[str, Callable[[Turn], Any]] = {
    "safe": _safe,
    "place": _place,
    "matter": _matter,
    "people": _people,
    "consent": _yes,
    "confirm": _yes,
}
