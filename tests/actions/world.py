"""A turn and a world for verbs that need no Rasa: the policy base of the files, no search, a real database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from actions.respond import respond
from actions.routes import ACTIONS
from actions.talk import Talk
from actions.turn import Outcome, Turn, World
from bot.mailbox import inbox
from bot.messages import Incoming, Outgoing
from kit import clock
from kit.db import Database
from knowledge.loader import DATA, load

TODAY = date(2026, 11, 30)


class Nothing:
    """An index in which no card is near."""

    def search(self, *_: Any, **__: Any) -> list[Any]:
        return []


@dataclass(frozen=True)
class Known:
    base: Any
    index: Any


@lru_cache(maxsize=1)
def base() -> Any:
    return load(DATA)


def world(database: Database) -> World:
    known: Any = Known(base(), Nothing())
    return World(database, lambda: known, lambda _text: np.zeros(4, np.float32))


def turn(text: str = "", press: str = "", talk: Talk | None = None, **more: Any) -> Turn:
    known = Turn(
        text=text,
        intent="give_fact",
        confidence=0.4,
        ranking=(),
        entities=(),
        talk=talk or Talk(),
        message_id="1",
        conversation_id="c",
        channel="web",
        press=press,
        today=TODAY,
    )
    return replace(known, **more)


class Worker:
    """Somebody who talks to the actions directly: each message is stored as the gateway stores it."""

    def __init__(self, database: Database, address: str = "worker-1", channel: str = "web") -> None:
        self.database, self.address, self.channel = database, address, channel
        self.world = world(database)
        self.talk = Talk()
        self.said = 0
        self.conversation_id = ""

    def say(self, text: str = "", press: str = "", verb: str = "", **more: Any) -> tuple[Outgoing, ...]:
        self.said += 1
        incoming = Incoming("web", "", self.address, f"{self.address}:{self.said}", text=text, payload=press)
        with self.database.transaction() as session:
            accepted = inbox.accept(session, incoming, now=clock.now(), key="k")
        self.conversation_id = accepted.conversation_id
        asked = turn(
            text,
            press,
            self.talk,
            message_id=str(accepted.inbox_id),
            conversation_id=accepted.conversation_id,
            channel=self.channel,
            today=clock.today(),
            **more,
        )
        outcome: Outcome = respond(ACTIONS[verb or ("action_press" if press else "action_loose")], asked, self.world)
        self.talk = Talk() if outcome.forget else Talk.from_slot((outcome.talk or self.talk).as_slot())
        return outcome.messages

    def hears(self, text: str = "", press: str = "", **more: Any) -> str:
        return "\n".join(message.text for message in self.say(text, press, **more))
