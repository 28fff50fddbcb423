"""What the bot is talking about right now: watch, and step in when a person is better."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.mailbox.wake import bell
from hotline.console import conversation
from hotline.console.conversation import Running
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.tickets import access, desks, queries
from hotline.tickets import service as tickets
from hotline.tickets.shapes import Ticket
from kit import clock

SHOWN_FOR = timedelta(hours=2)


def _is_mine(session: Session, visit: Visit, one: Running) -> bool:
    """With a ticket it is its desk's; before anybody knows where the worker is, it is the centre's."""
    viewer = visit.viewer
    if one.ticket_id is None:
        return viewer.desk_ids is None or desks.ROOT in viewer.desk_ids
    ticket = tickets.get(session, one.ticket_id)
    return access.may(viewer, "read", ticket, copied=queries.copied(session, ticket.id))


def _found(session: Session, visit: Visit, id: str) -> Running:
    since = clock.now() - SHOWN_FOR
    one = next((one for one in conversation.running(session, since, 1000) if one.id == id), None)
    if one is None or not _is_mine(session, visit, one):
        raise NotThere("没有这段对话，或者它已经停了两个小时")
    return one


@page("/desk/conversations", "conversation.watch")
def running(visit: Visit) -> Response:
    with visit.reading() as session:
        since = clock.now() - SHOWN_FOR
        found = [one for one in conversation.running(session, since) if _is_mine(session, visit, one)]
    return visit.render("conversations.html", running=found)


@page("/desk/conversations/{conversation}", "conversation.watch")
def watch(visit: Visit) -> Response:
    with visit.reading() as session:
        one = _found(session, visit, str(visit.request.path_params["conversation"]))
        if one.ticket_id is not None:
            return visit.go(f"/desk/tickets/{one.ticket_id}")
        spoken = conversation.read(session, one.id, [])
    return visit.render("conversation.html", one=one, lines=spoken)


@page("/desk/conversations/{conversation}/take", "conversation.watch", "POST")
def take(visit: Visit) -> Response:
    """Step in: a ticket holds what follows, the worker hears who is speaking, the bot falls silent."""
    with visit.transaction() as session:
        one = _found(session, visit, str(visit.request.path_params["conversation"]))
        if one.owner == "person":
            raise Refused("已经有同事在跟他说了")
        ticket = _ticket_of(session, visit, one)
        tickets.claim(session, ticket.id, visit.operator.id, version=ticket.version)
        tickets.introduce(session, ticket.id, visit.operator.name)
    bell.ring("outbox")
    bell.ring(f"conversation:{one.id}")
    return visit.go(f"/desk/tickets/{ticket.id}")


def _ticket_of(session: Session, visit: Visit, one: Running) -> Ticket:
    if one.ticket_id is not None:
        return tickets.get(session, one.ticket_id)
    opened = tickets.open_ticket(
        session,
        key=f"taken_over:{one.id}:{clock.now():%Y%m%d%H%M}",
        conversation_id=one.id,
        reason="taken_over",
        facts={"matter": one.last_words},
        actor=visit.operator.actor,
    )
    return tickets.get(session, opened.id)


PAGES = [running, watch, take]
