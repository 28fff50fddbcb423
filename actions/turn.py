"""One turn as an action sees it, and what it may answer: typed, so that no verb digs in Rasa's dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[dict[str, Any], ...]
    slots: dict[str, Any]
    message_id: str
    conversation_id: str | None
    channel: str
    press: str
    today: date
    region: str | None = None
    vector: Vector | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def stores(self) -> bool:
        """False for /api/ask: one question in no conversation, nothing stored."""
        return self.conversation_id is not None


@dataclass(frozen=True)
class Outcome:
    """What a verb answers: at least one message, and the slots it sets."""

    messages: tuple[Outgoing, ...]
    slots: dict[str, Any] = field(default_factory=dict)


Verb = Callable[[Turn, World], Outcome]


def say(*messages: Outgoing, **slots: Any) -> Outcome:
    return Outcome(messages, slots)
