"""Opening a ticket: what was said becomes columns, a priority with its reason, a desk with its reason, and clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.mailbox.tables import ConversationRow
from hotline import people
from hotline.tickets import abroad, clocks, escalation, events, numbers, priority, routing, sealed
from hotline.tickets.categories import catalogue
from hotline.tickets.conversations import set_owner
from hotline.tickets.shapes import BOT, OPEN_STATES, Ticket, ticket_of
from hotline.tickets.tables import TicketRow
from kit import clock
from knowledge import employer_names
from knowledge.regions import load_tree

MOST_PEOPLE = 6  # digits
FREE = ("matter", "words", "project", "contractor", "address", "building", "street", "hazard", "wanted", "proposal")


@dataclass(frozen=True)
class Described:
    """What lists and rules need to know of a matter, taken from its facts."""

    summary: str
    text: str
    people_count: int
    region: str | None
    place: str
    home_region: str | None
    employer: str
    employer_key: str
    site_key: str
    industry: str
    grid: str


def describe(facts: Mapping[str, Any]) -> Described:
    text = "，".join(str(facts[name]) for name in FREE if facts.get(name))
    matter = str(facts.get("matter") or facts.get("words") or facts.get("proposal") or text)
    employer = str(facts.get("employer") or facts.get("platform") or employer_names.find(text))[:120]
    region, home = (_region(facts.get(name)) for name in ("place", "home"))
    return Described(
        summary=matter,
        text=f"{text}，{employer}",
        people_count=_count(facts.get("people")),
        region=region,
        place=_place(region, facts),
        home_region=home,
        employer=employer,
        employer_key=employer_names.key(employer)[:60],
        site_key=employer_names.key(str(facts.get("project") or ""))[:60],
        industry=str(facts.get("industry") or routing.industry_in(text))[:24],
        grid=str(facts.get("grid") or "")[:32],
    )


def _region(value: Any) -> str | None:
    return str(value) if value and str(value) in load_tree() else None


def _place(region: str | None, facts: Mapping[str, Any]) -> str:
    """As an operator reads it: 江苏省苏州市昆山市花桥镇."""
    title = load_tree().full_title(region) if region else str(facts.get("place") or "")
    return (title + "".join(str(facts.get(name) or "") for name in ("street", "building")))[:120]


def _count(value: Any) -> int:
    said = str(value)
    return int(said) if said.isdecimal() and len(said) <= MOST_PEOPLE and int(said) > 0 else 1


def open_ticket(
    session: Session,
    *,
    key: str,
    conversation_id: str | None,
    category: str = "T-OTHER",
    priority: str | None = None,
    reason: str = "asked",
    facts: Mapping[str, Any] | None = None,
    limits: Mapping[str, date] | None = None,
    attach: bool = True,
    actor: str = BOT,
    person_id: int | None = None,
    channel: str = "",
) -> Ticket:
    """Open a ticket once per key. With `attach` what the worker writes from now on joins it; the bot goes on answering
    until an operator takes the conversation over by claiming or replying. A given `priority` can only make it more
    urgent than the triggers do. `channel` is for what came on none of ours: a call or a visit."""
    known = session.scalars(select(TicketRow).filter_by(key=key)).one_or_none()
    if known is not None:
        return ticket_of(known)
    said = dict(facts or {})
    if conversation_id is not None and person_id is None:
        person_id = people.for_conversation(session, conversation_id)
    talk = session.get(ConversationRow, conversation_id) if conversation_id else None
    channel = channel or _channel(talk)
    if talk is not None and talk.profile.get("scene"):
        said.setdefault("scene", talk.profile["scene"])
    if abroad.is_brief(channel) and reason != "crisis":
        said = abroad.brief(said)
    row, why = _new_row(
        session, key, conversation_id, person_id, channel, category, priority, reason, said, limits or {}
    )
    kept = sealed.take_private(session, person_id, said)
    events.append(session, row, "opened", actor, {"facts": kept, "why": why})
    left = clocks.days_left(limits or {})
    clocks.start(session, row, row.opened_at, days_left=left)
    clocks.set_legal(session, row, limits or {})
    _copy_home(session, row, said)
    if conversation_id is not None and attach:
        set_owner(session, conversation_id, "bot", row.id)
    return ticket_of(row)


def _new_row(
    session: Session,
    key: str,
    conversation_id: str | None,
    person_id: int | None,
    channel: str,
    category: str,
    given: str | None,
    reason: str,
    facts: Mapping[str, Any],
    limits: Mapping[str, date],
) -> tuple[TicketRow, dict[str, str]]:
    about, kind = describe(facts), catalogue().category(category)
    days_left = clocks.days_left(limits)
    urgency = priority.of(priority.Said(category, about.text, facts, about.people_count, days_left))
    if given is not None and given < urgency.priority:
        urgency = priority.Urgency(given, "开单时就按这一级")
    unit = str(facts.get("unit_type") or "")
    matter = routing.Matter(about.region, kind.group, category, about.industry, about.text, about.people_count, unit)
    routed = routing.route(session, matter)
    now = clock.now()
    columns = {name: getattr(about, name) for name in Described.__dataclass_fields__ if name != "text"}
    columns["summary"] = sealed.summary(session, person_id, about.summary)
    row = TicketRow(
        number=numbers.next_number(session, clock.today()),
        code=numbers.new_code(),
        key=key,
        conversation_id=conversation_id,
        person_id=person_id,
        channel=channel,
        category=category,
        group=kind.group,
        priority=urgency.priority,
        reason=reason,
        desk_id=routed.desk.id,
        opened_at=now,
        updated_at=now,
        **columns,
    )
    session.add(row)
    session.flush()
    return row, {"priority": urgency.why, "desk": routed.why}


def _channel(row: ConversationRow | None) -> str:
    return str(row.profile.get("as") or row.channel) if row is not None else "phone"


def _copy_home(session: Session, row: TicketRow, facts: Mapping[str, Any]) -> None:
    """Two-way protection: the union at home sees the ticket when the worker agreed; the place of work leads."""
    if row.home_region is None or not facts.get("home_consent"):
        return
    home = routing.desk_for(session, row.home_region, group=row.group)
    if home.id not in (row.desk_id, routing.centre(session).id):
        escalation.copy_to(session, row.id, home.id, "home")
        events.append(session, row, "copied", BOT, {"desk": home.id, "why": "home"})


def duplicates(session: Session, conversation_id: str, category: str, facts: Mapping[str, Any]) -> list[Ticket]:
    """Open tickets of the same worker about the same matter: offered to him as one before another is opened."""
    about = describe(facts)
    mine = select(TicketRow).where(
        TicketRow.conversation_id == conversation_id, TicketRow.state.in_(OPEN_STATES), TicketRow.category == category
    )
    rows = session.scalars(mine.order_by(TicketRow.id.desc()).limit(5))
    return [ticket_of(row) for row in rows if not about.employer_key or row.employer_key in ("", about.employer_key)]
