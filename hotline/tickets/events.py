"""The one place where something is written to a ticket: guard, state, thread, search index, feed and audit together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline import audit
from hotline.tickets import clocks, feed, lifecycle, sealed, words
from hotline.tickets.errors import TicketChanged, TicketNotFound
from hotline.tickets.shapes import WORKER, Event
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit import clock

# Parts of a body that are found through the blind index, and facts of the first event that are.
TEXTS = ("text", "summary", "outcome", "reason")
FACTS = ("matter", "words", "employer", "project", "contractor", "address", "street", "building", "proposal")


def load(session: Session, ticket_id: int) -> TicketRow:
    """The ticket, locked until the transaction ends, so that two acts on it follow one another."""
    row = session.get(TicketRow, ticket_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise TicketNotFound(f"没有工单 {ticket_id}")
    return row


def append(
    session: Session, row: TicketRow, kind: str, actor: str, body: dict[str, Any], *, ref: str | None = None
) -> bool:
    """Add an event and move the version on. False when `ref` says that this happened before."""
    if ref is not None and _is_known(session, row.id, ref):
        return False
    lifecycle.check(kind, row.state)
    now = clock.now()
    moved = session.execute(
        update(TicketRow)
        .where(TicketRow.id == row.id, TicketRow.version == row.version)
        .values(version=row.version + 1, next_seq=row.next_seq + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise TicketChanged(f"工单 {row.number} 刚被别人改过，请刷新再看")
    seq, stored = row.next_seq, sealed.seal(session, row.person_id, body)
    session.add(TicketEventRow(ticket_id=row.id, seq=seq, kind=kind, at=now, actor=actor, ref=ref, body=stored))
    session.refresh(row)
    lifecycle.apply(row, kind, body, now)
    if "summary" in body.get("set", {}):
        row.summary = sealed.summary(session, row.person_id, body["set"]["summary"])
    clocks.follow(session, row, kind, actor, body, now)
    session.flush()
    words.index(session, row.id, *_texts(body))
    audit.record(session, _who(row, actor), f"ticket.{kind}", f"ticket:{row.id}", {"seq": seq})
    feed.tell(session, kind, now, ticket_id=row.id, event_seq=seq, desk_id=row.desk_id)
    return True


def _is_known(session: Session, ticket_id: int, ref: str) -> bool:
    return session.scalar(select(TicketEventRow.id).filter_by(ticket_id=ticket_id, ref=ref)) is not None


def _who(row: TicketRow, actor: str) -> str:
    return f"{WORKER}:{row.conversation_id or '-'}" if actor == WORKER else actor


def _texts(body: dict[str, Any]) -> Iterable[str]:
    facts = body.get("facts") or {}
    yield from (str(body[name]) for name in TEXTS if body.get(name))
    yield from (str(facts[name]) for name in FACTS if facts.get(name))


def thread(session: Session, ticket_id: int) -> list[Event]:
    """Every word of a ticket, and of those that were merged into it, in the order of time."""
    ids = [ticket_id, *_merged_into(session, ticket_id)]
    rows = session.execute(
        select(TicketEventRow, TicketRow.person_id)
        .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
        .where(TicketEventRow.ticket_id.in_(ids))
        .order_by(TicketEventRow.at, TicketEventRow.ticket_id, TicketEventRow.seq)
    )
    return [_event(session, row, person_id) for row, person_id in rows]


def _event(session: Session, row: TicketEventRow, person_id: int | None) -> Event:
    body = sealed.open_body(session, person_id, row.body)
    return Event(row.seq, row.kind, row.at, row.actor, body, row.ticket_id)


def _merged_into(session: Session, ticket_id: int) -> list[int]:
    """Tickets that ended in this one, through any number of merges."""
    found: list[int] = []
    step = [ticket_id]
    while step:
        step = list(session.scalars(select(TicketRow.id).where(TicketRow.merged_into.in_(step))))
        found += step
    return found


def last_summary(session: Session, ticket_id: int) -> str:
    """What the operator said in one line when he gave the conversation back last; empty when nobody did."""
    row = session.execute(
        select(TicketEventRow, TicketRow.person_id)
        .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
        .where(TicketEventRow.ticket_id == ticket_id, TicketEventRow.kind == "given_back")
        .order_by(TicketEventRow.seq.desc())
        .limit(1)
    ).one_or_none()
    return "" if row is None else str(_event(session, row[0], row[1]).body.get("summary", ""))


def last_at(session: Session, ticket_id: int, kinds: Iterable[str]) -> datetime | None:
    """When something of these kinds happened last."""
    return session.scalar(
        select(TicketEventRow.at)
        .where(TicketEventRow.ticket_id == ticket_id, TicketEventRow.kind.in_(tuple(kinds)))
        .order_by(TicketEventRow.seq.desc())
        .limit(1)
    )
