"""What tests of tickets share: a worker's conversation, a ticket, a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow
from hotline.tickets import desks
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database

MONDAY = "2026-11-30 10:00"


@contextmanager
def at(moment: str) -> Iterator[None]:
    """The wall clock in China."""
    when = datetime.fromisoformat(moment).replace(tzinfo=clock.SHANGHAI)
    with time_machine.travel(when, tick=False):
        yield


def conversation(session: Session, id: str = "c1", channel: str = "web") -> str:
    now = clock.now()
    row = ConversationRow(id=id, channel=channel, account="", address=id, opened_at=now, last_in_at=now, profile={})
    session.add(row)
    session.flush()
    return id


def import_desks(database: Database) -> None:
    with database.transaction() as session:
        desks.import_files(session)


def opened(session: Session, key: str = "k", talk: str | None = None, **more: Any) -> tickets.Ticket:
    facts = {"place": "CN-32-05-83", "matter": "恒达电子厂拖欠我两个月工资", "people": 1, **more.pop("facts", {})}
    category = more.pop("category", "T-WAGE")
    return tickets.open_ticket(session, key=key, conversation_id=talk, category=category, facts=facts, **more)
