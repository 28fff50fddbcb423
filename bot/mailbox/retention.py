"""The mailbox tidies itself up, a bounded piece a run: words end, finished rows are archived, the archive ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.mailbox import archive, privacy
from bot.mailbox.state import MailboxState
from bot.mailbox.trackers import Trackers
from kit import clock
from kit.db import Database


@dataclass(frozen=True)
class Keep:
    """For how many days: words after a conversation's end, finished rows, archived rows."""

    words: float
    rows: float
    archived: float


def run(database: Database, trackers: Trackers, keep: Keep) -> None:
    with database.transaction() as session:
        privacy.end_old_conversations(session, days=keep.words)
    privacy.finish(database, trackers)
    now = clock.now()
    with database.transaction() as session:
        archive.archive(session, before=now - timedelta(days=keep.rows))
    with database.transaction() as session:
        archive.delete_archived(session, before=now - timedelta(days=keep.archived))
    MailboxState(database).sweep()
