"""Somebody may be in danger: the fixed words first, a P0 ticket at once, no law and no form.

The words are those of the protocol; the third line says truthfully whether somebody is on call. Until he is safe or a
person has taken over, the bot stays and asks one thing at a time (actions/care.py).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from actions import care
from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.mailbox.wake import bell
from bot.messages import Button, Outgoing
from hotline.tickets import service as tickets
from hotline.tickets.shapes import OPEN_STATES

CATEGORY = "T-CRISIS"


def crisis(turn: Turn, world: World) -> Outcome:
    number = None
    on_call = False
    if turn.stores:
        with world.database.transaction() as session:
            ticket = _under_way(session, turn.conversation_id or "") or tickets.open_ticket(
                session,
                key=f"{turn.message_id}:crisis:0",
                conversation_id=turn.conversation_id,
                category=CATEGORY,
                priority="P0",
                reason="crisis",
                facts={"inbox": int(turn.message_id), "words": turn.text, "place": turn.region},
            )
            on_call = tickets.somebody_is_on_call(session)
        number = ticket.number
        bell.ring("desk")
    if care.is_on(turn):
        return care.again(turn, number)
    last = replies.CRISIS_ON_DUTY if on_call else replies.CRISIS_NOBODY
    text = replies.CRISIS + last
    if turn.channel == "sms":
        text += replies.CRISIS_SMS
    talk = care.begun(turn)
    return say(Outgoing(kind="crisis", text=text, topic="crisis", ticket=number, buttons=care.BUTTONS), talk=talk)


def _under_way(session: Session, conversation_id: str) -> tickets.Ticket | None:
    """A second sign joins the ticket that people are on already."""
    mine = tickets.of_conversation(session, conversation_id)
    return next((one for one in mine if one.category == CATEGORY and one.state in OPEN_STATES), None)


def soft_check(turn: Turn, world: World, verb: Verb) -> Outcome:
    """Veiled words: what was asked is answered, and one soft question stands before it."""
    outcome = verb(turn, world)
    question = Outgoing(
        kind="ask",
        text=replies.ARE_YOU_SAFE,
        topic="crisis",
        buttons=(Button("我现在安全", "safe"), Button("我需要帮助", "not_safe")),
    )
    talk = (outcome.talk or turn.talk).but(soft_asked=True)
    return say(question, *outcome.messages, talk=talk)
