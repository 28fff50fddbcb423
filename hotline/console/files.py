"""A worker's files at the desk: a download, never shown in the page, and each opening is in the audit."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from hotline import audit
from hotline.console.door import page
from hotline.console.errors import NotThere
from hotline.console.ticket_acts import allowed
from hotline.console.visit import Visit
from hotline.evidence import service as evidence
from hotline.evidence.store import Store


@page("/desk/tickets/{ticket:int}/files/{file}", "ticket.reveal", "POST")
def file(visit: Visit) -> Response:
    """A POST, because opening is written down; the browser saves what comes and runs nothing of it."""
    number, file_id = visit.number("ticket"), str(visit.request.path_params["file"])
    with visit.transaction() as session:
        ticket = allowed(session, visit, number, "reveal")
        found = evidence.read(session, Store(visit.desk.configured.data), file_id) if file_id.isalnum() else None
        if found is None or found[0].conversation_id != ticket.conversation_id:
            raise NotThere("没有这个文件，或者工人已经删掉了")
        audit.record(session, visit.operator.actor, "evidence.opened", f"ticket:{number}", {"file": file_id})
    return Response(found[1], media_type=found[0].media_type, headers=_headers(found[0].name))


def _headers(name: str) -> dict[str, str]:
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }


PAGES = [file]
