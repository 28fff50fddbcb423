"""One turn as an action sees it, and what it may answer: typed, so that no verb digs in Rasa's dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.talk import Talk
from bot.messages import Outgoing
from hotline.policy.current import Knowledge
from kit.db import Database

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class World:
    """What verbs reach beyond the message: the database, the policy base, the encoder."""

    database: Database
    knowledge: Callable[[], Knowledge]
    encode: Callable[[str], Vector]


@dataclass(frozen=True)
class Turn:
    """One message of a worker with what Rasa understood and what the conversation knows."""

    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[dict[str, Any], ...]
    talk: Talk
    message_id: str
    conversation_id: str | None
    channel: str
    press: str
    today: date
    vector: Vector | None = None
    cards: tuple[tuple[str, float], ...] = ()  # those that the topic model thinks likely
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str | None:
        """Where he works, as far as he has said."""
        return self.talk.region or None

    @property
    def stores(self) -> bool:
        """False for /api/ask: one question in no conversation, nothing stored."""
        return self.conversation_id is not None


@dataclass(frozen=True)
class Outcome:
    """What a verb answers: at least one message, and what the conversation remembers from now on.

    With `forget` Rasa drops everything that it holds of the conversation, the message just answered included.
    """

    messages: tuple[Outgoing, ...]
    talk: Talk | None = None
    forget: bool = False


Verb = Callable[[Turn, World], Outcome]


def ranked(told: Iterable[Mapping[str, Any]] | None) -> tuple[tuple[str, float], ...]:
    """Names with their probabilities, as Rasa tells them."""
    return tuple((one["name"], float(one["confidence"])) for one in told or ())


def say(*messages: Outgoing, talk: Talk | None = None) -> Outcome:
    return Outcome(messages, talk)
