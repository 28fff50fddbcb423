"""Brings the files that workers have agreed to have kept, from the platform that holds them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.base import Channel, SendError
from hotline.evidence import kinds
from hotline.evidence import service as evidence
from hotline.evidence.store import Store
from kit import log
from kit.db import Database

logger = log.logger("fetch")


def fetch_wanted(database: Database, store: Store, channels: Mapping[str, Channel]) -> int:
    """One round; a file that the platform does not give now is asked for again later."""
    with database.reading() as session:
        due = evidence.wanted(session)
    for one in due:
        channel = channels.get(one.channel)
        try:
            if channel is None:
                raise SendError("the channel is not configured here", retry_after=60.0)
            data = channel.fetch(one.reference, kinds.MOST_BYTES)
            with database.transaction() as session:
                evidence.keep(session, store, one.id, data)
        except evidence.EvidenceError as error:
            _note(database, one.id, str(error), for_good=True)
        except SendError as error:
            _note(database, one.id, error.code, for_good=channel is not None and not error.retryable)
    return len(due)


def _note(database: Database, file_id: str, why: str, *, for_good: bool) -> None:
    logger.warning("file not fetched", file=file_id, reason=why)
    with database.transaction() as session:
        if for_good:
            evidence.refuse(session, file_id, why)
        else:
            evidence.again_later(session, file_id, why)


def tidy_files(database: Database, store: Store, *, days: float) -> None:
    with database.transaction() as session:
        evidence.tidy(session, store, days=days)
