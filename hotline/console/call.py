"""A call or a visit: the form that is filled while the caller talks, what is known of him beside it, his number."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.mailbox import inbox, outbox
from bot.mailbox.wake import bell
from bot.messages import Outgoing
from hotline import people
from hotline.console import drafts, suggest
from hotline.console.door import page
from hotline.console.errors import Refused
from hotline.console.visit import Visit
from hotline.tickets import legal, queries
from hotline.tickets import service as tickets
from hotline.tickets.categories import IntakeField, catalogue
from hotline.tickets.queries import TicketLine
from hotline.tickets.shapes import Ticket
from kit import clock
from knowledge.regions import Region, load_tree, resolve

PHONE = re.compile(r"(?:\+?86)?(1\d{10})|(0\d{2,3}-?\d{7,8})")
FIXED = (
    "via",
    "phone",
    "alias",
    "place",
    "employer",
    "matter",
    "people",
    "category",
    "safe",
    "consent",
    "receipt",
    "plain",
)
SHOWN_BESIDE = ("employer", "phone", "alias", "place", "matter", "people")
RECEIPT = "工会12351：你的事登记好了。单号{number}，查询码{code}。发短信“查进度”随时来问，查询码别告诉别人。"
PLAIN_RECEIPT = "单号{number}，查询码{code}。"


def phone_of(text: str) -> str:
    """The number as it is dialled, or nothing: a caller may stay anonymous."""
    found = PHONE.fullmatch(re.sub(r"[\s\-]", "", text))
    return "" if found is None else (found[1] or found[2])


def place_of(name: str) -> Region | None:
    found = resolve(name, load_tree()) if name else None
    return found if isinstance(found, Region) else None


def asked_of(category: str) -> list[IntakeField]:
    """What this category still asks for, beside what stands in the form already."""
    return [field for field in catalogue().category(category).fields if field.name not in SHOWN_BESIDE]


def facts_of(given: Mapping[str, str]) -> dict[str, Any]:
    region = place_of(given["place"])
    known: dict[str, Any] = {
        "matter": given["matter"],
        "employer": given["employer"],
        "people": given["people"] or "1",
        "place": region.id if region else given["place"],
    }
    known |= {name: given[name] for name in ("phone", "alias") if given.get(name)}
    known |= {
        field.name: given[f"fact.{field.name}"]
        for field in asked_of(given["category"])
        if given.get(f"fact.{field.name}")
    }
    return known


def read(visit: Visit) -> dict[str, str]:
    given = {name: visit.form.text(name, 2000) for name in FIXED}
    more = {name: value for name, value in visit.form.all().items() if name.startswith("fact.")}
    given["phone"] = phone_of(given["phone"]) or given["phone"]
    return {**given, **more}


def kept_draft(session: Session, operator_id: int) -> dict[str, str]:
    kept = drafts.find(session, operator_id, 0).get("call")
    return dict(json.loads(kept)) if kept else {}


@page("/desk/new", "call.open")
def form(visit: Visit) -> Response:
    with visit.reading() as session:
        given = kept_draft(session, visit.operator.id)
    return visit.render(
        "call.html",
        given=given,
        key=secrets.token_hex(8),
        categories=catalogue().categories,
        has_sms=bool(visit.desk.configured.sms_driver),
        at="/desk/new",
    )


@page("/desk/new/look", "call.open", "POST")
def look(visit: Visit) -> Response:
    """What is known of this phone, this employer and this matter; nothing is stored, and nothing is in an address."""
    given = read(visit)
    with visit.reading() as session:
        earlier = _earlier(session, visit, given["phone"])
        same = _same_employer(session, visit, given["employer"], {line.id for line in earlier})
    region = place_of(given["place"])
    cards = suggest.cards(
        visit.desk.world,
        given["matter"],
        firm=given["employer"],
        region=region.id if region else None,
        channel="sms",
    )
    category = given["category"] or next((card.ticket for card in cards if card.ticket), "")
    return visit.render(
        "call_beside.html",
        given=given,
        earlier=earlier,
        same=same,
        suggestions=cards,
        calculators=suggest.calculators(cards),
        category=category,
        category_title=catalogue().category(category).title if category else "",
        fields=asked_of(category) if category else [],
        region=region,
        titles=load_tree(),
    )


def _earlier(session: Session, visit: Visit, phone: str) -> list[TicketLine]:
    person = people.person_by_phone(session, phone) if phone_of(phone) else None
    if person is None:
        return []
    asked = queries.Filter(view="all", person=person, sort="newest", limit=8)
    return list(queries.find(session, asked, visit.viewer).lines)


def _same_employer(session: Session, visit: Visit, employer: str, known: set[int]) -> list[TicketLine]:
    if len(employer) < 2:
        return []
    asked = queries.Filter(view="all", words=employer, sort="newest", limit=8)
    return [line for line in queries.find(session, asked, visit.viewer).lines if line.id not in known]


@page("/desk/new/draft", "call.open", "POST")
def draft(visit: Visit) -> Response:
    given = {name: value for name, value in visit.form.all().items() if name not in ("key", "consent", "receipt")}
    has_words = any(given.get(name) for name in ("matter", "phone", "employer", "place"))
    with visit.transaction(is_audited=False) as session:
        text = json.dumps(given, ensure_ascii=False) if has_words else ""
        drafts.keep(session, visit.operator.id, 0, "call", text)
    return Response(status_code=204)


@page("/desk/new", "call.open", "POST")
def open_ticket(visit: Visit) -> Response:
    given = read(visit)
    if not given["matter"]:
        raise Refused("请写他说的是什么事")
    if given["category"] not in catalogue().categories:
        raise Refused("请选类别")
    if given["people"] and not given["people"].isdecimal():
        raise Refused("人数要填数字")
    if (given["phone"] or given["alias"]) and given["consent"] != "yes":
        raise Refused("留电话、称呼要先念给他听，他同意了再勾上；不同意就清掉电话，照样可以登记")
    if given["phone"] and not phone_of(given["phone"]):
        raise Refused("电话号码不对：手机11位，座机带区号")
    key = f"call:{visit.operator.id}:{visit.form.needed('key', '请刷新页面再登记', 40)}"
    with visit.transaction() as session:
        made = _open(session, visit, given, key)
        drafts.drop(session, visit.operator.id, 0, "call")
    bell.ring("outbox")
    return visit.go(f"/desk/tickets/{made.id}?opened=1")


def _open(session: Session, visit: Visit, given: Mapping[str, str], key: str) -> Ticket:
    facts = facts_of(given)
    conversation = _sms_conversation(session, visit, given)
    person = _person(session, given, conversation)
    base = visit.desk.world.knowledge().base
    unsafe = given["safe"] == "no"
    made = tickets.open_ticket(
        session,
        key=key,
        conversation_id=conversation,
        category=given["category"],
        priority="P0" if unsafe else None,
        reason="crisis" if unsafe else given["via"] or "phone",
        facts=facts,
        limits=legal.limits(given["category"], facts, base, clock.today()),
        attach=conversation is not None,
        actor=visit.operator.actor,
        person_id=person,
        channel=given["via"] if given["via"] == "visit" else "phone",
    )
    if made.version <= 2 and made.owner_id is None and visit.viewer.desk_ids and made.desk_id in visit.viewer.desk_ids:
        tickets.claim(session, made.id, visit.operator.id, version=made.version)
    if conversation is not None:
        words = PLAIN_RECEIPT if given["plain"] == "yes" else RECEIPT
        text = words.format(number=made.number, code=made.code)
        outgoing = Outgoing(kind="ticket", text=text, sender="system", ticket=made.number)
        outbox.queue(session, conversation, outgoing, key=f"receipt:{made.id}", now=clock.now(), done=True)
    return made


def _sms_conversation(session: Session, visit: Visit, given: Mapping[str, str]) -> str | None:
    """The caller's own SMS conversation, when he wants the receipt there: replies go the same way."""
    configured = visit.desk.configured
    mobile = phone_of(given["phone"])
    if (
        given["receipt"] != "yes"
        or given["consent"] != "yes"
        or not configured.sms_driver
        or not mobile.startswith("1")
    ):
        return None
    return inbox.conversation_of(session, "sms", configured.sms_number, f"+86{mobile}", clock.now())


def _person(session: Session, given: Mapping[str, str], conversation: str | None) -> int | None:
    """Who it is, as far as he agreed that it is kept; without his yes nobody."""
    if given["consent"] != "yes":
        return None
    mobile = phone_of(given["phone"])
    known = people.person_by_phone(session, mobile) if mobile else None
    if known is None:
        known = people.for_conversation(session, conversation) if conversation else people.new_person(session)
    version = people.catalogue().version
    people.consent(session, person_id=known, conversation_id=conversation, purpose="ticket", version=version, yes=True)
    return known


PAGES = [form, look, draft, open_ticket]
