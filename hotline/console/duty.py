"""The duty rota: who answers for a desk at which hour, who is on duty now, and where his duty phone is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotline import people, rota
from hotline.console import operators, roles
from hotline.console.door import page
from hotline.console.errors import NotAllowed, NotThere, Refused
from hotline.console.visit import Visit
from hotline.hooks import calling
from hotline.rota import OnDuty, Phone, Shift, Span, written
from hotline.tickets import desks
from hotline.tickets.shapes import Desk
from kit import clock

MOST_SHIFTS = 30
EMPTY_LINES = 3
FIELDS = ("days", "begins", "ends", "operator", "deputy")
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class OnNow:
    """One desk at this moment."""

    desk: Desk
    found: OnDuty | None
    rings: bool
    is_empty: bool
    empty_hours: int
    is_his: bool


def _is_his(visit: Visit, desk_id: str) -> bool:
    return visit.viewer.desk_ids is None or desk_id in visit.viewer.desk_ids


def _readable(session: Session, visit: Visit) -> list[Desk]:
    """His own desks and, because an alarm goes up, those above them."""
    every = {desk.id: desk for desk in desks.every(session)}
    shown = {id for id in every if _is_his(visit, id)}
    for id in list(shown):
        above = every[id].parent
        while above is not None and above in every:
            shown.add(above)
            above = every[above].parent
    return [desk for id, desk in every.items() if id in shown]


def _desk(session: Session, visit: Visit) -> Desk:
    id = str(visit.request.path_params["desk"])
    for desk in _readable(session, visit):
        if desk.id == id:
            return desk
    raise NotThere("没有这个台")


def _logins(session: Session) -> dict[str, int]:
    """Who can be on duty: an open account that handles tickets."""
    return {one.login: one.id for one in operators.every(session) if one.is_active and one.role in roles.CASE_WORK}


@page("/desk/rota", "rota.read")
def now_on_duty(visit: Visit) -> Response:
    with visit.reading() as session:
        found = [_now(session, visit, desk) for desk in _readable(session, visit)]
    return visit.render("duty/now.html", found=found, may_write=roles.may_open(visit.operator.role, "rota.edit"))


def _now(session: Session, visit: Visit, desk: Desk) -> OnNow:
    shifts = rota.shifts(session, desk.id)
    found = rota.covering(shifts, clock.local(clock.now()))
    rings = found is not None and any(
        number is not None and rota.phone(session, number) is not None
        for number in (found.operator_id, found.deputy_id)
    )
    empty = rota.gaps(session, [desk.id], clock.now()).get(desk.id, [])
    return OnNow(desk, found, rings, not shifts, len(empty), _is_his(visit, desk.id))


@page("/desk/rota/file", "rota.read")
def file(visit: Visit) -> Response:
    """As `./gongyou rota import` reads it; no phones in it."""
    with visit.reading() as session:
        found = {desk.id: rota.shifts(session, desk.id) for desk in _readable(session, visit)}
        logins = {one.id: one.login for one in operators.every(session)}
    text = written.text({id: shifts for id, shifts in found.items() if shifts}, logins)
    headers = {"content-disposition": 'attachment; filename="rota.yml"'}
    return Response(text, media_type="text/yaml; charset=utf-8", headers=headers)


@page("/desk/rota/import", "rota.edit", "POST")
def take_file(visit: Visit) -> Response:
    """What was pasted replaces the rota of the desks that it names; all of them or none."""
    text = visit.form.needed("text", "请把值班表贴进来", 60_000)
    try:
        with visit.transaction() as session:
            for desk_id, shifts in written.read(text, _logins(session)).items():
                _write(session, visit, desk_id, shifts)
    except rota.RotaError as error:
        raise Refused(str(error)) from error
    return visit.go("/desk/rota")


@page("/desk/rota/phone", "rota.edit", "POST")
def phone(visit: Visit) -> Response:
    """Where somebody of a desk's rota is called."""
    desk_id, number, way = visit.form.text("desk", 64), visit.form.number("operator"), visit.form.text("way", 8)
    address = _address(visit, way, visit.form.needed("address", "请填号码或地址", 300))
    with visit.transaction() as session:
        if not _is_his(visit, desk_id) or number not in _people(rota.shifts(session, desk_id)):
            raise Refused("这个人不在你的台的值班表里")
        rota.set_phone(session, number, way, address, by=visit.operator.actor)
    return visit.go(f"/desk/rota/{desk_id}")


def _address(visit: Visit, way: str, given: str) -> str:
    if way == "sms":
        digits = given.replace(" ", "").replace("-", "")
        if not digits.removeprefix("+").isdecimal() or not 7 <= len(digits) <= 16:
            raise Refused("手机号只能是数字，前面可以有 +")
        return digits
    if way != "webhook":
        raise Refused("值班电话只能是短信或者网址")
    try:
        calling.check(given, loopback=visit.desk.configured.hooks_loopback)
    except calling.BadAddress as error:
        raise Refused(str(error)) from error
    return given


@page("/desk/rota/{desk}", "rota.read")
def of_desk(visit: Visit) -> Response:
    with visit.reading() as session:
        desk = _desk(session, visit)
        shifts = rota.shifts(session, desk.id)
        phones = {number: _masked(rota.phone(session, number)) for number in _people(shifts)}
        may_write = roles.may_open(visit.operator.role, "rota.edit") and _is_his(visit, desk.id)
        accounts = operators.every(session) if may_write else []
    today = clock.today()
    logins = {one.id: one.login for one in accounts}
    return visit.render(
        "duty/desk.html",
        desk=desk,
        week=[_day(shifts, today + timedelta(days=ahead)) for ahead in range(7)],
        shifts=[(one, written.days(one)) for one in shifts],
        lines=range(min(len(shifts) + EMPTY_LINES, MOST_SHIFTS)),
        phones=phones,
        colleagues=[one for one in accounts if one.is_active and one.role in roles.CASE_WORK],
        may_write=may_write,
        was=_mark(desk.id, shifts, logins) if may_write else "",
        at="/desk/rota",
    )


def _day(shifts: list[Shift], day: date) -> tuple[str, list[Span]]:
    return f"{day:%m-%d} 周{WEEKDAYS[day.weekday()]}", rota.spans(shifts, day)


def _people(shifts: Iterable[Shift]) -> list[int]:
    both = (number for one in shifts for number in (one.operator_id, one.deputy_id))
    return list(dict.fromkeys(number for number in both if number is not None))


def _masked(known: Phone | None) -> str:
    if known is None:
        return ""
    if known.way == "sms":
        return f"短信 {people.mask('phone', known.address)}"
    return f"网址 {known.address.split('/')[2][:60]}/…"


def _mark(desk_id: str, shifts: list[Shift], logins: Mapping[int, str]) -> str:
    """What the writer of a form had before him."""
    return hashlib.sha256(written.text({desk_id: shifts}, logins).encode()).hexdigest()[:16]


@page("/desk/rota/{desk}", "rota.edit", "POST")
def write(visit: Visit) -> Response:
    """The whole rota of a desk anew; a line without days is gone."""
    try:
        with visit.transaction() as session:
            desk = _desk(session, visit)
            if not _is_his(visit, desk.id):
                raise NotAllowed("这个台不归你管")
            logins = _logins(session)
            every = {one.id: one.login for one in operators.every(session)}
            if visit.form.text("was", 16) != _mark(desk.id, rota.shifts(session, desk.id), every):
                raise Refused("刚才有人改过这份值班表，请刷新后再改")
            _write(session, visit, desk.id, [written.line(desk.id, one, logins) for one in _lines(visit)])
    except rota.RotaError as error:
        raise Refused(str(error)) from error
    return visit.go(f"/desk/rota/{desk.id}")


def _lines(visit: Visit) -> list[dict[str, str]]:
    made = []
    for number in range(MOST_SHIFTS):
        given = {name: visit.form.text(f"{name}.{number}", 64) for name in FIELDS}
        if given["days"]:
            hours = f"{given['begins']}-{given['ends']}"
            made.append({**{name: given[name] for name in ("days", "operator", "deputy")}, "hours": hours})
    return made


def _write(session: Session, visit: Visit, desk_id: str, shifts: list[Shift]) -> None:
    if desk_id not in {desk.id for desk in desks.every(session)} or not _is_his(visit, desk_id):
        raise Refused(f"没有 {desk_id} 这个台，或者不归你管")
    if len(shifts) > MOST_SHIFTS:
        raise Refused(f"一个台最多 {MOST_SHIFTS} 个班")
    rota.replace(session, desk_id, shifts, by=visit.operator.actor)


PAGES = [now_on_duty, file, take_file, phone, of_desk, write]
