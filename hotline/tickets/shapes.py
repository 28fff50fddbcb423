"""What other packages see of tickets: frozen copies, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import object_session

from hotline.tickets.sealed import opened_summary
from hotline.tickets.tables import TicketRow

OPEN_STATES = ("open", "waiting")
BOT = "bot"
SYSTEM = "system"
WORKER = "worker"
AWAY = "failure"  # why a ticket was opened: the bot could not answer; it closes itself when the answer comes


def operator(id: int) -> str:
    """How an operator is named as the actor of an event."""
    return f"operator:{id}"


@dataclass(frozen=True)
class Ticket:
    id: int
    number: str
    code: str
    conversation_id: str | None
    person_id: int | None
    channel: str
    category: str
    group: str
    priority: str
    reason: str
    state: str
    summary: str
    people_count: int
    region: str | None
    place: str
    home_region: str | None
    employer: str
    employer_key: str
    industry: str
    grid: str
    desk_id: str | None
    owner_id: int | None
    avoid_id: int | None
    master_id: int | None
    merged_into: int | None
    alert_id: int | None
    satisfaction: int | None
    version: int
    opened_at: datetime
    updated_at: datetime
    first_act_at: datetime | None
    waiting_since: datetime | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Event:
    """One entry of a thread; `ticket_id` differs from the ticket asked for where a ticket was merged into it."""

    seq: int
    kind: str
    at: datetime
    actor: str
    body: dict[str, Any]
    ticket_id: int = 0


@dataclass(frozen=True)
class Desk:
    id: str
    parent: str | None
    region: str
    kind: str
    title: str
    names: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    hours: str = "08:30-17:30"
    days_off: tuple[str, ...] = ()
    hours_by: str | None = None
    is_open: bool = True


def ticket_of(row: TicketRow) -> Ticket:
    values = {name: getattr(row, name) for name in Ticket.__dataclass_fields__}
    session = object_session(row)
    assert session is not None, "a ticket is read inside its transaction"
    values["summary"] = opened_summary(session, row.person_id, row.summary)
    return Ticket(**values)
