"""Group commit: what waits to be stored shares one transaction and one sync to disk.

A piece of work may run twice (when a neighbour in its batch fails), so it does nothing outside the session. Nobody
hears of success before the commit.
"""

from __future__ import annotations

import asyncio
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
        return self._submit(work).result()

    async def stored(self, work: Callable[[Session], Result]) -> Result:
        """The same for a coroutine; who stops waiting does not stop the work."""
        return await asyncio.shield(asyncio.wrap_future(self._submit(work)))

    def _submit(self, work: Callable[[Session], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        self._waiting.put((work, future))
        self._ensure_thread()
        return future

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
        """All in one transaction; when one of them fails, each again in its own, so that it fails alone."""
        try:
            results = self._together([work for work, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for one in batch:
                self._commit([one])
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _together(self, works: list[Work]) -> list[Any]:
        with self._database.transaction() as session:
            return [work(session) for work in works]
