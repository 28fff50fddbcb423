"""Tickets as a file: masked for whoever may list them; with names and phones only when a second person agrees, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline import audit
from hotline.api import exports
from hotline.api.exports import ExportRefused, Format, Request
from hotline.console import operators, queue, roles
from hotline.console.directory import CHANNELS, PRIORITIES, region
from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.reports import files
from hotline.tickets import access, queries
from hotline.tickets.access import Viewer
from hotline.tickets.categories import catalogue
from hotline.tickets.queries import Filter
from kit import clock

FIELDS = ("view", "category", "priority", "channel", "place", "employer", "since", "until", "words")
PAST = ("export.made", "export.taken", "report.exported")
SHOWN = 50


@dataclass(frozen=True)
class Asked:
    """A request as its page shows it, with how many tickets it would name."""

    request: Request
    said: str
    rows: int


def said(wanted: Filter) -> str:
    """A filter in words."""
    words = [queue.TITLES[wanted.view]]
    if wanted.category:
        words.append(catalogue().category(wanted.category).title)
    words += [PRIORITIES[wanted.priority]] if wanted.priority else []
    words += [CHANNELS[wanted.channel]] if wanted.channel else []
    words += [region(wanted.region)] if wanted.region else []
    words += [f"单位含“{wanted.employer}”"] if wanted.employer else []
    words += [f"{clock.local(wanted.since):%Y-%m-%d} 起"] if wanted.since else []
    words += [f"{clock.local(wanted.until) - timedelta(days=1):%Y-%m-%d} 止"] if wanted.until else []
    words += [f"提到“{wanted.words}”"] if wanted.words else []
    return "，".join(words)


def _viewer_of(session: Session, operator_id: int) -> Viewer:
    account = operators.get(session, operator_id)
    return access.viewer(session, account.id, account.role, account.desk_ids or None)


def _asked(session: Session, one: Request) -> Asked:
    return Asked(one, said(one.wanted), queries.how_many(session, one.wanted, _viewer_of(session, one.asked_by)))


def _may_approve(session: Session, visit: Visit, one: Request) -> bool:
    """Another lead who sees every desk that the file would come from."""
    if visit.operator.role != "lead" or one.asked_by == visit.operator.id:
        return False
    own, asker = visit.viewer.desk_ids, _viewer_of(session, one.asked_by).desk_ids
    return own is None or (asker is not None and asker <= own)


def _filter(given: Mapping[str, str]) -> Filter:
    return queue.filter_of({**given, "view": given.get("view") or "all", "sort": "newest"})


@page("/desk/exports", "export.make")
def board(visit: Visit) -> Response:
    given = {name: visit.query(name) for name in FIELDS}
    with visit.reading() as session:
        live = exports.live(session)
        mine = [_asked(session, one) for one in live if one.asked_by == visit.operator.id]
        others = [_asked(session, one) for one in live if one.approved_by is None and _may_approve(session, visit, one)]
        past = _past(session, visit)
    return visit.render(
        "exports.html",
        given={**given, "view": given["view"] or "all"},
        views=queue.TITLES,
        categories=catalogue().categories,
        channels=CHANNELS,
        mine=mine,
        others=others,
        past=past,
        limit=exports.MOST,
        limit_in_clear=exports.MOST_IN_CLEAR,
        may_ask=roles.may_open(visit.operator.role, "export.ask"),
        sees_all=_sees_all(visit),
    )


def _sees_all(visit: Visit) -> bool:
    return visit.operator.role in ("lead", "auditor")


def _past(session: Session, visit: Visit) -> list[audit.Record]:
    """What left the house: his own files, for leads and auditors everybody's."""
    actor = None if _sees_all(visit) else visit.operator.actor
    found = [one for act in PAST for one in audit.records(session, act=act, actor=actor, limit=SHOWN)]
    return sorted(found, key=lambda one: -one.seq)[:SHOWN]


def _format(visit: Visit) -> Format:
    return "xlsx" if visit.form.text("format", 4) == "xlsx" else "csv"


def _given(visit: Visit) -> dict[str, str]:
    return {name: visit.form.text(name, 200) for name in FIELDS}


def _attachment(content: bytes, form: Format, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}-{clock.today()}.{form}"'}
    return Response(content, media_type=files.MEDIA[form], headers=headers)


@page("/desk/exports/file", "export.make", "POST")
def make(visit: Visit) -> Response:
    """The rows are read without holding anybody up; that they leave goes on record before they do."""
    form = _format(visit)
    with visit.reading() as session:
        file = exports.export(session, _filter(_given(visit)), visit.viewer, form)
    with visit.transaction() as session:
        exports.note(session, file, form, actor=visit.operator.actor)
    return _attachment(file.content, form, "tickets")


@page("/desk/exports/ask", "export.ask", "POST")
def ask(visit: Visit) -> Response:
    why = visit.form.needed("why", "请写明为什么要带姓名电话，批的人要看", 200)
    with visit.transaction() as session:
        exports.ask(session, _filter(_given(visit)), visit.operator.id, why)
    return visit.go("/desk/exports")


def _live(session: Session, visit: Visit) -> Request:
    number = visit.number("export")
    for one in exports.live(session):
        if one.id == number and (one.asked_by == visit.operator.id or _may_approve(session, visit, one)):
            return one
    raise NotThere("没有这个申请：一天内有效，只能取一次")


@page("/desk/exports/{export:int}/approve", "export.approve", "POST")
def approve(visit: Visit) -> Response:
    try:
        with visit.transaction() as session:
            exports.approve(session, _live(session, visit).id, visit.viewer)
    except ExportRefused as error:
        raise Refused(str(error)) from error
    return visit.go("/desk/exports")


@page("/desk/exports/{export:int}/take", "export.ask", "POST")
def take(visit: Visit) -> Response:
    """The file with names and phones, once; each of them is on record as seen."""
    form = _format(visit)
    try:
        with visit.transaction() as session:
            one = _live(session, visit)
            if one.asked_by != visit.operator.id:
                raise NotThere("谁申请的谁来取")
            content = exports.take(session, one.id, visit.viewer, form)
    except ExportRefused as error:
        raise Refused(str(error)) from error
    return _attachment(content, form, "tickets-with-names")


PAGES = [board, make, ask, approve, take]
