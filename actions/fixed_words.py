"""Words that need no model: the menu, a ticket's number, 登记, 更多. They win over whatever the sentence is near to."""

from __future__ import annotations

import re

from actions.chat import MENU
from actions.follow import more
from actions.forms import ticket
from actions.status import status
from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.messages import Outgoing

MENU_WORDS = re.compile(r"^(?:菜单|主菜单|目录|选项|帮助|menu)$", re.IGNORECASE)
MORE_WORDS = re.compile(r"^(?:更多|下一页|继续|还有呢|接着说)$")
STATUS_WORDS = re.compile(r"工单|20\d{6}\D?\d{4,6}\D?\d(?!\d)")
REGISTER_WORDS = re.compile(r"^(?:我要|帮我|我想)?登记(?:求助|一下)?$")


def menu(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=MENU))


def register(turn: Turn, world: World) -> Outcome:
    """The form of the card just shown, or of no category yet."""
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    return ticket.begin(turn, world, (card.ticket if card else None) or "T-OTHER")


def verb_for(turn: Turn) -> Verb | None:
    """The verb that the words themselves name, or None."""
    said = turn.text.strip("。！!，, ？?")
    if turn.press or not said:
        return None
    if MENU_WORDS.match(said):
        return menu
    if MORE_WORDS.match(said) and turn.talk.card:
        return more
    if REGISTER_WORDS.match(said):
        return register
    return status if STATUS_WORDS.search(said) else None
