"""Rasa's locks in Redis, and in this process while Redis is away.

Our gateway never asks two turns of one conversation at the same time (the oldest open row, one lease), so Rasa's own
lock is the second fence, not the first. Stock Rasa fails every turn while Redis is away; here the turns go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

LEFT_ALONE = 5.0  # seconds in which a Redis that did not answer is not asked again


class LockStore(RedisLockStore):
    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__(host=endpoint_config.url, socket_timeout=1.0, **endpoint_config.kwargs)
        self._here = InMemoryLockStore()
        self._alone_until = 0.0

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock]:
        """One turn keeps to one place, so that Redis may come and go meanwhile."""
        store: Any = super() if self._answers() else self._here
        async with store.lock(conversation_id, lock_lifetime, wait_time_in_seconds) as held:
            yield held

    def _answers(self) -> bool:
        if time.monotonic() < self._alone_until:
            return False
        try:
            self.red.ping()
        except RedisError as error:
            log.warning("Redis is away (%s): locks are kept in this process.", type(error).__name__)
            self._alone_until = time.monotonic() + LEFT_ALONE
            return False
        return True

    def cleanup(self, conversation_id: str, ticket_number: int) -> None:
        try:
            super().cleanup(conversation_id, ticket_number)
        except RedisError:
            log.warning("Redis went away during a turn: its lock there ends by itself.")
