"""What a process counts about itself, for Prometheus: how long, how many, of which closed kind; never who or what.

Labels are words that we made up (channels, kinds, outcomes), never ids, addresses or anything that a person wrote. What
the rows know (queues, tickets, clocks) is asked of the database in hotline/health.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from kit import clock

ACKNOWLEDGED = Histogram(
    "gongyou_acknowledged_seconds",
    "From a message at our door to its place on disk",
    ["channel"],
    buckets=(0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 5),
)
STAGES = Histogram(
    "gongyou_turn_seconds",
    "The stages of a turn: waiting, encode, rasa, write, whole",
    ["stage"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
ANSWERS = Counter("gongyou_answers", "What the bot answered, by kind", ["kind"])
POSTPONED = Counter("gongyou_postponed", "Turns that failed and wait, by reason", ["reason"])
HANDED_OVER = Counter("gongyou_handed_over", "Messages that went to a person's thread or to a person for good", ["why"])
DELIVERIES = Counter("gongyou_deliveries", "Attempts to deliver, by channel and outcome", ["channel", "outcome"])


class Stopwatch:
    """Times the stages of one turn, for the metrics and for the turn's own line in the log."""

    def __init__(self) -> None:
        self._took: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = clock.monotonic()
        try:
            yield
        finally:
            self.note(name, clock.monotonic() - began)

    def note(self, name: str, seconds: float) -> None:
        self._took[name] = self._took.get(name, 0.0) + seconds
        STAGES.labels(name).observe(seconds)

    def milliseconds(self) -> dict[str, int]:
        return {f"{name}_ms": round(seconds * 1000) for name, seconds in self._took.items()}
