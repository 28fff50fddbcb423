"""Official documents at the knowledge desk: pasted, split into passages before everybody's eyes, put in force by a
second person, and found by meaning."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hotline import audit
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.policy import documents, texts
from hotline.policy.errors import PolicyError, UnknownRecord
from kit import clock
from knowledge.regions import load_tree

LONGEST = 80_000
FOUND = 20


@page("/desk/documents", "knowledge.read")
def library(visit: Visit) -> Response:
    words = visit.query("q")
    hits: list[Any] = []
    if words:
        held = visit.desk.world.knowledge().passages
        hits = held.search(words, visit.desk.world.encode(words), on=clock.today(), k=FOUND)
    with visit.reading() as session:
        every, waiting = documents.every(session), documents.drafts(session)
    return visit.render("knowledge/documents.html", q=words, hits=hits, every=every, waiting=waiting)


@page("/desk/documents", "knowledge.edit", "POST")
def paste(visit: Visit) -> Response:
    """What an editor pastes waits for a second person; nothing is found by it yet."""
    name = visit.form.needed("name", "写文件的名字，看得出是哪份就行", 200)
    text = visit.form.needed("text", "把文件的正文贴进来", LONGEST)
    with visit.transaction() as session:
        try:
            number = documents.paste(session, name, text, visit.operator.actor)
        except PolicyError as wrong:
            raise Refused(_said(wrong)) from wrong
        audit.record(session, visit.operator.actor, "document.pasted", f"document_draft:{number}")
    return visit.go(f"/desk/documents/drafts/{number}")


def _said(wrong: PolicyError) -> str:
    return "没读出正文：太短了，或者是扫描件" if "no text" in str(wrong) else str(wrong)


@page("/desk/documents/{document:int}", "knowledge.read")
def document(visit: Visit) -> Response:
    try:
        with visit.reading() as session:
            held, parts = documents.passages(session, visit.number("document"))
    except UnknownRecord as missing:
        raise NotThere(str(missing)) from missing
    return visit.render("knowledge/document.html", held=held, parts=parts, at="/desk/documents")


@page("/desk/documents/drafts/{draft:int}", "knowledge.read")
def draft(visit: Visit) -> Response:
    """As the second person needs it: what the text says of itself, and how it is cut."""
    with visit.reading() as session:
        found = _draft(session, visit)
        read = texts.read_document(session, found.text, found.name)
    return visit.render(
        "knowledge/document_draft.html",
        draft=found,
        read=read,
        region=texts.region_of(read, load_tree()),
        is_own=found.author == visit.operator.actor,
        at="/desk/documents",
    )


def _draft(session: Any, visit: Visit) -> documents.Draft:
    try:
        return documents.draft(session, visit.number("draft"))
    except UnknownRecord as missing:
        raise NotThere(str(missing)) from missing


@page("/desk/documents/drafts/{draft:int}/publish", "knowledge.review", "POST")
def publish(visit: Visit) -> Response:
    with visit.transaction() as session:
        found = _draft(session, visit)
        try:
            documents.publish(session, found.id, visit.operator.actor, load_tree())
        except PolicyError as wrong:
            raise Refused(_said(wrong)) from wrong
        audit.record(session, visit.operator.actor, "document.published", f"document_draft:{found.id}")
    return visit.go("/desk/documents")


@page("/desk/documents/drafts/{draft:int}/discard", "knowledge.edit", "POST")
def discard(visit: Visit) -> Response:
    with visit.transaction() as session:
        found = _draft(session, visit)
        documents.discard(session, found.id)
        audit.record(session, visit.operator.actor, "document.discarded", f"document_draft:{found.id}")
    return visit.go("/desk/documents")


PAGES = [library, paste, document, draft, publish, discard]
