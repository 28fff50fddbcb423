"""Asking each worker whether his ticket may join the collective case, and writing down what he said."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Button
from hotline import people
from hotline.tickets import events
from hotline.tickets.conversations import say
from hotline.tickets.errors import NotPossible
from hotline.tickets.joining import join
from hotline.tickets.shapes import OPEN_STATES, WORKER, Ticket, operator, ticket_of
from hotline.tickets.tables import TicketRow
from kit import clock

INVITE = (
    "还有别的工友也说到{employer}这件事。你愿意把你的单子并进来一起办吗？"
    "并进来以后一起谈，你的钱数还是单独算，别人看不到你的信息。"
)
JOINED, KEPT = "好，已经并进来一起办，工单号还是 {number}。", "好，你的单子单独办，工单号 {number}。"
PURPOSE = "collective"


def invite(session: Session, ticket_id: int, master_id: int, *, by: int) -> None:
    """Ask once on the worker's own channel; nothing joins before he says yes."""
    row, master = events.load(session, ticket_id), events.load(session, master_id)
    if row.master_id is not None or row.state not in OPEN_STATES:
        raise NotPossible("这张已经并入或者办结了")
    buttons = (Button("愿意一起办", f"case:{master.number}:yes"), Button("单独办", f"case:{master.number}:no"))
    text = INVITE.format(employer=master.employer or "这家单位")
    if say(session, row, text, key=f"invite:{master_id}:{ticket_id}", buttons=buttons) is not None:
        events.append(session, row, "told", operator(by), {"text": text, "master": master_id})


def answer_invitation(session: Session, conversation_id: str, master_number: str, *, yes: bool) -> Ticket | None:
    """His yes or no, with the version of what he was told. None when nobody asked him."""
    master = session.scalars(select(TicketRow).filter_by(number=master_number, category="T-GROUP")).one_or_none()
    mine = select(TicketRow).where(
        TicketRow.conversation_id == conversation_id, TicketRow.state.in_(OPEN_STATES), TicketRow.master_id.is_(None)
    )
    asked = [row for row in session.scalars(mine) if master is not None and _was_asked(session, row, master.id)]
    if master is None or not asked:
        return None
    version = people.catalogue().version
    people.consent(session, conversation_id=conversation_id, purpose=PURPOSE, version=version, yes=yes)
    row = asked[0]
    if not yes:
        return ticket_of(row)
    said = f"本人在对话里同意，{clock.local(clock.now()):%Y-%m-%d %H:%M}，告知版本{version}"
    return join(session, row.id, master.id, consent=said, actor=WORKER)


def _was_asked(session: Session, row: TicketRow, master_id: int) -> bool:
    return any(
        event.kind == "told" and event.body.get("master") == master_id for event in events.thread(session, row.id)
    )
