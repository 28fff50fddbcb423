"""The queue: what is to be done, most pressing first."""

from __future__ import annotations

from starlette.responses import Response

from hotline.console.door import page
from hotline.console.visit import Visit
from hotline.tickets import service as tickets


@page("/desk", "queue.read")
def queue(visit: Visit) -> Response:
    with visit.reading() as session:
        listed = tickets.list_open(session)
    return visit.render("queue.html", tickets=listed)


PAGES = [queue]
