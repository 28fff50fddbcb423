"""Group commit: what waits to be stored shares one transaction and one sync to disk.

Each piece of work runs in its own savepoint: one that fails harms no other. Nobody hears of success before the commit.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from kit.db import Database

Result = TypeVar("Result")
Work = Callable[[Session], Any]
MOST = 64  # pieces of work in one commit: bounds how long the first of them waits


class Writer:
    """One thread that stores for many; it starts with the first piece of work and ends with the process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[tuple[Work, Future[Any]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[Session], Result]) -> Result:
        """The work's result once it is on disk, or what it or the commit raised."""
        future: Future[Result] = Future()
        self._waiting.put((work, future))
        self._ensure_thread()
        return future.result()

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            self._commit([self._waiting.get(), *self._more()])

    def _more(self) -> list[tuple[Work, Future[Any]]]:
        found: list[tuple[Work, Future[Any]]] = []
        while len(found) < MOST - 1:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _commit(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        ended: list[tuple[Future[Any], Any]] = []
        try:
            with self._database.transaction() as session:
                for work, future in batch:
                    try:
                        with session.begin_nested():
                            ended.append((future, work(session)))
                    except Exception as error:  # his own failure goes back to him alone
                        future.set_exception(error)
        except BaseException as error:  # nothing of this batch is on disk: everyone must hear that
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in ended:
            future.set_result(result)
