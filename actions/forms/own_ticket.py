"""What a worker does to a ticket of his that takes a second message: withdraw it, add to it, rate it."""

from __future__ import annotations

import re
from collections.abc import Callable

from actions import own_ticket
from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline.tickets import consenting
from hotline.tickets import service as tickets
from hotline.tickets.shapes import OPEN_STATES
from knowledge import numbers

KIND = "own_ticket"
_YES = re.compile(r"^(?:是|对|嗯|好|行|可以|确定|确认|撤|要撤)")
_NO = re.compile(r"^(?:不|没|别|否|算|先)")
_CANCEL = Button("算了", "cancel")
_WORDS_OF_THE_ACT = re.compile(r"补充|添加|追加|打分|评分|评价|撤回|撤销|工单|一下|查询码|我要|给|的|：|:|，|,")


def withdraw(turn: Turn, world: World) -> Outcome:
    return _begin(turn, world, "withdraw")


def add(turn: Turn, world: World) -> Outcome:
    """“补充 20260101-0001-5 2345 我找到考勤表了” is done at once; without words they are asked for."""
    return _begin(turn, world, "add")


def rate(turn: Turn, world: World) -> Outcome:
    return _begin(turn, world, "rate")


def _begin(turn: Turn, world: World, act: str) -> Outcome:
    found = own_ticket.named(turn, world)
    if found.ticket is None:
        return own_ticket.refused(found)
    if act != "rate" and found.ticket.state not in OPEN_STATES:
        return say(Outgoing(kind="ticket", text=replies.TICKET_IS_CLOSED.format(number=found.ticket.number)))
    if act == "rate" and found.ticket.state in OPEN_STATES:
        return say(Outgoing(kind="ticket", text=replies.RATE_LATER.format(number=found.ticket.number)))
    facts = {"ticket": found.ticket.id, "number": found.ticket.number}
    form = Form(KIND, act, facts, act)
    rest = _WORDS_OF_THE_ACT.sub("", found.rest).strip()
    if rest and act != "withdraw":
        done = ACTS[act](turn, world, form, found.rest if act == "add" else rest)
        if done is not None:
            return done
    return _ask(turn, form)


def answer(turn: Turn, world: World) -> Outcome | None:
    form = turn.talk.form
    assert form is not None
    return ACTS[form.of](turn, world, form, turn.text.strip())


def is_confirmed(turn: Turn) -> bool:
    """“撤回” after “确定撤回吗”: the button's own words, which sound like a cancel."""
    form = turn.talk.form
    withdraws = form is not None and (form.kind, form.of) == (KIND, "withdraw")
    return withdraws and bool(_YES.match(turn.text.strip()))


def ask_again(turn: Turn, _world: World) -> Outcome:
    form = turn.talk.form
    assert form is not None
    return _ask(turn, form)


def _ask(turn: Turn, form: Form) -> Outcome:
    questions = {"withdraw": replies.WITHDRAW_SURE, "add": replies.ADD_WHAT, "rate": replies.RATE_WHAT}
    text = questions[form.of].format(number=form.facts["number"])
    buttons: tuple[Button, ...] = (_CANCEL,)
    if form.of == "withdraw":
        buttons = (Button("撤回", "yes"), Button("不撤了", "no"))
    if form.of == "rate":
        buttons = (*(Button(words, f"fact:{score}") for words, score in SCORES), _CANCEL)
    return say(Outgoing(kind="ticket", text=text, buttons=buttons), talk=turn.talk.but(form=form))


SCORES = (("很满意", 5), ("满意", 4), ("一般", 3), ("不满意", 2), ("很不满意", 1))


def _withdraw(turn: Turn, world: World, form: Form, said: str) -> Outcome | None:
    number = form.facts["number"]
    if turn.press == "no" or (not turn.press and _NO.match(said)):
        return _done(turn, replies.KEPT_TICKET, number)
    if turn.press != "yes" and not _YES.match(said):
        return None
    try:
        with world.database.transaction() as session:
            tickets.withdraw(session, form.facts["ticket"], ref=f"withdrawn:{turn.message_id}")
    except tickets.TicketClosed:
        return _done(turn, replies.TICKET_IS_CLOSED, number)
    bell.ring("desk")
    return _done(turn, replies.WITHDRAWN_TICKET, number)


def _add(turn: Turn, world: World, form: Form, said: str) -> Outcome | None:
    number = form.facts["number"]
    if len(said) < 2 or turn.press:
        return None
    try:
        with world.database.transaction() as session:
            tickets.message_in(session, form.facts["ticket"], said, inbox_id=int(turn.message_id))
    except tickets.TicketClosed:
        return _done(turn, replies.TICKET_IS_CLOSED, number)
    bell.ring("desk")
    return _done(turn, replies.ADDED, number)


def _rate(turn: Turn, world: World, form: Form, said: str) -> Outcome | None:
    score = _score(turn, said)
    if score is None:
        return None
    return rated(turn, world, form.facts["ticket"], form.facts["number"], score, said[:200])


def rated(turn: Turn, world: World, ticket_id: int, number: str, score: int, words: str = "") -> Outcome:
    """Written once a message; a rating that comes too early or too late says so in its own words."""
    try:
        with world.database.transaction() as session:
            tickets.rate(session, ticket_id, score, comment=words, ref=f"rated:{turn.message_id}")
    except tickets.NotPossible as error:
        return _done(turn, f"{error}。", number)
    bell.ring("desk")
    return _done(turn, replies.RATED if score > 2 else replies.RATED_LOW, number)


def pressed_rating(turn: Turn, world: World) -> Outcome | None:
    """`rate:<number>:<score>`, the button under “办结了”: only for whoever the ticket belongs to."""
    _, number, score = (*turn.press.split(":"), "", "")[:3]
    if not turn.stores or score not in ("1", "2", "3", "4", "5"):
        return None
    with world.database.reading() as session:
        found = tickets.find_by_number(session, number)
    if found is None or found.conversation_id != turn.conversation_id:
        return None
    return rated(turn, world, found.id, number, int(score))


def pressed_invitation(turn: Turn, world: World) -> Outcome | None:
    """`case:<number>:yes|no`, under the question whether his ticket may join the others'."""
    _, number, said = (*turn.press.split(":"), "", "")[:3]
    if not turn.stores or said not in ("yes", "no"):
        return None
    with world.database.transaction() as session:
        found = tickets.answer_invitation(session, turn.conversation_id or "", number, yes=said == "yes")
    if found is None:
        return None
    return _done(turn, consenting.JOINED if said == "yes" else consenting.KEPT, found.number)


def _score(turn: Turn, said: str) -> int | None:
    """Five very good, one very bad; in words, as a digit, or by a button."""
    if turn.press.startswith("fact:"):
        said = turn.press[5:]
    for words, score in replies.RATINGS.items():
        if words in said:
            return score
    digit = numbers.number(said.strip("分。 "))
    return int(digit) if digit is not None and 1 <= digit <= 5 and digit == int(digit) else None


def _done(turn: Turn, text: str, number: str) -> Outcome:
    outgoing = Outgoing(kind="ticket", text=text.format(number=number), ticket=number)
    return say(outgoing, talk=turn.talk.but(form=None))


ACTS: dict[str, Callable[[Turn, World, Form, str], Outcome | None]] = {
    "withdraw": _withdraw,
    "add": _add,
    "rate": _rate,
}
