"""The alerts board of the duty officer: the worst first, its reporting clock, what was done; by district as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline.console.door import Page, page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.tickets import service as tickets
from hotline.warnings import alerts
from hotline.warnings.alerts import Alert
from hotline.warnings.rules import LEVELS
from kit import clock

COLORS = tuple(LEVELS)
PAGES: list[Page] = []


def readable(session: Session, visit: Visit, alert_id: int) -> Alert:
    try:
        found = alerts.get(session, alert_id)
    except alerts.AlertError as missing:
        raise NotThere(str(missing)) from missing
    desk_ids = visit.viewer.desk_ids
    if desk_ids is not None and found.desk_id not in desk_ids:
        raise NotThere("没有这条预警")
    return found


@dataclass(frozen=True)
class District:
    """One place on the board: alerts of each colour, the persons they speak of, and its bar in parts of a hundred."""

    region: str | None
    counts: Counter[str]
    persons: int
    bar: list[tuple[str, float, float]]  # colour, where it begins, how wide it is


def by_district(found: list[Alert]) -> list[District]:
    """What a map would show, as a table: the worst place first, then the one with the most persons."""
    places: dict[str | None, list[Alert]] = {}
    for one in found:
        places.setdefault(one.region, []).append(one)
    persons = {region: sum(max(one.persons, one.said) for one in here) for region, here in places.items()}
    most = max(persons.values(), default=0) or 1
    order = sorted(places, key=lambda region: (-max(one.level for one in places[region]), -persons[region]))
    return [
        District(region, Counter(one.color for one in places[region]), persons[region], _bar(places[region], most))
        for region in order
    ]


def _bar(here: list[Alert], most: int) -> list[tuple[str, float, float]]:
    """As long as the persons spoken of, the worst colour first."""
    parts: list[tuple[str, float, float]] = []
    begins = 0.0
    for color in reversed(COLORS[1:]):
        width = 100 * sum(max(one.persons, one.said) for one in here if one.color == color) / most
        if width:
            parts.append((color, round(begins, 2), round(width, 2)))
            begins += width
    return parts


@page("/desk/alerts", "alert.read")
def board(visit: Visit) -> Response:
    shows_closed = visit.query("closed") == "1"
    with visit.reading() as session:
        found = alerts.board(session, visit.viewer.desk_ids, closed=shows_closed)
        somebody = tickets.somebody_is_on_call(session)
    return visit.render(
        "alerts.html",
        alerts=found,
        table=by_district(found),
        colors=COLORS[1:],
        titles=alerts.TITLES,
        shows_closed=shows_closed,
        now=clock.now(),
        somebody=somebody,
        at="/desk/alerts",
    )


@page("/desk/alerts/{alert:int}", "alert.read")
def alert(visit: Visit) -> Response:
    alert_id = visit.number("alert")
    with visit.reading() as session:
        found = readable(session, visit, alert_id)
        steps, tasks = alerts.steps(session, alert_id), alerts.tasks(session, alert_id)
    return visit.render(
        "alert.html",
        alert=found,
        steps=steps,
        tasks=tasks,
        titles=alerts.TITLES,
        next_state=_next(found),
        lower=list(COLORS[1 : found.level]),
        now=clock.now(),
        at="/desk/alerts",
    )


def _next(found: Alert) -> str:
    at = alerts.STATES.index(found.state)
    return alerts.TITLES[alerts.STATES[at + 1]] if at + 1 < len(alerts.STATES) else ""


Doing = Callable[[Session, Visit, Alert], object]


def doing(name: str, act: str) -> Callable[[Doing], Doing]:
    """Make `POST /desk/alerts/N/name` of a function, for those who may see that alert."""

    def made(function: Doing) -> Doing:
        @page(f"/desk/alerts/{{alert:int}}/{name}", act, "POST")
        def handler(visit: Visit) -> Response:
            alert_id = visit.number("alert")
            try:
                with visit.transaction() as session:
                    function(session, visit, readable(session, visit, alert_id))
            except alerts.AlertError as error:
                raise Refused(str(error)) from error
            return visit.go(f"/desk/alerts/{alert_id}")

        PAGES.append(handler)
        return function

    return made


@doing("acknowledge", "alert.act")
def acknowledge(session: Session, visit: Visit, one: Alert) -> None:
    alerts.acknowledge(session, one.id, visit.operator.id)


@doing("report", "alert.act")
def report(session: Session, visit: Visit, one: Alert) -> None:
    alerts.report(session, one.id, visit.operator.id, visit.form.needed("to", "请写报给了谁", 120))


@doing("advance", "alert.act")
def advance(session: Session, visit: Visit, one: Alert) -> None:
    note = visit.form.needed("note", "请写研判或处置的情况", 1000)
    alerts.advance(session, one.id, visit.operator.id, note, version=visit.form.number("version"))


@doing("task", "alert.act")
def task(session: Session, visit: Visit, one: Alert) -> None:
    alerts.do_task(session, one.id, visit.form.needed("task", "请选任务", 80), visit.operator.id)


@doing("lower", "alert.lower")
def lower(session: Session, visit: Visit, one: Alert) -> None:
    form = visit.form
    level, reason = form.needed("level", "请选降到哪一级", 10), form.needed("reason", "降级要写明理由", 300)
    if level not in COLORS:
        raise Refused("没有这一级")
    alerts.lower(session, one.id, visit.operator.id, level, reason, version=form.number("version"))


PAGES += [board, alert]
