"""What operators do to an open ticket. Services take a session and never commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from hotline.tickets import abroad, desks, events, priority
from hotline.tickets.categories import catalogue
from hotline.tickets.conversations import say, set_owner
from hotline.tickets.errors import NotPossible, TicketChanged, TicketClosed, TicketError
from hotline.tickets.escalation import copy_to
from hotline.tickets.shapes import SYSTEM, WORKER, Ticket, operator, ticket_of
from hotline.tickets.tables import TicketRow
from knowledge import employer_names

TRANSFERRED = "你这件事已经转给{desk}接着办，工单号还是 {number}，不用重新说。"
GIVEN_BACK = "同事先忙到这里{summary}。现在由工友小助手接着回答你。需要找人，随时发“转人工”。"
TAKEN_OVER = "我是工会的接线员{name}，接下来由我来回你。"
CHANGEABLE = ("category", "priority", "region", "employer", "industry", "grid", "summary", "people_count")


class ReasonMissing(TicketError):
    """The act needs a reason that colleagues can read later."""


def load_as_seen(session: Session, ticket_id: int, version: int | None) -> TicketRow:
    """The ticket, if it is still as the operator saw it; `version` None is for acts that overwrite nothing."""
    row = events.load(session, ticket_id)
    if version is not None and row.version != version:
        raise TicketChanged(f"工单 {row.number} 刚被别人改过，请刷新再看")
    return row


def claim(session: Session, ticket_id: int, operator_id: int, *, version: int) -> Ticket:
    """Take a ticket that nobody has; refused when it has changed since the operator saw it."""
    row = load_as_seen(session, ticket_id, version)
    if row.owner_id not in (None, operator_id):
        raise TicketChanged(f"工单 {row.number} 已经有人在办")
    return _give(session, row, operator_id, by=operator_id)


def assign(session: Session, ticket_id: int, to: int, *, by: int, version: int) -> Ticket:
    """Give a ticket to a colleague, whoever has it now."""
    return _give(session, load_as_seen(session, ticket_id, version), to, by=by)


def _give(session: Session, row: TicketRow, to: int, *, by: int) -> Ticket:
    if row.avoid_id == to:
        raise NotPossible("工友对上次的办理不满意，这张要换一位同事接")
    events.append(session, row, "assigned", operator(by), {"to": to})
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "person", row.id)
    return ticket_of(row)


def release(session: Session, ticket_id: int, operator_id: int, *, version: int) -> Ticket:
    """Put a ticket back into the queue of its desk."""
    row = load_as_seen(session, ticket_id, version)
    events.append(session, row, "released", operator(operator_id), {})
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", row.id)
    return ticket_of(row)


def transfer(session: Session, ticket_id: int, desk_id: str, *, by: int, reason: str, version: int) -> Ticket:
    """First-contact duty: a matter that belongs elsewhere is handed over with its words, and the worker is told."""
    row = load_as_seen(session, ticket_id, version)
    return _move(session, row, "transferred", desks.get(session, desk_id).id, by, reason)


def hand_up(session: Session, ticket_id: int, *, by: int, reason: str, version: int) -> Ticket:
    """Back up the chain: what a desk cannot do goes to the one above it, with the reason."""
    row = load_as_seen(session, ticket_id, version)
    up = desks.above(session, row.desk_id) if row.desk_id else None
    if up is None:
        raise NotPossible("上面没有别的台了，请转给具体的台")
    return _move(session, row, "returned", up.id, by, reason)


def _move(session: Session, row: TicketRow, kind: str, desk_id: str, by: int, reason: str) -> Ticket:
    if not reason.strip():
        raise ReasonMissing("请写明为什么转，接的同事要看")
    if desk_id == row.desk_id:
        raise NotPossible("工单已经在这个台")
    body = {"desk": desk_id, "from": row.desk_id, "reason": reason}
    events.append(session, row, kind, operator(by), body)
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", row.id)
        text = TRANSFERRED.format(desk=desks.get(session, desk_id).title, number=row.number)
        say(session, row, text, key=f"moved:{row.id}:{row.next_seq}")
    return ticket_of(row)


def copy(session: Session, ticket_id: int, desk_id: str, *, by: int, why: str) -> Ticket:
    """Let another desk see the ticket and its state (several parties, two-way protection); the lead stays."""
    row = events.load(session, ticket_id)
    desk = desks.get(session, desk_id)
    if desk.id == row.desk_id:
        raise NotPossible("这个台就是主办，不用抄送")
    copy_to(session, row.id, desk.id, why[:24])
    events.append(session, row, "copied", operator(by), {"desk": desk.id, "why": why})
    return ticket_of(row)


def reply(session: Session, ticket_id: int, operator_id: int, text: str, *, key: str) -> None:
    """Answer the worker on the channel he wrote from."""
    row = events.load(session, ticket_id)
    if row.state not in ("open", "waiting"):
        raise TicketClosed(f"工单 {row.number} 已经办结，要回话请先重新打开")
    queued = say(session, row, text, key=key, from_operator=True)
    if queued is None:
        return
    if row.owner_id is None and row.avoid_id != operator_id:
        events.append(session, row, "assigned", operator(operator_id), {"to": operator_id})
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "person", row.id)
    events.append(session, row, "reply_out", operator(operator_id), {"text": text, "seq": queued})


def ask_worker(session: Session, ticket_id: int, operator_id: int, text: str, *, key: str) -> Ticket:
    """Ask him for papers or facts, and let the clocks wait until he writes."""
    reply(session, ticket_id, operator_id, text, key=key)
    row = events.load(session, ticket_id)
    if row.state == "open":
        events.append(session, row, "waiting", operator(operator_id), {})
    return ticket_of(row)


def resume(session: Session, ticket_id: int, operator_id: int) -> Ticket:
    """He answered in another way (a call, a visit): the clocks run on."""
    row = events.load(session, ticket_id)
    events.append(session, row, "resumed", operator(operator_id), {})
    return ticket_of(row)


def note(session: Session, ticket_id: int, operator_id: int, text: str) -> None:
    """Write for colleagues only: nothing here touches the outbox."""
    actor = operator(operator_id) if operator_id else SYSTEM
    events.append(session, events.load(session, ticket_id), "note", actor, {"text": text})


def undelivered(session: Session, ticket_id: int, text: str) -> None:
    """A message to the worker has not arrived, or waits: whoever is at it must know. No act of a person's."""
    events.append(session, events.load(session, ticket_id), "undelivered", SYSTEM, {"text": text})


def note_time(session: Session, ticket_id: int, operator_id: int, what: str) -> None:
    """The minute log of an emergency: who was called when (police, ambulance, the union above)."""
    events.append(session, events.load(session, ticket_id), "time_noted", operator(operator_id), {"text": what})


def told_by_phone(session: Session, ticket_id: int, operator_id: int, text: str) -> None:
    """The worker was told something outside the chat; it counts as the update that he was promised."""
    events.append(session, events.load(session, ticket_id), "told", operator(operator_id), {"text": text})


def give_back(session: Session, ticket_id: int, operator_id: int, summary: str) -> None:
    """Let the bot answer again; the worker is told who is speaking from now on."""
    row = events.load(session, ticket_id)
    events.append(session, row, "given_back", operator(operator_id), {"summary": summary})
    if row.conversation_id is not None:
        set_owner(session, row.conversation_id, "bot", row.id)
        told = f"，交代一句：{summary.strip().rstrip('。')}" if summary.strip() else ""
        say(session, row, GIVEN_BACK.format(summary=told), key=f"given_back:{row.id}:{row.next_seq}")


def introduce(session: Session, ticket_id: int, name: str) -> None:
    """Tell the worker who answers him from now on, before the bot falls silent."""
    row = events.load(session, ticket_id)
    if row.conversation_id is not None:
        say(session, row, TAKEN_OVER.format(name=name), key=f"taken_over:{row.id}:{row.next_seq}")


def change(
    session: Session, ticket_id: int, wanted: Mapping[str, Any], *, by: int, reason: str, version: int
) -> Ticket:
    """Correct what the ticket says of itself; what it said before stays in the thread."""
    row = load_as_seen(session, ticket_id, version)
    unknown = set(wanted) - set(CHANGEABLE)
    if unknown:
        raise NotPossible(f"不能改 {'、'.join(sorted(unknown))}")
    if "priority" in wanted and not reason.strip():
        raise ReasonMissing("改级别要写明原因")
    values = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not values:
        return ticket_of(row)
    values.update(_follows(values))
    was = {name: getattr(row, name) for name in values}
    events.append(session, row, "changed", operator(by), {"set": values, "was": was, "reason": reason})
    return ticket_of(row)


def _follows(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that go with another one."""
    more: dict[str, Any] = {}
    if "employer" in values:
        more["employer_key"] = employer_names.key(str(values["employer"]))
    if "category" in values:
        more["group"] = catalogue().category(str(values["category"])).group
    return more


def message_in(session: Session, ticket_id: int, text: str, *, inbox_id: int) -> None:
    """The worker wrote while a person owns his conversation: his words join the thread."""
    row = final(session, ticket_id)
    _join(session, row, text, inbox_id)


def add_words(session: Session, ticket_id: int, text: str, *, inbox_id: int) -> None:
    """What the worker goes on writing while his ticket waits; a closed ticket takes no more, nor one from abroad."""
    row = final(session, ticket_id)
    if row.state in ("open", "waiting") and (row.reason == "crisis" or not abroad.is_brief(row.channel)):
        _join(session, row, text, inbox_id)


def _join(session: Session, row: TicketRow, text: str, inbox_id: int) -> None:
    """Once per message. Words that make the matter more urgent raise its priority at once."""
    if not events.append(
        session, row, "message_in", WORKER, {"text": text, "inbox": inbox_id}, ref=f"inbox:{inbox_id}"
    ):
        return
    urgency = priority.of(priority.Said(row.category, text, {}, row.people_count))
    if urgency.priority < row.priority and urgency.priority < catalogue().category(row.category).priority:
        body = {"set": {"priority": urgency.priority}, "was": {"priority": row.priority}, "reason": urgency.why}
        events.append(session, row, "changed", SYSTEM, body)


def final(session: Session, ticket_id: int) -> TicketRow:
    """The ticket itself, or the one that it was merged into."""
    row = events.load(session, ticket_id)
    while row.merged_into is not None:
        row = events.load(session, row.merged_into)
    return row
