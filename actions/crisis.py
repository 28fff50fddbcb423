"""Somebody may be in danger: the fixed words first, a P0 ticket at once, no law and no form."""

from __future__ import annotations

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets


def crisis(turn: Turn, world: World) -> Outcome:
    number = None
    if turn.stores:
        with world.database.transaction() as session:
            ticket = tickets.open_ticket(
                session,
                key=f"{turn.message_id}:action_crisis:0",
                conversation_id=turn.conversation_id,
                category="T-CRISIS",
                priority="P0",
                reason="crisis",
                facts={"inbox": int(turn.message_id), "words": turn.text},
                take_over=False,
            )
        number = ticket.number
        bell.ring("desk")
    return say(Outgoing(kind="crisis", text=replies.CRISIS + replies.CRISIS_NOBODY, topic="crisis", ticket=number))
