"""Which ticket a worker speaks of: the one of this conversation, or any by its number and its short code.

Four digits can be guessed, so a few wrong ones lock the number for an hour (hotline.tickets.lookup).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions import sms_code
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Outgoing
from hotline.tickets import numbers as ticket_numbers
from hotline.tickets import service as tickets
from hotline.tickets.service import Ticket
from hotline.tickets.shapes import OPEN_STATES

NUMBER = re.compile(r"20\d{6}\D?\d{4,6}\D?\d(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{4}(?!\d)")


@dataclass(frozen=True)
class Named:
    """The ticket that is meant, or the sentence that says what is missing; `rest` is what else was written."""

    ticket: Ticket | None
    refusal: str = ""
    rest: str = ""


def named(turn: Turn, world: World) -> Named:
    """By number and code from anywhere; without a number the newest one of this conversation."""
    written = NUMBER.search(turn.text)
    if written is None:
        return _own(turn, world)
    number = ticket_numbers.normalise(written[0])
    if number is None:
        return Named(None, replies.STATUS_MISREAD)
    rest = turn.text.replace(written[0], " ")
    code = _CODE.search(rest)
    with world.database.reading() as session:
        found = tickets.find_by_number(session, number)
    if found is not None and turn.stores and found.conversation_id == turn.conversation_id:
        return Named(found, rest=_without(rest, found.code))
    if code is None or not turn.stores:
        return Named(None, replies.STATUS_NEEDS_CODE)
    with world.database.transaction() as session:
        proven = tickets.prove(session, number, code[0])
    return Named(proven, "" if proven is not None else replies.STATUS_NEEDS_CODE, _without(rest, code[0]))


def _own(turn: Turn, world: World) -> Named:
    if not turn.stores:
        return Named(None, replies.STATUS_NEEDS_CODE)
    unproven = sms_code.refusal(turn, world)
    if unproven:
        return Named(None, unproven)
    with world.database.reading() as session:
        mine = tickets.of_conversation(session, turn.conversation_id or "")
    found = next((one for one in mine if one.state in OPEN_STATES), mine[0] if mine else None)
    return Named(found, "" if found is not None else replies.STATUS_NONE, turn.text)


def _without(rest: str, code: str) -> str:
    return rest.replace(code, " ", 1).strip(" ，,。:：")


def refused(named: Named) -> Outcome:
    return say(Outgoing(kind="ticket", text=named.refusal))
