"""A ticket's file for paper or PDF (the browser's print), and what the worker sent, as a download."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hotline.console import conversation
from hotline.console.door import page
from hotline.console.ticket import facts_of, masked_of
from hotline.console.ticket_acts import readable, thread_of
from hotline.console.visit import Visit
from hotline.tickets import clocks
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from kit import clock


@page("/desk/tickets/{ticket:int}/file", "ticket.read")
def ticket_file(visit: Visit) -> Response:
    """The whole file, with who printed it and when at the foot of it."""
    ticket_id = visit.number("ticket")
    with visit.reading() as session:
        found = readable(session, visit, ticket_id)
        thread = thread_of(session, visit, ticket_id)
        values: dict[str, Any] = {
            "ticket": found,
            "lines": conversation.read(session, found.conversation_id, thread),
            "facts": facts_of(thread),
            "masked": masked_of(session, found),
            "clocks": clocks.of(session, ticket_id),
            "linked": tickets.linked(session, ticket_id),
        }
    return visit.render(
        "ticket/file.html",
        category=catalogue().category(found.category),
        printed_at=clock.now(),
        **values,
    )


PAGES = [ticket_file]
