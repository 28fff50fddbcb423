"""Closing, asking whether it helped, the second person's call, reopening, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Button
from hotline.tickets import clocks, events, settings
from hotline.tickets.categories import catalogue
from hotline.tickets.conversations import say, set_owner
from hotline.tickets.errors import ClosingIncomplete, NotPossible, TicketChanged, TicketClosed
from hotline.tickets.shapes import WORKER, Ticket, operator, ticket_of
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit import clock

CLOSED = "工单 {number} 办结了。{told}\n办得满意吗？七天内点一下，或者发1到5分；不满意我们换一位同事再办。"
SATISFIED, SO_SO, DISSATISFIED = 5, 3, 1
AT_LEAST = 3  # below this the worker is not satisfied and the ticket opens again
WORKER_GONE = "本人不要了"  # nobody can demand the inspection's answer for what the worker no longer wants


def close(
    session: Session,
    ticket_id: int,
    actor: str,
    outcome: str,
    *,
    fields: Mapping[str, Any] | None = None,
    tell: str = "",
    version: int | None = None,
) -> Ticket:
    """Close a ticket with what was done; the conversation goes back to the bot, and the worker is asked to rate it."""
    row = events.load(session, ticket_id)
    if version is not None and row.version != version:
        raise TicketChanged(f"工单 {row.number} 刚被别人改过，请刷新再看")
    if row.state not in ("open", "waiting"):
        raise TicketClosed(f"工单 {row.number} 已经办结了")
    written = {"done": outcome, **(fields or {})}
    if actor.startswith("operator:"):
        _check(session, row, written)
    handler = row.owner_id
    events.append(session, row, "closed", actor, {"outcome": outcome, "fields": written, "handler": handler})
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", None)
        if actor.startswith("operator:"):
            _ask_rating(session, row, tell)
    return ticket_of(row)


def missing(category: str, written: Mapping[str, Any]) -> list[str]:
    """Titles of what the category still wants to be written before it is closed."""
    wanted = catalogue().category(category).closing
    gone = written.get("result") == WORKER_GONE
    return [
        field.title
        for field in wanted
        if not str(written.get(field.name) or "").strip() and not (gone and field.name.startswith("feedback"))
    ]


def _check(session: Session, row: TicketRow, written: Mapping[str, Any]) -> None:
    lacking = missing(row.category, written)
    if lacking:
        raise ClosingIncomplete(f"办结前请写：{'、'.join(lacking)}")
    if row.conversation_id is not None and not _was_answered(session, row.id):
        raise ClosingIncomplete("还没有给工友回过话，先回话再办结")


def _was_answered(session: Session, ticket_id: int) -> bool:
    return events.last_at(session, ticket_id, clocks.TOLD_WORKER) is not None


def _ask_rating(session: Session, row: TicketRow, tell: str) -> None:
    """In the message that says so: a second one might find the channel's window shut."""
    buttons = (
        Button("满意", f"rate:{row.number}:{SATISFIED}"),
        Button("一般", f"rate:{row.number}:{SO_SO}"),
        Button("不满意", f"rate:{row.number}:{DISSATISFIED}"),
    )
    text = CLOSED.format(number=row.number, told=tell)
    if say(session, row, text, key=f"closed:{row.id}:{row.next_seq}", buttons=buttons) is not None:
        events.append(session, row, "asked_rating", "system", {})


def close_untouched(session: Session, key: str, outcome: str) -> None:
    """Close a fallback ticket when the bot could answer after all and no person has touched it."""
    row = session.scalars(select(TicketRow).filter_by(key=key)).one_or_none()
    if row is None or row.state != "open" or row.owner_id is not None:
        return
    kinds = set(session.scalars(select(TicketEventRow.kind).filter_by(ticket_id=row.id)))
    if kinds <= {"opened", "reminded"}:
        close(session, row.id, "bot", outcome)


def rate(session: Session, ticket_id: int, score: int, *, comment: str = "", ref: str | None = None) -> Ticket:
    """What the worker says of the handling. Dissatisfied, the ticket opens again for another person."""
    row = events.load(session, ticket_id)
    if not 1 <= score <= 5:
        raise NotPossible("打分是1到5")
    if row.state != "closed" or row.closed_at is None:
        raise NotPossible("办结以后才能打分")
    if clock.now() > row.closed_at + timedelta(days=int(settings.raw()["rating"]["days"])):
        raise NotPossible("过了打分的时间；事情没办好，发“转人工”再开一张")
    if not events.append(session, row, "rated", WORKER, {"score": score, "text": comment}, ref=ref):
        return ticket_of(row)
    if score < AT_LEAST:
        return reopen(session, ticket_id, WORKER, "工友不满意")
    return ticket_of(row)


def reopen(session: Session, ticket_id: int, actor: str, reason: str) -> Ticket:
    """Open a closed ticket again. When the worker is not satisfied, whoever handled it does not get it back."""
    row = events.load(session, ticket_id)
    avoid = row.owner_id if actor == WORKER else None
    events.append(session, row, "reopened", actor, {"reason": reason, "avoid": avoid})
    if actor == WORKER:
        clocks.call_back(session, row, clock.now())
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", row.id)
    return ticket_of(row)


def call_back(session: Session, ticket_id: int, operator_id: int, text: str, *, satisfied: bool) -> Ticket:
    """A second person asked the worker: never the one who handled it."""
    row = events.load(session, ticket_id)
    if operator_id in (row.owner_id, row.avoid_id):
        raise NotPossible("回访要由没办过这张单的同事来做")
    body = {"text": text, "satisfied": satisfied}
    events.append(session, row, "called_back", operator(operator_id), body)
    if not satisfied and row.state == "closed":
        avoid = row.owner_id
        events.append(session, row, "reopened", operator(operator_id), {"reason": "回访时不满意", "avoid": avoid})
    return ticket_of(row)


def withdraw(session: Session, ticket_id: int, *, ref: str | None = None) -> Ticket:
    """The worker does not want it any more; nobody asks him why."""
    row = events.load(session, ticket_id)
    events.append(session, row, "withdrawn", WORKER, {}, ref=ref)
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", None)
    return ticket_of(row)
