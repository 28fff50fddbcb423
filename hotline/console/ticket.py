"""One ticket on one page: who, what, until when, what was said, what fits, and everything that can be done."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline import people
from hotline.console import canned, conversation, drafts, reply_box, suggest
from hotline.console.door import page
from hotline.console.ticket_acts import readable, thread_of
from hotline.console.visit import Visit
from hotline.evidence import service as evidence
from hotline.tickets import access, clocks, queries
from hotline.tickets import service as tickets
from hotline.tickets.categories import catalogue
from hotline.tickets.shapes import Event, Ticket
from kit import clock
from knowledge.regions import load_tree

WORTH_ASKING = 6  # characters: "好的" asks for nothing
BUTTONS = (
    *("claim", "assign", "release", "reply", "note", "transfer", "copy", "give_back", "close", "reopen", "call_back"),
    *("change", "merge", "unmerge", "link", "split", "case", "join", "answer_all", "reveal", "resume", "time"),
)


@dataclass(frozen=True)
class Fact:
    """One thing that is known of the matter and how we know it."""

    title: str
    value: str
    source: str


@dataclass(frozen=True)
class Masked:
    field: str
    title: str
    shown: str


def facts_of(thread: list[Event]) -> list[Fact]:
    """What was said, asked and corrected: the latest of each, with its source."""
    known: dict[str, Fact] = {}
    fields = catalogue().fields
    for event in thread:
        if event.kind == "opened":
            given = event.body.get("facts") or {}
            source = "坐席登记" if event.actor.startswith("operator:") else "机器人问到"
            for name, value in given.items():
                if name in fields and value not in (None, "", []):
                    said = "原话" if name in ("matter", "words") else source
                    known[name] = Fact(fields[name].title, _shown(name, value), said)
        elif event.kind == "changed":
            for name, value in (event.body.get("set") or {}).items():
                at = {"people_count": "people", "region": "place"}.get(name, name)
                if at in fields:
                    known[at] = Fact(fields[at].title, _shown(at, value), "坐席改过")
    return list(known.values())


def _shown(name: str, value: Any) -> str:
    tree = load_tree()
    if isinstance(value, bool):
        return "是" if value else "否"
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return tree.full_title(text) if name in ("place", "home") and text in tree else text


def masked_of(session: Session, ticket: Ticket) -> list[Masked]:
    if ticket.person_id is None:
        return []
    fields = people.catalogue().sealed
    return [
        Masked(name, fields[name].title, people.masked(session, ticket.person_id, name))
        for name in people.held(session, ticket.person_id)
    ]


def may_of(visit: Visit, ticket: Ticket, copied: Mapping[str, str]) -> dict[str, bool]:
    """Which buttons the page shows; the routes ask again."""
    return {act: access.may(visit.viewer, act, ticket, copied=copied) for act in BUTTONS}


@page("/desk/tickets/{ticket:int}", "ticket.read")
def ticket(visit: Visit) -> Response:
    ticket_id, operator = visit.number("ticket"), visit.operator
    with visit.reading() as session:
        found = readable(session, visit, ticket_id)
        copied = queries.copied(session, ticket_id)
        thread = thread_of(session, visit, ticket_id)
        row = conversation.channel_of(session, found.conversation_id)
        values: dict[str, Any] = {
            "ticket": found,
            "may": may_of(visit, found, copied),
            "copied": copied,
            "lines": conversation.read(session, found.conversation_id, thread),
            "facts": facts_of(thread),
            "masked": masked_of(session, found),
            "clocks": clocks.of(session, ticket_id),
            "linked": tickets.linked(session, ticket_id),
            "members": tickets.members(session, ticket_id) if found.category == "T-GROUP" else [],
            "candidates": tickets.candidates(session, ticket_id) if found.category == "T-GROUP" else [],
            "earlier": _earlier(session, visit, found),
            "drafts": drafts.find(session, operator.id, ticket_id),
            "typing": drafts.typing(session, ticket_id, but=operator.id),
            "canned": canned.for_ticket(session, found),
            "owner_speaks": row.owner if row else "",
            "files": evidence.of(session, found.conversation_id) if found.conversation_id else [],
        }
    values["limits"] = reply_box.limits(visit.desk.database, row)
    values["category"] = catalogue().category(found.category)
    values["categories"] = catalogue().categories
    values["desks"] = visit.desk.directory.desks()
    values["colleagues"] = visit.desk.directory.colleagues()
    values["now"] = clock.now()
    values["today"] = clock.today()
    values["key"] = secrets.token_hex(8)
    values["opened"] = visit.query("opened") == "1"
    return visit.render("ticket.html", **values)


def _earlier(session: Session, visit: Visit, found: Ticket) -> list[queries.TicketLine]:
    """Other tickets of the same person that this viewer may read."""
    if found.person_id is None:
        return []
    asked = queries.Filter(view="all", person=found.person_id, sort="newest", limit=20)
    return [line for line in queries.find(session, asked, visit.viewer).lines if line.id != found.id]


def matter_of(found: Ticket, thread: list[Event]) -> str:
    """What the policy base is asked: the worker's latest words, or what the ticket is about."""
    said = [str(event.body.get("text", "")) for event in thread if event.kind == "message_in"]
    latest = said[-1] if said else ""
    return latest if len(latest) >= WORTH_ASKING else found.summary or latest


@page("/desk/tickets/{ticket:int}/suggestions", "ticket.read")
def suggestions(visit: Visit) -> Response:
    """Fetched after the page: the search must not hold up what the operator came for."""
    ticket_id = visit.number("ticket")
    with visit.reading() as session:
        found = readable(session, visit, ticket_id)
        thread = thread_of(session, visit, ticket_id)
    asked = visit.query("about", 200) or matter_of(found, thread)
    cards = suggest.cards(visit.desk.world, asked, firm=found.employer, region=found.region, channel=found.channel)
    return visit.render(
        "ticket/suggestions.html",
        ticket=found,
        asked=asked,
        suggestions=cards,
        calculators=suggest.calculators(cards),
    )


PAGES = [ticket, suggestions]
