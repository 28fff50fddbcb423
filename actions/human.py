"""The worker wants a person: a ticket at once. The bot stays until an operator takes the conversation over."""

from __future__ import annotations

from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline.tickets import service as tickets
from hotline.tickets.shapes import AWAY


def human(turn: Turn, world: World) -> Outcome:
    if not turn.stores:
        return say(Outgoing(kind="ticket", text=replies.HUMAN_BY_PHONE, topic="human"))
    with world.database.transaction() as session:
        known = tickets.find_open(session, turn.conversation_id or "")
        if known is not None and known.reason == AWAY:
            known = None  # opened because the bot was away; it closes itself when this answer is out
        ticket = known or tickets.open_ticket(
            session,
            key=f"{turn.message_id}:human:0",
            conversation_id=turn.conversation_id,
            category="T-OTHER",
            facts={"inbox": int(turn.message_id), "place": turn.region, "card": turn.talk.card},
        )
        is_here = tickets.somebody_is_here(session)
    bell.ring("desk")
    when = replies.PERSON_HERE if is_here else replies.PERSON_LATER
    text = replies.ASK_PERSON.format(number=ticket.number, code=ticket.code, when=when)
    return say(Outgoing(kind="ticket", text=text, topic="human", ticket=ticket.number), talk=turn.talk.but(form=None))
