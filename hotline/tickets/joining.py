"""Tickets that belong together: two about one matter, one about two, and the collective case of one employer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.tickets import events
from hotline.tickets.acts import load_as_seen
from hotline.tickets.categories import catalogue
from hotline.tickets.conversations import say, set_owner
from hotline.tickets.errors import NotPossible
from hotline.tickets.opening import open_ticket
from hotline.tickets.shapes import OPEN_STATES, SYSTEM, Ticket, operator, ticket_of
from hotline.tickets.tables import TicketLinkRow, TicketRow

OWN_SUM = "{数额}"
MOST_REPRESENTATIVES = 5
COPIED = ("opened", "message_in", "reply_out", "note", "told", "called_back")


def merge(session: Session, ticket_id: int, into_id: int, *, by: int, version: int) -> Ticket:
    """Two tickets about one matter become one; the thread of the one that stays shows every word of both."""
    first, second = sorted((ticket_id, into_id))
    rows = {id: events.load(session, id) for id in (first, second)}
    gone, stays = load_as_seen(session, ticket_id, version), rows[into_id]
    if ticket_id == into_id or stays.state not in OPEN_STATES:
        raise NotPossible("只能并到另一张还在办的工单里")
    if gone.person_id != stays.person_id or gone.conversation_id != stays.conversation_id:
        raise NotPossible("两张不是同一个人的，不能并；多人同一件事请用集体案件")
    events.append(session, gone, "merged", operator(by), {"into": into_id})
    events.append(session, stays, "absorbed", operator(by), {"ticket": ticket_id, "number": gone.number})
    if stays.conversation_id is not None:
        set_owner(session, stays.conversation_id, "person" if stays.owner_id else "bot", stays.id)
    return ticket_of(stays)


def unmerge(session: Session, ticket_id: int, *, by: int) -> Ticket:
    """Undo a merge: both tickets go on with their own words."""
    row = events.load(session, ticket_id)
    events.append(session, row, "unmerged", operator(by), {"from": row.merged_into})
    return ticket_of(row)


def split(
    session: Session, ticket_id: int, seqs: Sequence[int], *, by: int, category: str, version: int, facts: Any = None
) -> Ticket:
    """One ticket that holds two matters: the chosen words are copied into a new one; none is taken away."""
    row = load_as_seen(session, ticket_id, version)
    own = (event for event in events.thread(session, ticket_id) if event.ticket_id == ticket_id)
    chosen = [event for event in own if event.seq in seqs and event.kind in COPIED]
    if not chosen:
        raise NotPossible("请选要分出去的话")
    told = [
        {"seq": one.seq, "kind": one.kind, "actor": one.actor, "at": one.at.isoformat(), **one.body} for one in chosen
    ]
    given = {"matter": _words(told), "place": row.region, "employer": row.employer, **(facts or {}), "words_of": told}
    key = f"split:{ticket_id}:{row.version}"
    made = open_ticket(
        session,
        key=key,
        conversation_id=row.conversation_id,
        category=category,
        reason="split",
        facts=given,
        attach=False,
        actor=operator(by),
    )
    events.append(session, row, "split", operator(by), {"ticket": made.id, "number": made.number, "seqs": list(seqs)})
    link(session, made.id, ticket_id, "split", by=by)
    return made


def _words(told: Sequence[Mapping[str, Any]]) -> str:
    return "；".join(str(one.get("text") or one.get("facts", {}).get("matter") or "") for one in told)


def link(session: Session, ticket_id: int, other_id: int, kind: str = "also", *, by: int | None = None) -> None:
    """Show two tickets on each other's page; both stay what they are."""
    first, second = sorted((ticket_id, other_id))
    if first == second or session.get(TicketLinkRow, (first, second)) is not None:
        return
    rows = [events.load(session, id) for id in (first, second)]
    session.add(TicketLinkRow(ticket_id=first, other_id=second, kind=kind))
    actor = operator(by) if by else SYSTEM
    for row, other in zip(rows, reversed(rows), strict=True):
        events.append(session, row, "linked", actor, {"ticket": other.id, "number": other.number, "kind": kind})


def linked(session: Session, ticket_id: int) -> list[Ticket]:
    """Every ticket that this one is linked with."""
    pairs = session.execute(
        select(TicketLinkRow.ticket_id, TicketLinkRow.other_id).where(
            or_(TicketLinkRow.ticket_id == ticket_id, TicketLinkRow.other_id == ticket_id)
        )
    )
    ids = [other if one == ticket_id else one for one, other in pairs]
    return [ticket_of(row) for row in session.scalars(select(TicketRow).where(TicketRow.id.in_(ids)).order_by("id"))]


def open_case(session: Session, ticket_id: int, *, by: int, version: int) -> Ticket:
    """A master case for the employer and matter of a ticket; that ticket's own worker still has to agree to join."""
    row = load_as_seen(session, ticket_id, version)
    title = catalogue().category(row.category).title
    facts = {"matter": f"{row.employer}：{title}", "place": row.region, "employer": row.employer}
    key, kind = f"case:{ticket_id}", "T-GROUP"
    made = open_ticket(
        session, key=key, conversation_id=None, category=kind, reason="case", facts=facts, actor=operator(by)
    )
    link(session, made.id, ticket_id, "collective", by=by)
    return made


def candidates(session: Session, master_id: int) -> list[Ticket]:
    """Open tickets of the same employer that have not joined: each worker is asked for himself."""
    master = events.load(session, master_id)
    rows = session.scalars(
        select(TicketRow).where(
            TicketRow.employer_key == master.employer_key,
            TicketRow.employer_key != "",
            TicketRow.region == master.region,
            TicketRow.state.in_(OPEN_STATES),
            TicketRow.master_id.is_(None),
            TicketRow.id != master_id,
        )
    )
    return [ticket_of(row) for row in rows]


def join(session: Session, ticket_id: int, master_id: int, *, consent: str, actor: str) -> Ticket:
    """A worker's ticket joins the case because he agreed; `consent` says when and how he did."""
    if not consent.strip():
        raise NotPossible("本人同意以后才能并入集体案件，请写明怎么同意的")
    row, master = events.load(session, ticket_id), events.load(session, master_id)
    if master.category != "T-GROUP" or master.state not in OPEN_STATES:
        raise NotPossible("要并入的不是在办的集体案件")
    events.append(session, row, "joined", actor, {"master": master_id, "number": master.number, "consent": consent})
    people = sum(one.people_count for one in members(session, master_id))
    if people > master.people_count:
        body = {"set": {"people_count": people}, "was": {"people_count": master.people_count}, "reason": "新人并入"}
        events.append(session, master, "changed", SYSTEM, body)
    return ticket_of(row)


def leave(session: Session, ticket_id: int, *, actor: str) -> Ticket:
    row = events.load(session, ticket_id)
    events.append(session, row, "left", actor, {"master": row.master_id})
    return ticket_of(row)


def members(session: Session, master_id: int) -> list[Ticket]:
    rows = session.scalars(select(TicketRow).filter_by(master_id=master_id).order_by(TicketRow.id))
    return [ticket_of(row) for row in rows]


def represent(session: Session, master_id: int, ticket_ids: Sequence[int], *, by: int) -> None:
    """Three to five members speak for all."""
    known = {one.id for one in members(session, master_id)}
    if not set(ticket_ids) <= known or not 1 <= len(ticket_ids) <= MOST_REPRESENTATIVES:
        raise NotPossible("代表从已并入的工友里选，最多五名")
    row = events.load(session, master_id)
    events.append(session, row, "changed", operator(by), {"set": {}, "representatives": list(ticket_ids)})


def answer_all(
    session: Session, master_id: int, operator_id: int, text: str, *, sums: Mapping[int, str], key: str
) -> int:
    """One answer to every member, each with his own sum where the text says {数额}. Returns how many were told."""
    joined = [one for one in members(session, master_id) if one.is_open and one.conversation_id]
    lacking = [one.number for one in joined if OWN_SUM in text and one.id not in sums]
    if lacking:
        raise NotPossible(f"这几张还没有填数额：{'、'.join(lacking)}")
    for one in joined:
        _tell(session, one.id, operator_id, text.replace(OWN_SUM, sums.get(one.id, "")), f"{key}:{one.id}")
    body = {"text": text, "told": len(joined)}
    events.append(session, events.load(session, master_id), "told", operator(operator_id), body)
    return len(joined)


def _tell(session: Session, ticket_id: int, operator_id: int, text: str, key: str) -> None:
    """An answer to one of many takes nobody's conversation over: the bot goes on answering him."""
    row = events.load(session, ticket_id)
    queued = say(session, row, text, key=key, from_operator=True)
    if queued is not None:
        events.append(session, row, "reply_out", operator(operator_id), {"text": text, "seq": queued})
