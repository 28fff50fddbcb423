"""The queue: views, filters, search, the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from hotline import people
from hotline.console import mentions
from hotline.console.directory import CHANNELS
from hotline.console.door import page
from hotline.console.visit import Visit
from hotline.tickets import queries
from hotline.tickets.categories import catalogue
from hotline.tickets.queries import Filter, Page
from kit import clock
from knowledge.regions import Region, load_tree, resolve

TITLES = {
    "mine": "我的工单",
    "desk": "本台在办",
    "unassigned": "待认领",
    "overdue": "已超时",
    "alerts": "有预警",
    "waiting": "等对方",
    "call_backs": "待回访",
    "copied": "抄送给本台",
    "closed": "已办结",
    "all": "全部工单",
}
SORTS = {"urgent": "最急的在前", "oldest": "最早的在前", "newest": "最新的在前", "updated": "刚有动静的在前"}
NOTHING = {
    "mine": "你手上没有在办的工单。到“待认领”里接一张。",
    "unassigned": "没有等着认领的工单。",
    "overdue": "没有超时的工单。",
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(day: date | None, *, after: bool = False) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=int(after)), time(0), clock.SHANGHAI)


def _region(name: str) -> str:
    """A place by its name; a name that we do not know filters nothing out."""
    found = resolve(name, load_tree()) if name else None
    return found.id if isinstance(found, Region) else ""


def filter_of(given: Mapping[str, str]) -> Filter:
    """What a request asks for; what makes no sense is as good as not asked."""
    view = given.get("view", "")
    sort = given.get("sort", "")
    priority = given.get("priority", "")
    return Filter(
        view=view if view in TITLES else "mine",  # type: ignore[arg-type]
        category=given.get("category", "") if given.get("category", "") in catalogue().categories else "",
        region=_region(given.get("place", "")),
        priority=priority if priority in ("P0", "P1", "P2", "P3") else "",
        channel=given.get("channel", "") if given.get("channel", "") in CHANNELS else "",
        employer=given.get("employer", "")[:80],
        since=_moment(_day(given.get("since", ""))),
        until=_moment(_day(given.get("until", "")), after=True),
        words=given.get("words", "")[:80],
        sort=sort if sort in SORTS else "urgent",  # type: ignore[arg-type]
        cursor=given.get("cursor", "")[:400],
    )


FILTERS = ("category", "priority", "channel", "place", "employer", "since", "until", "sort")


def _show(visit: Visit, asked: Filter, given: Mapping[str, str], found: Page, title: str) -> Response:
    kept = {name: given[name] for name in ("view", *FILTERS) if given.get(name)}
    with visit.reading() as session:
        unseen = mentions.unseen(session, visit.operator.id)
    values: dict[str, Any] = {
        "title": title,
        "asked": asked,
        "lines": found.lines,
        "next": found.next,
        "next_page": f"/desk?{urlencode({**kept, 'view': asked.view, 'cursor': found.next})}",
        "here_again": f"/desk?{urlencode({**kept, 'view': asked.view})}",
        "export": f"/desk/exports?{urlencode({**kept, 'view': asked.view})}",
        "is_filtered": bool(asked.words or asked.cursor or [name for name in FILTERS if kept.get(name)]),
        "place": given.get("place", ""),
        "since": given.get("since", ""),
        "until": given.get("until", ""),
        "categories": catalogue().categories,
        "channels": CHANNELS,
        "sorts": SORTS,
        "mentions": unseen,
        "nothing": "没有查到。" if asked.words else NOTHING.get(asked.view, "这里现在没有工单。"),
        "at": f"/desk?view={asked.view}",
    }
    return visit.render("queue.html", **values)


@page("/desk", "queue.read")
def queue(visit: Visit) -> Response:
    given = {name: visit.query(name) for name in (*FILTERS, "view", "cursor")}
    asked = filter_of(given)
    with visit.reading() as session:
        found = queries.find(session, asked, visit.viewer)
    return _show(visit, asked, given, found, TITLES[asked.view])


@page("/desk/search", "queue.search", "POST")
def search(visit: Visit) -> Response:
    """By words, number or phone. A form and no link: what was looked for stays out of addresses and their logs."""
    words = visit.form.needed("words", "请写要查什么", 80)
    given = {"view": "all", "words": words, "cursor": visit.form.text("cursor"), "sort": "updated"}
    digits = "".join(character for character in words if character.isdigit())
    asked = filter_of(given)
    with visit.reading() as session:
        person = people.person_by_phone(session, words) if len(digits) in (11, 13) and digits == words else None
        if person is not None:
            asked = replace(asked, words="", person=person)
        found = queries.find(session, asked, visit.viewer)
    return _show(visit, asked, given, found, f"查“{words}”")


@page("/desk/mentions/seen", "queue.read", "POST")
def mentions_seen(visit: Visit) -> Response:
    with visit.transaction(is_audited=False) as session:
        mentions.see(session, visit.operator.id)
    return visit.go("/desk")


PAGES = [queue, search, mentions_seen]
