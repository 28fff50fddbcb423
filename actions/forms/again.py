"""Somebody registers what he has registered before: he is offered his ticket before he answers everything again.

Known by his conversation, the category and, where both were said, the employer. To the number of an SMS alone nothing
is told of a case, so there the new ticket is linked with the old one for the operator to see.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from actions import sms_code
from actions.forms import intake
from actions.forms.matters import title
from actions.talk import Form
from actions.turn import Turn, World
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline.tickets import abroad
from hotline.tickets import service as tickets
from hotline.tickets.service import Ticket
from kit import clock

STEP, KNOWN = "same", "same_as"  # his answer, and the ticket that he was asked about
_SAME = re.compile(r"同一|一样|就是|还是(?:那|上)|上次那")
_OTHER = re.compile(r"不是同一|不一样|另|别的|新的|又(?:有|一)")


def read(turn: Turn) -> bool | None:
    if not turn.press and _OTHER.search(turn.text):
        return False
    return True if not turn.press and _SAME.search(turn.text) else intake.yes(turn)


def found(turn: Turn, world: World, form: Form) -> Form | None:
    """The form with the ticket to ask about, as soon as the matter is known; abroad no matter is ever asked."""
    is_told = "matter" in form.facts or abroad.is_brief(turn.channel)
    if STEP in form.facts or not is_told or not turn.stores or not sms_code.is_proven(turn, world):
        return None
    with world.database.reading() as session:
        same = like(session, turn, form)
    if not same:
        return None
    opened = same[0].opened_at.astimezone(clock.SHANGHAI)
    shown = [same[0].id, same[0].number, f"{opened.month}月{opened.day}日"]
    return Form(form.kind, form.of, {**form.facts, KNOWN: shown}, STEP, form.times)


def like(session: Session, turn: Turn, form: Form) -> list[Ticket]:
    """His open tickets about what the form is about, the newest first."""
    many = int(form.facts.get("people") or 1)
    category = "T-GROUP" if many >= intake.GROUP else form.of
    return tickets.duplicates(session, turn.conversation_id or "", category, form.facts)


def question(form: Form, channel: str) -> str:
    _, number, day = form.facts[KNOWN]
    what = replies.ONE_MATTER if channel == "sms" else f"“{title(form.of)}”"  # others may read a text message
    return replies.TICKET_SAME.format(day=day, what=what, number=number)


def joined(turn: Turn, world: World, form: Form) -> Outgoing | None:
    """What he said now goes to the ticket that he has; None when it was closed while he answered."""
    id, number, _ = form.facts[KNOWN]
    words: Any = form.facts.get("matter")
    if words:
        try:
            with world.database.transaction() as session:
                tickets.message_in(session, id, words, inbox_id=int(turn.message_id))
        except tickets.TicketClosed:
            return None
        bell.ring("desk")
    text = replies.TICKET_JOINED.format(number=number)
    return Outgoing(kind="ticket", text=text, ticket=number, buttons=(Button("查工单", "status"),))
