"""Not our business, or not understood: said kindly, with the right door when it is known, the menu and a person."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import yaml

from actions.chat import MENU
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing
from hotline.policy import misses
from knowledge.words import DATA

PERSON = Button("转人工", "human")
REGISTER = Button("登记求助", "ticket:T-OTHER")
LONGEST = 120  # of a question that is remembered
SHORTEST = 4  # of one that the desk can learn from
OFFER_A_PERSON_AFTER = 2


@dataclass(frozen=True)
class Door:
    words: re.Pattern[str]
    hotline: str
    what: str


@functools.lru_cache(maxsize=1)
def doors() -> tuple[Door, ...]:
    raw = yaml.safe_load((DATA / "other_doors.yml").read_text(encoding="utf-8"))
    return tuple(Door(re.compile(row["words"]), str(row["hotline"]), row["what"]) for row in raw)


def fallback(turn: Turn, world: World) -> Outcome:
    """Says in one sentence that it is not ours, and names the door where it is known; invents no law."""
    door = next((door for door in doors() if door.words.search(turn.text)), None)
    text = replies.NOT_OURS
    if door is not None:
        phone = world.knowledge().base.phone(door.hotline, turn.region)
        text = replies.NOT_OURS_BUT.format(what=door.what, phone=phone)
    return say(Outgoing(kind="fallback", text=text, topic="oos", buttons=(*MENU[:3], PERSON)))


def nothing_near(turn: Turn, world: World) -> Outcome:
    """Labour, but no card is near: the menu first; when it happens again a person, or a ticket to wait for one."""
    missed = turn.talk.missed + 1
    is_first = missed < OFFER_A_PERSON_AFTER
    record_miss(turn, world, "not_understood", turn.text)
    text = replies.NOT_UNDERSTOOD if is_first else replies.NOT_UNDERSTOOD_AGAIN
    buttons = (PERSON, *MENU) if is_first else (PERSON, REGISTER)
    talk = turn.talk.but(missed=missed, asked=turn.text[:LONGEST] or turn.talk.asked)
    return say(Outgoing(kind="fallback", text=text, topic=_topic(turn), buttons=buttons), talk=talk)


def record_miss(turn: Turn, world: World, reason: misses.Reason, question: str) -> None:
    """For the desk: which questions no card answers. Nothing is kept of a question asked outside a conversation."""
    if turn.conversation_id is None or len(question) < SHORTEST:
        return
    with world.database.transaction() as session:
        misses.record(
            session,
            message_id=turn.message_id,
            conversation_id=turn.conversation_id,
            reason=reason,
            question=question,
            card=turn.talk.card,
            topic=turn.talk.topic,
            region=turn.region,
        )


def _topic(turn: Turn) -> str:
    return turn.intent if turn.intent in ("chitchat", "human") else "oos"
