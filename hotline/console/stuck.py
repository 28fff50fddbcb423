"""Messages that were given up, coming in or going out: tried again, or ended with a reason, on record."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.mailbox import buried
from bot.mailbox.wake import bell
from hotline import audit
from hotline.console import roles
from hotline.console.door import page
from hotline.console.errors import Refused
from hotline.console.visit import Visit
from hotline.tickets.tables import TicketRow

WHY = "请写为什么不再送：他是怎么得到答复的"
Move = Callable[[Session, int], bool]


@page("/desk/stuck", "stuck.mend")
def board(visit: Visit) -> Response:
    """Never their words: whoever keeps the machines has no business with them. Who handles tickets gets the ticket."""
    with visit.reading() as session:
        came, went = buried.listed(session), buried.undelivered(session)
        conversations = {one.conversation_id for one in came} | {one.conversation_id for one in went}
        reads = roles.may_open(visit.operator.role, "ticket.read")
        shown = _tickets(session, conversations) if reads else {}
    return visit.render("stuck.html", came=came, went=went, tickets=shown, at="/desk/stuck")


def _tickets(session: Session, conversations: set[str]) -> dict[str, tuple[int, str]]:
    """The newest ticket of each conversation; its own page asks who may open it."""
    query = select(TicketRow.conversation_id, TicketRow.id, TicketRow.number).order_by(TicketRow.id)
    rows = session.execute(query.where(TicketRow.conversation_id.in_(conversations)))
    return {row.conversation_id: (row.id, row.number) for row in rows}


@page("/desk/stuck/in/{message:int}", "stuck.mend", "POST")
def came_in(visit: Visit) -> Response:
    """A worker's message: the bot tries it again, or it is ended."""
    return _decide(visit, "inbox", again=buried.retry, end=buried.discard)


@page("/desk/stuck/out/{message:int}", "stuck.mend", "POST")
def went_out(visit: Visit) -> Response:
    """A reply: it goes on its way again, or it is ended."""
    return _decide(visit, "outbox", again=buried.send_again, end=buried.end)


def _decide(visit: Visit, box: str, *, again: Move, end: Move) -> Response:
    number, ends = visit.number("message"), visit.form.text("act", 8) == "end"
    why = visit.form.needed("why", WHY, 120) if ends else ""
    with visit.transaction() as session:
        if not (end if ends else again)(session, number):
            raise Refused("这一条已经处理过了，请刷新")
        act = "ended" if ends else "sent_again"
        audit.record(session, visit.operator.actor, f"stuck.{act}", f"{box}:{number}", {"why": why} if why else None)
    bell.ring(box)
    return visit.go("/desk/stuck")


PAGES = [board, came_in, went_out]
