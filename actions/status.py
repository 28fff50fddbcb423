"""A ticket's state, by number and short code, or of this conversation; never another person's data."""

from __future__ import annotations

import re

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Outgoing
from hotline.tickets import numbers as ticket_numbers
from hotline.tickets import service as tickets

_NUMBER = re.compile(r"20\d{6}\D?\d{4,6}\D?\d")
_CODE = re.compile(r"(?<!\d)[2-9]{4}(?!\d)")


def status(turn: Turn, world: World) -> Outcome:
    written = _NUMBER.search(turn.text)
    if written is None:
        return _own(turn, world)
    number = ticket_numbers.normalise(written[0])
    code = _CODE.search(turn.text.replace(written[0], " "))
    if number is None:
        return say(Outgoing(kind="ticket", text=replies.STATUS_MISREAD))
    with world.database.reading() as session:
        found = tickets.find_by_number(session, number)
    own = found is not None and found.conversation_id == turn.conversation_id and turn.stores
    proven = found is not None and code is not None and tickets.is_code(found, code[0])
    if found is None or not (own or proven):
        return say(Outgoing(kind="ticket", text=replies.STATUS_NEEDS_CODE))
    return say(_shown(found))


def _own(turn: Turn, world: World) -> Outcome:
    if not turn.stores:
        return say(Outgoing(kind="ticket", text=replies.STATUS_NEEDS_CODE))
    with world.database.reading() as session:
        found = tickets.find_open(session, turn.conversation_id or "")
    return say(_shown(found) if found is not None else Outgoing(kind="ticket", text=replies.STATUS_NONE))


def _shown(ticket: tickets.Ticket) -> Outgoing:
    state = replies.TICKET_STATES.get(ticket.state if ticket.owner_id is None else f"{ticket.state}+", ticket.state)
    text = replies.STATUS.format(number=ticket.number, state=state)
    return Outgoing(kind="ticket", text=text, ticket=ticket.number)
