"""One ticket: its thread, and what can be done to it."""

from __future__ import annotations

from starlette.responses import Response

from bot.mailbox.wake import bell
from hotline.console.door import page
from hotline.console.errors import NotThere
from hotline.console.visit import Visit
from hotline.tickets import service as tickets


@page("/desk/tickets/{ticket:int}", "ticket.read")
def ticket(visit: Visit) -> Response:
    number = visit.number("ticket")
    with visit.reading() as session:
        found, thread = tickets.get(session, number), tickets.thread(session, number)
    return visit.render("ticket.html", ticket=found, thread=thread)


@page("/desk/tickets/{ticket:int}/{act}", "ticket.act", "POST")
def act(visit: Visit) -> Response:
    ticket_id, form, operator = visit.number("ticket"), visit.form, visit.operator
    name = str(visit.request.path_params["act"])
    with visit.transaction() as session:
        match name:
            case "claim":
                tickets.claim(session, ticket_id, operator.id, version=form.number("version"))
            case "reply":
                text = form.needed("text", "请先写内容")
                tickets.reply(session, ticket_id, operator.id, text, key=f"reply:{form.text('key')}")
            case "note":
                tickets.note(session, ticket_id, operator.id, form.needed("text", "请先写内容"))
            case "give-back":
                tickets.give_back(session, ticket_id, operator.id, form.text("text"))
            case "close":
                tickets.close(session, ticket_id, operator.actor, form.needed("text", "请写办了什么"))
            case _:
                raise NotThere("没有这个操作")
        conversation_id = tickets.get(session, ticket_id).conversation_id
    bell.ring(f"conversation:{conversation_id}")
    bell.ring("outbox")
    return visit.go(f"/desk/tickets/{ticket_id}")


PAGES = [ticket, act]
