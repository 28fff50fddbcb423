"""Every process says every few seconds that it lives, and which policy base it answers from."""

from __future__ import annotations

import os
import resource
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hotline.health.tables import ProcessRow
from kit import clock, log
from kit.db import Database

logger = log.logger("health")

EVERY = 5.0
FORGET_AFTER = timedelta(hours=1)


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


class Beat:
    """One thread a process."""

    def __init__(self, database: Database, roles: Sequence[str], about: Callable[[], dict[str, Any]]) -> None:
        self._database = database
        self._roles = ",".join(roles)
        self._about = about
        self._started_at = clock.now()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave the list, so that nobody takes a stopped process for a dead one."""
        self._stopping.set()
        self._thread.join(EVERY)
        with self._database.transaction() as session:
            session.execute(delete(ProcessRow).where(ProcessRow.id == process_name()))

    def _run(self) -> None:
        while True:
            try:
                about = self.about()  # asks Rasa, which may take a second: not while we hold the database
                with self._database.transaction() as session:
                    self.beat(session, about)
            except Exception as error:  # the database is away: that shows as silence, which is what it is
                logger.warning("no beat", error=type(error).__name__)
            if self._stopping.wait(EVERY):
                return

    def about(self) -> dict[str, Any]:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return {"memory_mb": memory, "clock_astray_s": round(clock.astray(), 1), **self._about()}

    def beat(self, session: Session, about: dict[str, Any]) -> None:
        now = clock.now()
        row = ProcessRow(id=process_name(), roles=self._roles, started_at=self._started_at, seen_at=now, about=about)
        session.merge(row)
        session.execute(delete(ProcessRow).where(ProcessRow.seen_at < now - FORGET_AFTER))
