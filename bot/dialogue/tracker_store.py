"""Where Rasa keeps its conversations: one row each, the tracker itself kept warm in the process.

The stock SQL store writes a row an event and reads and parses the whole session at every turn: half of a turn. Ours
keeps the live tracker by conversation, asks the database only whether another process has moved the conversation on
meanwhile (its version), and writes one row a turn with the slots, the active form and the last turns. Delivery does not
hang on it: inbox and outbox hold the messages, so SQLite may sync lazily here (docs/decisions/0003).
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

KEEP_WARM = 2000
KEEP_TURNS = 8
MAX_EVENTS = 80

metadata = sa.MetaData()
conversations = sa.Table(
    "rasa_conversation",
    metadata,
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("saved_at", sa.Float, nullable=False, index=True),
    sa.Column("events", sa.Text, nullable=False),
)


@dataclass
class Warm:
    version: int
    tracker: DialogueStateTracker


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


class ConversationStore(TrackerStore, SerializedTrackerAsText):
    def __init__(
        self,
        domain: Domain | None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        if not host:
            raise ValueError("endpoints.yml: the tracker store needs `url`, a database URL")
        self._engine = sa.create_engine(host, pool_pre_ping=not host.startswith("sqlite"))
        if host.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
        metadata.create_all(self._engine)
        self._warm: OrderedDict[str, Warm] = OrderedDict()
        self._versions: dict[str, int] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        if len(tracker.events) > MAX_EVENTS:
            tracker = self._rebuilt(tracker.sender_id, _essence(tracker))
        version = self._versions.pop(tracker.sender_id, 0) + 1
        row = {
            "sender_id": tracker.sender_id,
            "version": version,
            "saved_at": time.time(),
            "events": json.dumps([event.as_dict() for event in _essence(tracker)], ensure_ascii=False),
        }
        with self._engine.begin() as connection:
            changed = connection.execute(
                sa.update(conversations).where(conversations.c.sender_id == tracker.sender_id).values(**row)
            )
            if changed.rowcount == 0:
                connection.execute(sa.insert(conversations).values(**row))
        self._warm[tracker.sender_id] = Warm(version, tracker)
        while len(self._warm) > KEEP_WARM:
            self._warm.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The warm tracker if nobody else moved the conversation on; a turn that fails leaves no half-changed one."""
        warm = self._warm.pop(sender_id, None)
        with self._engine.connect() as connection:
            query = sa.select(conversations.c.version).where(conversations.c.sender_id == sender_id)
            version = connection.execute(query).scalar()
            if version is None:
                return None
            self._versions[sender_id] = version
            if warm is not None and warm.version == version:
                return warm.tracker
            query = sa.select(conversations.c.events).where(conversations.c.sender_id == sender_id)
            stored = json.loads(connection.execute(query).scalar_one())
        return DialogueStateTracker.from_dict(sender_id, stored, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(sa.select(conversations.c.sender_id))]

    def _rebuilt(self, sender_id: str, events: list[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)


def _essence(tracker: DialogueStateTracker) -> list[Event]:
    """What the next turn needs: the slots, the active form, and the last turns from a point where the bot listened."""
    events = list(tracker.events)
    listens = [
        place
        for place, event in enumerate(events)
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
    ]
    if len(listens) <= KEEP_TURNS:
        return events
    recent = events[listens[-KEEP_TURNS - 1] :]
    slots: list[Event] = [
        SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value != slot.initial_value
    ]
    loop: list[Event] = [ActiveLoop(tracker.active_loop.name)] if tracker.active_loop else []
    return [*slots, *loop, *recent]
