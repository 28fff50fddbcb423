"""The worker wants a person: a ticket is opened and a person owns the conversation from now on."""

from __future__ import annotations

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets


def human(turn: Turn, world: World) -> Outcome:
    if not turn.stores:
        return say(Outgoing(kind="ticket", text=replies.HUMAN_BY_PHONE, topic="human"))
    with world.database.transaction() as session:
        ticket = tickets.open_ticket(
            session,
            key=f"{turn.message_id}:action_human:0",
            conversation_id=turn.conversation_id,
            category="T-OTHER",
            facts={"inbox": int(turn.message_id)},
        )
    bell.ring("desk")
    text = replies.ASK_PERSON.format(number=ticket.number, code=ticket.code)
    return say(Outgoing(kind="ticket", text=text, topic="human", ticket=ticket.number))
