"""Opening a ticket in a conversation: safety, place, the matter, consent, a summary for a yes, then the number.

What was said before is not asked again: the place, how many they are, and the matter when the last question told one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from actions.crisis import crisis
from actions.forms import again, intake, matters
from actions.forms.matters import Matter
from actions.talk import Form
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline import people
from hotline.tickets import abroad, legal
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from kit.settings import settings

_CANCEL = Button("算了", "cancel")
_YES_NO = (Button("是", "yes"), Button("不是", "no"), _CANCEL)
TRIES = 3
NO = {"consent": replies.TICKET_NO_CONSENT, "guardian": replies.TICKET_NO_GUARDIAN}
PURPOSES = {"guardian": "guardian", "home_consent": "home_union", "sensitive": "sensitive", "consent": "ticket"}
BRIEF = ("safe", "place", "people", "consent")  # all that is asked on a platform abroad: hotline/tickets/abroad.py
OF_THE_FORM = (
    "safe",
    "also",
    "consent",
    "guardian",
    "sensitive",
    again.STEP,
    again.KNOWN,
)  # steps whose answers are no facts of the matter


def begin(turn: Turn, world: World, category: str) -> Outcome:
    """What is known goes into the form before the first question."""
    talk = turn.talk
    known = category if category in catalogue().categories else "T-OTHER"
    if known == "T-OTHER" and talk.people >= intake.GROUP:
        known = "T-GROUP"
    facts = {"place": turn.region, "people": talk.people, "home": talk.home, "matter": intake.told_before(talk.asked)}
    form = Form("ticket", known, {name: value for name, value in facts.items() if value})
    if abroad.is_brief(turn.channel):
        form = replace(form, facts={name: value for name, value in form.facts.items() if name in BRIEF})
    if "matter" in form.facts:
        form = _with_matter(turn, world, form, form.facts["matter"])
    return _next(turn, world, form)


def answer(turn: Turn, world: World) -> Outcome | None:
    form = turn.talk.form
    assert form is not None
    value: Any = again.read(turn) if form.asking == again.STEP else intake.read(turn, form.asking)
    if value is None:
        return None
    if form.asking == again.STEP and value:
        return _join(turn, world, form)
    if form.asking == "safe" and value is False:
        return crisis(turn, world)
    if form.asking in NO and value is False:
        return say(Outgoing(kind="info", text=NO[form.asking]), talk=turn.talk.but(form=None))
    if form.asking == "confirm":
        return _file(turn, world, form) if value else _change(turn, form)
    if form.asking == "sensitive" and value is False:
        form = replace(form, facts={**form.facts, **dict.fromkeys(intake.sensitive(form.facts), intake.SKIPPED)})
    if form.asking == "matter":
        return _next(turn, world, _with_matter(turn, world, form, value))
    return _next(turn, world, form.with_fact(form.asking, value))


def ask_again(turn: Turn, world: World) -> Outcome:
    form = turn.talk.form
    assert form is not None
    return _ask(turn, world, form, form.asking)


def _with_matter(turn: Turn, world: World, form: Form, matter: str) -> Form:
    """What the sentence holds is not asked again; several matters in it become several tickets."""
    also = [[one.category, one.words] for one in matters.several(turn, world, matter) if one.category != form.of]
    facts = {**intake.told_in(form.of, matter, turn), **form.facts, "matter": matter, "also": also}
    return replace(form, facts=facts, asking="", times=0)


def _next(turn: Turn, world: World, form: Form) -> Outcome:
    """The first step whose fact is not known."""
    steps = BRIEF if abroad.is_brief(turn.channel) else intake.steps(form.of, form.facts)
    step = next((step for step in steps if step not in form.facts), "confirm")
    same = again.found(turn, world, form) if step != "safe" else None
    return _ask(turn, world, same or form, step if same is None else again.STEP)


def _ask(turn: Turn, world: World, form: Form, step: str) -> Outcome:
    asked = Form(form.kind, form.of, form.facts, step, form.times + 1)
    text = _text(world, form, step, turn.channel)
    if step == "place" and form.times >= TRIES:
        text = replies.TICKET_STUCK
    kind: Any = "ticket" if step == "confirm" else "ask"
    buttons = _buttons(step, is_stuck=text == replies.TICKET_STUCK)
    return say(Outgoing(kind=kind, text=text, buttons=buttons), talk=turn.talk.but(form=asked))


def _text(world: World, form: Form, step: str, channel: str) -> str:
    if step == "confirm":
        return summary(world, form, channel)
    return again.question(form, channel) if step == again.STEP else intake.question(form.of, step)


def _buttons(step: str, *, is_stuck: bool) -> tuple[Button, ...]:
    if step in intake.YES_NO:
        return _YES_NO
    if step == again.STEP:
        return (Button("同一件事", "yes"), Button("另一件事", "no"), _CANCEL)
    if step == "representatives":
        return (Button("还没推", "skip"), _CANCEL)
    if is_stuck:
        return (Button("转人工", "human"), _CANCEL)
    field = catalogue().fields.get(step)
    if step in intake.QUESTIONS or field is None:
        return (_CANCEL,)
    if field.kind == "yes_no":
        return (*_YES_NO[:2], Button("跳过", "skip"), _CANCEL)
    chosen = (Button(words, f"fact:{number}") for number, words in enumerate(field.choices))
    return (*chosen, Button("跳过", "skip"), _CANCEL)


def summary(world: World, form: Form, channel: str) -> str:
    """What will be filed, in his own words, for a yes; a text message may be read by others and holds no matter."""
    facts = form.facts
    place = world.knowledge().base.region_title(facts["place"])
    many = "只有你自己" if facts["people"] == 1 else f"{facts['people']}人"
    if facts.get("representatives"):
        many += f"，代表：{facts['representatives']}"
    if channel == "sms":
        count = f"，一共{len(facts['also']) + 1}件" if facts.get("also") else ""
        return replies.TICKET_SUMMARY_SMS.format(count=count, place=place, people=many)
    own = [(one.title, facts.get(one.name)) for one in intake.fields(form.of)]
    more = "".join(f"；{title}：{value}" for title, value in own if value)
    also = "".join(f"\n另外登记：{matters.title(category)}（{words}）" for category, words in facts.get("also", ()))
    matter = facts.get("matter") or matters.title(form.of)
    return replies.TICKET_SUMMARY.format(matter=matter + more, also=also, place=place, people=many)


def _change(turn: Turn, form: Form) -> Outcome:
    """Not right: the matter is asked again, and what it told; everything else stays. Where there is none: the place."""
    if abroad.is_brief(turn.channel):
        again = Form(form.kind, form.of, {"safe": True}, "place")
        return say(Outgoing(kind="ask", text=intake.question(form.of, "place")), talk=turn.talk.but(form=again))
    own = {"matter", "also", *(one.name for one in intake.fields(form.of))}
    facts = {name: value for name, value in form.facts.items() if name not in own}
    asked = Form(form.kind, form.of, facts, "matter")
    return say(Outgoing(kind="ask", text=replies.TICKET_MATTER_AGAIN), talk=turn.talk.but(form=asked))


def _join(turn: Turn, world: World, form: Form) -> Outcome:
    """It is the ticket that he has; what else he told of in the same breath is registered."""
    told = again.joined(turn, world, form)
    if told is None:
        return _next(turn, world, form.with_fact(again.STEP, False))
    also = form.facts.get("also")
    if not also:
        return say(told, talk=turn.talk.but(form=None, asked=""))
    (category, words), *others = also
    facts: dict[str, Any] = {
        name: form.facts[name] for name in ("safe", "place", "people", "home") if name in form.facts
    }
    rest = _next(turn, world, Form(form.kind, category, {**facts, "matter": words, "also": others}))
    return replace(rest, messages=(told, *rest.messages))


def _file(turn: Turn, world: World, form: Form) -> Outcome:
    """Idempotent by the message that said yes; several matters are several tickets that know of each other."""
    many = int(form.facts["people"])
    first = Matter("T-GROUP" if many >= intake.GROUP else form.of, form.facts.get("matter", ""))
    with world.database.transaction() as session:
        _consented(session, turn, form)
        opened = _open(session, turn, world, form, [first, *(Matter(*one) for one in form.facts.get("also", ()))])
    bell.ring("desk")
    ticket, also = opened[0], opened[1:]
    text = replies.TICKET_OPENED.format(number=ticket.number, code=ticket.code)
    text += "".join(replies.TICKET_ALSO.format(number=one.number, code=one.code) for one in also)
    if many >= intake.GROUP:
        text += replies.TICKET_CALM
    if abroad.is_brief(turn.channel):
        text += replies.TICKET_REST_ON_THE_PAGE.format(address=settings().address)
    outgoing = Outgoing(kind="ticket", text=text, ticket=ticket.number, buttons=(Button("查工单", "status"),))
    return say(outgoing, talk=turn.talk.but(form=None, asked=""))


def _open(session: Session, turn: Turn, world: World, form: Form, found: list[Matter]) -> list[tickets.Ticket]:
    """The first one is the conversation's own, so it is opened last; all are linked with it."""
    facts = {name: value for name, value in form.facts.items() if name not in OF_THE_FORM and value != intake.SKIPPED}
    before = again.like(session, turn, form) if again.STEP not in form.facts else []
    opened = []
    for ordinal, matter in reversed(list(enumerate(found))):
        own = {**facts, "matter": matter.words} if ordinal else facts
        limits = legal.limits(matter.category, own, world.knowledge().base, turn.today)
        opened.append(
            tickets.open_ticket(
                session,
                key=f"{turn.message_id}:ticket:{ordinal}",
                conversation_id=turn.conversation_id,
                category=matter.category,
                facts={**own, "inbox": int(turn.message_id)},
                limits=limits,
            )
        )
    opened.reverse()
    for other in (*opened[1:], *before):
        tickets.link(session, opened[0].id, other.id)
    return opened


def _consented(session: Session, turn: Turn, form: Form) -> None:
    """What he said yes and no to, with the version of what he was told; before anything of his is kept."""
    people.for_conversation(session, turn.conversation_id or "")
    version = people.catalogue().version
    for step, purpose in PURPOSES.items():
        if step in form.facts:
            yes = bool(form.facts[step])
            people.consent(session, conversation_id=turn.conversation_id, purpose=purpose, version=version, yes=yes)
