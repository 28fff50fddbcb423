"""The worker pressed a button of ours: its payload says what it does (docs/words.md lists the verbs)."""

from __future__ import annotations

from actions.answer import show
from actions.chat import MENU, MORE
from actions.crisis import crisis
from actions.fallback import nothing_near
from actions.follow import more, next_best
from actions.forms import own_ticket, remind
from actions.human import human
from actions.privacy import privacy
from actions.status import status
from actions.turn import Outcome, Turn, Verb, World, say
from bot import replies
from bot.messages import Button, Outgoing

COMMONEST = 5


def _menu(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=MENU))


def _menu_more(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=MORE))


def _left(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.FORM_LEFT))


def _safe(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="info", text=replies.SAFE))


PLAIN: dict[str, Verb] = {
    "human": human,
    "more": more,
    "cancel": _left,
    "menu": _menu,
    "menu_more": _menu_more,
    "none_of_these": next_best,
    "status": status,
    "ticket_withdraw": own_ticket.withdraw,
    "ticket_add": own_ticket.add,
    "ticket_rate": own_ticket.rate,
    "remind": remind.begin,
    "remind_stop": remind.stop,
    "safe": _safe,
    "not_safe": crisis,
    "export": privacy,
    "delete": privacy,
    "delete_sure": privacy,
}


def press(turn: Turn, world: World) -> Outcome:
    verb, _, rest = turn.press.partition(":")
    if turn.press in PLAIN:
        return PLAIN[turn.press](turn, world)
    if verb == "card" and world.knowledge().base.find_card(rest, region=turn.region, on=turn.today):
        return show(turn, world, rest, rest.partition(".")[0])
    if verb == "ask":
        return commonest(turn, world, rest)
    if verb == "case":
        return own_ticket.pressed_invitation(turn, world) or nothing_near(turn, world)
    if verb == "rate":
        return own_ticket.pressed_rating(turn, world) or nothing_near(turn, world)
    return nothing_near(turn, world)


def commonest(turn: Turn, world: World, topic: str) -> Outcome:
    """The commonest questions of a topic, in the order of the policy base's own list."""
    base = world.knowledge().base
    cards = [card for card in base.cards(region=turn.region, on=turn.today) if card.topic == topic]
    if not cards:
        return nothing_near(turn, world)
    buttons = tuple(Button(card.title, f"card:{card.id}") for card in cards[:COMMONEST])
    return say(
        Outgoing(kind="clarify", text=replies.WHICH_ONE, topic=topic, buttons=(*buttons, Button("菜单", "menu")))
    )
