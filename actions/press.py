"""The worker pressed a button of ours: its payload says what it does (docs/words.md lists the verbs)."""

from __future__ import annotations

from actions.answer import show
from actions.chat import MENU
from actions.fallback import not_understood
from actions.human import human
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing

COMMONEST = 5


def press(turn: Turn, world: World) -> Outcome:
    verb, _, rest = turn.press.partition(":")
    if verb == "human":
        return human(turn, world)
    if verb == "card" and world.knowledge().base.find_card(rest, region=turn.region, on=turn.today):
        return show(turn, world, rest, rest.partition(".")[0])
    if verb == "ask":
        return commonest(turn, world, rest)
    if verb == "menu":
        return say(Outgoing(kind="info", text=replies.MENU, topic="chitchat", buttons=MENU))
    return not_understood(turn, world)


def commonest(turn: Turn, world: World, topic: str) -> Outcome:
    """The first questions of a topic; the policy base keeps them in the order of how often they are asked."""
    cards = [card for card in world.knowledge().base.cards(on=turn.today) if card.topic == topic]
    if not cards:
        return not_understood(turn, world)
    buttons = tuple(Button(card.title, f"card:{card.id}") for card in cards[:COMMONEST])
    return say(Outgoing(kind="clarify", text=replies.WHICH_ONE, topic=topic, buttons=buttons))
