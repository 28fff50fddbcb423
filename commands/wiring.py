"""The one place that puts the parts together: which encoder, which policy base, which desk."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from starlette.routing import BaseRoute

from actions.turn import Vector, World
from bot.channels.base import Channel
from bot.gateway.converse import rescue
from bot.gateway.fetch import fetch_wanted, tidy_files
from bot.gateway.rasa_client import RasaClient
from bot.gateway.typing import Typing
from bot.mailbox import retention
from bot.mailbox.trackers import Trackers
from commands.backup import default_keys
from commands.vectors import cached_encoder
from hotline import alarms, hooks, people
from hotline.backups import regular
from hotline.console.app import routes as console_routes
from hotline.evidence.store import Store
from hotline.policy import records
from hotline.policy.current import Current
from hotline.reminders import service as reminders
from hotline.tickets import escalation
from hotline.tickets import service as tickets
from hotline.warnings import evaluate, watch
from kit import clock, log
from kit.db import Database
from kit.duties import Duty
from kit.recent import Recent
from kit.settings import Settings
from knowledge.encoder import E5, Encoder, normalise
from knowledge.telling import as_asked

logger = log.logger("wiring")


class LiveEncoder:
    """Encodes what workers write; the latest vectors stay in memory, by a hash of the text, and nowhere else."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self._latest: Recent[Vector] = Recent(5000)

    def __call__(self, text: str) -> Vector:
        text = as_asked(text)
        key = hashlib.sha256(normalise(text).encode()).hexdigest()
        known = self._latest.find(key)
        if known is None:
            known = self._inner.encode_query([text])[0]
            self._latest.put(key, known)
        return known


def policy_base(configured: Settings, database: Database) -> Current:
    return Current(database, cached_encoder(configured))


def world(database: Database, current: Current) -> World:
    return World(database, current.knowledge, LiveEncoder(E5()))


class WarmUp:
    """The first question after a start would wait for the policy base and the encoder. Whoever first asks whether we
    are ready has them loaded, beside the work, and hears yes once they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._load, name="warm-up", daemon=True)

    def __call__(self) -> bool:
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()
        return not self._thread.is_alive()

    def _load(self) -> None:
        try:
            self._world.knowledge()
            self._world.encode("老板拖欠我三个月工资怎么办")
        except Exception:  # a database that is away for a moment: then the first question waits
            logger.exception("could not warm up")


def desk_routes(configured: Settings, database: Database, world: World) -> list[BaseRoute]:
    return console_routes(database, configured, world)


def duties(configured: Settings, channels: Sequence[Channel]) -> list[Duty]:
    """What is done again and again, by one process at a time; a package that has such work adds it here."""
    trackers = Trackers(Database(configured.tracker_database))
    keep = retention.Keep(configured.words_days, configured.rows_days, configured.archive_days)
    store, by_name = Store(configured.data), {channel.name: channel for channel in channels}
    return [
        *([Duty("show typing", 2.0, Typing(by_name).show)] if channels else []),
        Duty("fetch files", 5.0, lambda database: fetch_wanted(database, store, by_name)),
        Duty("tidy files", 600.0, lambda database: tidy_files(database, store, days=configured.words_days)),
        Duty("tidy the mailbox", 30.0, lambda database: retention.run(database, trackers, keep)),
        Duty("finish deletions", 60.0, people.finish),
        Duty("end sealed fields", 3600.0, people.end_what_is_over),
        Duty("move the clocks", 5.0, escalation.run),
        Duty("look for early signs", 1.0, evaluate.run),
        Duty("hurry late reports", 20.0, watch.hurry),
        Duty("look for rises", 24 * 3600.0, watch.look_for_rises),
        Duty("put approved texts in force", 30.0, publish_due),
        Duty("remind workers of deadlines", 60.0, reminders.send_due),
        Duty("rescue", 0.5, lambda database: rescue(database, waited=configured.fallback_after)),
        Duty("end old tickets", 3600.0, tickets.end_old),
        Duty("ring the duty officers", 1.0, alarms.run),
        Duty("webhooks", 1.0, hooks.run),
        *backups(configured),
    ]


def backups(configured: Settings) -> list[Duty]:
    """Only where a folder was named for them."""
    if not configured.backup_dir:
        return []

    def back_up(database: Database) -> None:
        regular.run(database, Path(configured.backup_dir), default_keys(configured), configured.data)

    return [Duty("back up", configured.backup_minutes * 60, back_up)]


def publish_due(database: Database) -> int:
    """Texts of the policy base whose day has come."""
    with database.transaction() as session:
        return records.publish_due(session)


def about(current: Current, rasa: RasaClient) -> Callable[[], dict[str, Any]]:
    """What a process says of itself beside being alive. Asking has it look for changes, so an idle one has them too."""
    return lambda: {"policy_version": current.serves(), "models": rasa.models()}


def readiness(database: Database, rasa: RasaClient, is_warm: Callable[[], bool]) -> Callable[[], dict[str, bool]]:
    """Asked by /readyz; the answer is remembered for a moment so that probes cost nothing."""
    remembered: dict[str, bool] = {}
    asked_at = [float("-inf")]

    def is_ready() -> dict[str, bool]:
        if clock.monotonic() - asked_at[0] > 0.5:
            remembered.update(database=_answers(database), rasa=rasa.is_ready(), warm=is_warm())
            asked_at[0] = clock.monotonic()
        return dict(remembered)

    return is_ready


def _answers(database: Database) -> bool:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
