"""`./gongyou trace MESSAGE`: the road of one message from the door to its delivery, with times, and never its words.

MESSAGE is the number that our logs call `inbox`, or the id that the platform (or the web page) gave it. The rows tell
what became of it; the lines of this host's log add how long each stage took.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow, DeliveryRow, InboxRow, OutboxRow
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit.clock import local
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


@dataclass(frozen=True, order=True)
class Step:
    at: datetime
    where: str
    what: str


def road(session: Session, message: str) -> list[Step]:
    """What the rows know of a message; empty when there is none."""
    same = [InboxRow.external_id == message, InboxRow.external_id.endswith(f":{message}", autoescape=True)]
    if message.isdecimal():
        same.append(InboxRow.id == int(message))
    found = session.scalars(select(InboxRow).where(or_(*same)).order_by(InboxRow.id)).all()
    return sorted(step for row in found for step in _of(session, row))


def _of(session: Session, row: InboxRow) -> Iterator[Step]:
    conversation = session.get_one(ConversationRow, row.conversation_id)
    where = f"{row.channel}, conversation {row.conversation_id[:8]}, owned by {conversation.owner} now"
    yield Step(row.received_at, f"inbox {row.id}", f"accepted from {where}")
    if row.finished_at is not None:
        tries = f"{row.attempts} attempts, {row.crashes} crashes"
        yield Step(row.finished_at, f"inbox {row.id}", f"{row.state} after {tries}{_why(row.error)}")
    else:
        yield Step(row.run_at, f"inbox {row.id}", f"{row.state}, next attempt{_why(row.error)}")
    for out in session.scalars(select(OutboxRow).where(OutboxRow.inbox_id == row.id)):
        yield Step(out.created_at, f"outbox {out.id}", f"queued: {out.body.get('kind', 'wiped')}, seq {out.seq}")
        yield from _deliveries(session, out)
    events = select(TicketEventRow, TicketRow.number).join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
    for event, number in session.execute(events.where(TicketEventRow.ref == f"inbox:{row.id}")):
        yield Step(event.at, f"ticket {number}", f"{event.kind} by {event.actor}")
    for ticket in session.scalars(select(TicketRow).where(TicketRow.key == f"fallback:{row.id}")):
        yield Step(ticket.opened_at, f"ticket {ticket.number}", "opened, because no answer came in time")


def _deliveries(session: Session, out: OutboxRow) -> Iterator[Step]:
    for tried in session.scalars(select(DeliveryRow).where(DeliveryRow.outbox_id == out.id)):
        yield Step(tried.at, f"outbox {out.id}", f"attempt: {tried.outcome} in {tried.took_ms} ms")
    if out.finished_at is not None:
        twice = ", possibly sent twice" if out.possibly_twice else ""
        yield Step(out.finished_at, f"outbox {out.id}", f"{out.state} after {out.attempts} attempts{twice}")


def _why(error: str) -> str:
    return f" ({error})" if error else ""


def logged(folder: Path, numbers: dict[str, set[int]]) -> list[Step]:
    """The lines of this host's log that name one of the rows."""
    steps = []
    for path in sorted(folder.glob("app.log*")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("{") and any(f'"{key}": ' in line for key in numbers):
                    steps += _logged_step(line, numbers)
    return steps


def _logged_step(line: str, numbers: dict[str, set[int]]) -> list[Step]:
    try:
        event = json.loads(line)
        at = datetime.fromisoformat(event.pop("timestamp"))
    except (ValueError, KeyError):
        return []  # a line that was cut when the file was turned over
    if not any(event.get(key) in known for key, known in numbers.items()):
        return []
    named = event.pop("event"), event.pop("stage", ""), event.pop("level", "")
    more = ", ".join(f"{key} {value}" for key, value in event.items() if key not in numbers)
    return [Step(at, f"log {named[1]}", f"{named[0]}: {more}" if more else named[0])]


@app.command()
def trace(message: str) -> None:
    configured = settings()
    database = Database(configured.database)
    with database.reading() as session:
        steps = road(session, message)
    if not steps:
        raise SystemExit(
            f"gongyou: no message {message!r}: give the number after `inbox` in the log, or the platform's id"
        )
    numbers: dict[str, set[int]] = {"inbox": set(), "outbox": set()}
    for step in steps:
        kind, _, number = step.where.partition(" ")
        if kind in numbers:
            numbers[kind].add(int(number))
    began = steps[0].at
    for step in sorted([*steps, *logged(configured.data / "log", numbers)]):
        after = (step.at - began).total_seconds() * 1000
        print(f"{local(step.at):%m-%d %H:%M:%S.%f}"[:-3], f"{after:+9.0f} ms  {step.where:<16} {step.what}")
