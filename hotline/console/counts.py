"""How many tickets stand in each view of an operator, remembered for two seconds: every page shows it."""

from __future__ import annotations

from hotline import alarms
from hotline.tickets import queries
from hotline.tickets.access import Viewer
from kit import clock
from kit.db import Database
from kit.recent import Recent

KEPT_FOR = 2.0


class Counts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Recent[tuple[float, dict[str, int]]] = Recent(500)

    def of(self, viewer: Viewer) -> dict[str, int]:
        key = f"{viewer.id}:{viewer.role}:{hash(viewer.desk_ids)}"
        known = self._known.find(key)
        if known is not None and clock.monotonic() - known[0] < KEPT_FOR:
            return known[1]
        with self._database.reading() as session:
            counted = queries.counts(session, viewer) | {"alarms": len(alarms.raised(session, viewer))}
        self._known.put(key, (clock.monotonic(), counted))
        return counted
