"""A ticket's state, by number and short code, or of this conversation; never another person's data."""

from __future__ import annotations

from actions import own_ticket
from actions.answer import show
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from hotline.tickets import service as tickets
from hotline.tickets.service import Ticket
from hotline.tickets.shapes import OPEN_STATES


def status(turn: Turn, world: World) -> Outcome:
    found = own_ticket.named(turn, world)
    if found.ticket is None:
        return own_ticket.refused(found)
    is_own = found.ticket.conversation_id == turn.conversation_id
    return say(_shown(found.ticket, _left_off(found.ticket, world) if is_own else "", is_own=is_own))


def left_off(turn: Turn, world: World) -> Outcome:
    """“刚才说到哪了”, “人工怎么说的”: what the operator gave the bot to know, else the last answer, else the ticket."""
    found = own_ticket.named(turn, world)
    if turn.talk.card and (found.ticket is None or not _left_off(found.ticket, world)):
        return show(turn, world, turn.talk.card, turn.talk.topic, part=turn.talk.part)
    return status(turn, world)


def _left_off(ticket: Ticket, world: World) -> str:
    if ticket.state not in OPEN_STATES:
        return ""
    with world.database.reading() as session:
        return tickets.last_summary(session, ticket.id)


def _shown(ticket: Ticket, left_off: str, *, is_own: bool) -> Outgoing:
    state = replies.TICKET_STATES.get(ticket.state if ticket.owner_id is None else f"{ticket.state}+", ticket.state)
    text = replies.STATUS.format(number=ticket.number, state=state)
    if left_off:
        text = f"{replies.LEFT_OFF.format(summary=left_off.rstrip('。'))}{text}"
    is_over = ticket.state not in OPEN_STATES
    buttons = (Button("打分", "ticket_rate"),) if is_over else (Button("撤回工单", "ticket_withdraw"),)
    return Outgoing(kind="ticket", text=text, ticket=ticket.number, buttons=buttons if is_own else ())
