"""Not our business, or not understood: said kindly, with the menu and a person."""

from __future__ import annotations

from actions.chat import MENU
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Outgoing


def fallback(_turn: Turn, _world: World) -> Outcome:
    return say(Outgoing(kind="fallback", text=replies.NOT_OURS, topic="oos", buttons=(Button("转人工", "human"),)))


def not_understood(_turn: Turn, _world: World) -> Outcome:
    buttons = (*MENU, Button("转人工", "human"))
    return say(Outgoing(kind="fallback", text=replies.NOT_UNDERSTOOD, topic="oos", buttons=buttons))
