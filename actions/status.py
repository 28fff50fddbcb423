"""A ticket's state, by number and short code, or of this conversation; never another person's data."""

from __future__ import annotations

from actions import own_ticket
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from hotline.tickets.service import Ticket
from hotline.tickets.shapes import OPEN_STATES


def status(turn: Turn, world: World) -> Outcome:
    found = own_ticket.named(turn, world)
    if found.ticket is None:
        return own_ticket.refused(found)
    return say(_shown(found.ticket, is_own=found.ticket.conversation_id == turn.conversation_id))


def _shown(ticket: Ticket, *, is_own: bool) -> Outgoing:
    state = replies.TICKET_STATES.get(ticket.state if ticket.owner_id is None else f"{ticket.state}+", ticket.state)
    text = replies.STATUS.format(number=ticket.number, state=state)
    is_over = ticket.state not in OPEN_STATES
    buttons = (Button("打分", "ticket_rate"),) if is_over else (Button("撤回工单", "ticket_withdraw"),)
    return Outgoing(kind="ticket", text=text, ticket=ticket.number, buttons=buttons if is_own else ())
