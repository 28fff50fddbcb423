"""Where Rasa keeps its conversations: one row each, the tracker itself kept warm in the process.

The stock SQL store writes a row an event and reads and parses the whole session at every turn: half of a turn. Ours
keeps the live tracker by conversation, asks the database only whether another process has moved the conversation on
meanwhile (its version), and writes one row a turn with the slots, the active form and the last turns. Delivery does not
hang on it: inbox and outbox hold the messages, so SQLite may sync lazily here (docs/decisions/0003).
"""

from __future__ import annotations

import functools
import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg2
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, Restarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

KEEP_WARM = 2000
KEEP_TURNS = 2  # the talk itself is in a slot (decision 0050); the rules look at the last turn only
MAX_EVENTS = 24

metadata = sa.MetaData()
conversations = sa.Table(
    "rasa_conversation",
    metadata,
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("saved_at", sa.Float, nullable=False, index=True),
    sa.Column("events", sa.Text, nullable=False),
)

# Written down once: doing it in every turn took longer than the database does.
_OURS = conversations.c.sender_id == sa.bindparam("sender")
_VERSION = sa.select(conversations.c.version).where(_OURS)
_EVENTS = sa.select(conversations.c.events).where(_OURS)
_UPDATE = (
    sa.update(conversations)
    .where(_OURS, conversations.c.version == sa.bindparam("known"))
    .values({name: sa.bindparam(name) for name in ("version", "saved_at", "events")})
)


class MovedOn(Exception):
    """Another process answered in this conversation meanwhile, or it was deleted: this turn counts for nothing."""


@dataclass
class Warm:
    version: int
    tracker: DialogueStateTracker


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _engine(url: str) -> sa.engine.Engine:
    """SQLite: one connection that stays, because closing the last one folds the log into the file, with two syncs."""
    if not url.startswith("sqlite"):
        connect = functools.partial(psycopg2.connect, url)
        return sa.create_engine("postgresql://", creator=connect, pool_pre_ping=True, hide_parameters=True)
    one_for_all = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = sa.create_engine(url, hide_parameters=True, **one_for_all)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _fail_instead_of_forgetting() -> None:
    """Rasa goes on with an empty memory when its store fails, and the worker gets an answer to half of his story. A
    turn that fails is asked again by our gateway, so it shall fail."""

    def fail(_self: FailSafeTrackerStore, error: Exception) -> None:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = fail  # type: ignore[method-assign]
    FailSafeTrackerStore.on_tracker_store_retrieve_error = fail  # type: ignore[method-assign]


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
        self._engine = _engine(host)
        metadata.create_all(self._engine)
        self._warm: OrderedDict[str, Warm] = OrderedDict()
        self._versions: dict[str, int] = {}
        _fail_instead_of_forgetting()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        if any(isinstance(event, Restarted) for event in tracker.events):
            tracker = self._rebuilt(tracker.sender_id, _since_restart(tracker))
        if len(tracker.events) > MAX_EVENTS:
            tracker = self._rebuilt(tracker.sender_id, _essence(tracker))
        saved = self._warm.get(tracker.sender_id)  # a new conversation is saved before its first turn and after it
        known = self._versions.pop(tracker.sender_id, saved.version if saved else 0)
        row = {
            "version": known + 1,
            "saved_at": time.time(),
            "events": json.dumps([event.as_dict() for event in _essence(tracker)], ensure_ascii=False),
        }
        with self._engine.begin() as connection:
            if not known:
                connection.execute(sa.insert(conversations), {"sender_id": tracker.sender_id, **row})
            elif connection.execute(_UPDATE, {"sender": tracker.sender_id, "known": known, **row}).rowcount == 0:
                raise MovedOn(tracker.sender_id)
        self._warm[tracker.sender_id] = Warm(known + 1, tracker)
        while len(self._warm) > KEEP_WARM:
            self._warm.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The warm tracker if nobody else moved the conversation on; a turn that fails leaves no half-changed one."""
        warm = self._warm.pop(sender_id, None)
        with self._engine.connect() as connection:
            version = connection.execute(_VERSION, {"sender": sender_id}).scalar()
            if version is None:
                return None
            self._versions[sender_id] = version
            if warm is not None and warm.version == version:
                return warm.tracker
            stored = json.loads(connection.execute(_EVENTS, {"sender": sender_id}).scalar_one())
        return DialogueStateTracker.from_dict(sender_id, stored, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(sa.select(conversations.c.sender_id))]

    def _rebuilt(self, sender_id: str, events: list[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)


def _since_restart(tracker: DialogueStateTracker) -> list[Event]:
    """A worker had his words deleted: nothing from before stays, in the row or in memory, not even the restart."""
    events = list(tracker.events)
    last = max(place for place, event in enumerate(events) if isinstance(event, Restarted))
    return events[last + 1 :]


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
