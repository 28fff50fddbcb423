"""When a desk works: its hours and the days it is shut beside the holidays; the clocks of its tickets count by them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.tickets import desks
from hotline.tickets.shapes import Desk

MOST_DAYS = 120


def _desk(session: Session, visit: Visit) -> Desk:
    id = str(visit.request.path_params["desk"])
    own = visit.viewer.desk_ids
    found = {desk.id: desk for desk in desks.every(session) if own is None or desk.id in own}
    if id not in found:
        raise NotThere("没有这个台，或者不归你管")
    return found[id]


@page("/desk/hours", "desk.edit")
def every_desk(visit: Visit) -> Response:
    own = visit.viewer.desk_ids
    with visit.reading() as session:
        found = [desk for desk in desks.every(session) if own is None or desk.id in own]
    return visit.render("administration/hours.html", desks=found)


@page("/desk/hours/{desk}", "desk.edit")
def hours(visit: Visit) -> Response:
    with visit.reading() as session:
        desk = _desk(session, visit)
    begins, _, ends = desk.hours.partition("-")
    return visit.render("administration/desk_hours.html", desk=desk, begins=begins, ends=ends, at="/desk/hours")


@page("/desk/hours/{desk}", "desk.edit", "POST")
def set_hours(visit: Visit) -> Response:
    form, by = visit.form, visit.operator.actor
    with visit.transaction() as session:
        desk = _desk(session, visit)
        if form.text("act", 8) == "file":
            desks.follow_file(session, desk.id, by=by)
        else:
            said = f"{form.text('begins', 5)}-{form.text('ends', 5)}"
            desks.set_hours(session, desk.id, said, _days(form.text("days_off", 3000)), by=by)
    visit.desk.directory.forget()
    return visit.go(f"/desk/hours/{desk.id}")


def _days(written: str) -> list[date]:
    lines = written.replace("、", "\n").replace("，", "\n").split()
    if len(lines) > MOST_DAYS:
        raise Refused(f"最多写 {MOST_DAYS} 天")
    try:
        return [date.fromisoformat(line) for line in lines]
    except ValueError as wrong:
        raise Refused("日子一行一个，写成 2026-12-31 这样") from wrong


PAGES = [every_desk, hours, set_hours]
