"""The rows' own figures for Prometheus, read at most every five seconds however often somebody asks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hotline.health import snapshot
from hotline.health.snapshot import Health
from kit import clock, log
from kit.db import Database

logger = log.logger("health")

KEEP = 5.0


class Rows(Collector):
    """`is_ready` says of each part whether it answers; a database that is away shows as a part that does not."""

    def __init__(
        self, database: Database, is_ready: Callable[[], dict[str, bool]], models: Callable[[], dict[str, str]]
    ) -> None:
        self._database = database
        self._is_ready = is_ready
        self._models = models
        self._lock = threading.Lock()
        self._taken: Health | None = None
        self._taken_at = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database when the collector is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        yield _family("gongyou_ready", "Whether a part answers", "part", self._is_ready())
        models = Counter(model or "none" for model in self._models().values())
        yield _family("gongyou_rasa_processes", "Rasa processes by the model that they answer with", "model", models)
        yield _plain("gongyou_clock_astray_seconds", "How far this host's clock is from the database's", clock.astray())
        health = self._health()
        if health is not None:
            yield from families(health)

    def _health(self) -> Health | None:
        with self._lock:
            if clock.monotonic() - self._taken_at > KEEP:
                try:
                    with self._database.reading() as session:
                        self._taken = snapshot.take(session, clock.now())
                except SQLAlchemyError as error:
                    logger.warning("no figures", error=type(error).__name__)
                    self._taken = None
                self._taken_at = clock.monotonic()
            return self._taken


def families(health: Health) -> Iterator[Metric]:
    queues = health.queues
    yield _family("gongyou_queue_rows", "Rows that wait", "queue", {q.name: q.rows for q in queues})
    yield _family(
        "gongyou_queue_oldest_seconds", "Age of the oldest row", "queue", {q.name: q.oldest_s for q in queues}
    )
    yield _family(
        "gongyou_windows_shut", "Replies that wait for the worker's next word", "channel", health.windows_shut
    )
    yield _family("gongyou_undeliverable", "Replies that were given up", "channel", health.undeliverable)
    yield _plain("gongyou_buried", "Messages that crashed their worker too often", health.buried)
    yield _family("gongyou_tickets", "Tickets by state", "state", health.tickets)
    yield _family("gongyou_clocks_over", "Clocks of open tickets past their time", "clock", health.clocks_over)
    yield _plain("gongyou_tickets_with_alert", "Open tickets that belong to an alert", health.tickets_with_alert)
    yield _plain("gongyou_policy_version", "The latest change of the policy base", health.policy_version)
    late = {duty.name: int(duty.is_late) for duty in health.duties}
    yield _family("gongyou_duty_late", "Whether a duty has not run in its time", "duty", late)
    silent = {process.id: int(process.is_silent) for process in health.processes}
    yield _family("gongyou_process_silent", "Whether a process stopped saying that it lives", "process", silent)


def _family(name: str, about: str, label: str, values: Mapping[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def _plain(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
