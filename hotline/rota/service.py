"""The duty rota: who answers for a desk at an hour. Pages and YAML write it, alarms and the bot's words read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import audit, people
from hotline.rota.tables import DutyPhoneRow, ShiftRow
from kit import clock

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
WAYS = ("sms", "webhook")


class RotaError(Exception):
    """A rota that cannot be used; the message names the line and says what is allowed."""


@dataclass(frozen=True)
class Shift:
    desk_id: str
    begins: str
    ends: str
    operator_id: int
    deputy_id: int | None = None
    weekdays: tuple[int, ...] = ()
    day: date | None = None


@dataclass(frozen=True)
class OnDuty:
    operator_id: int
    deputy_id: int | None


@dataclass(frozen=True)
class Span:
    """Some hours of one day with the same person on duty, or nobody."""

    begins: str
    ends: str
    on_duty: OnDuty | None


@dataclass(frozen=True)
class Phone:
    way: str
    address: str


def shifts(session: Session, desk_id: str) -> list[Shift]:
    rows = session.scalars(select(ShiftRow).filter_by(desk_id=desk_id).order_by(ShiftRow.id))
    return [_shift(row) for row in rows]


def replace(session: Session, desk_id: str, wanted: Sequence[Shift], *, by: str) -> None:
    """The whole rota of a desk anew; an act on record."""
    for one in wanted:
        _check(one)
    session.execute(delete(ShiftRow).where(ShiftRow.desk_id == desk_id))
    session.add_all(ShiftRow(**{**vars(one), "desk_id": desk_id, "weekdays": list(one.weekdays)}) for one in wanted)
    session.flush()
    audit.record(session, by, "rota.changed", f"desk:{desk_id}", {"shifts": len(wanted)})


def on_duty(session: Session, desk_id: str, at: datetime) -> OnDuty | None:
    """Who is on duty and who stands in for him."""
    return covering(shifts(session, desk_id), clock.local(at))


def covering(rota: Sequence[Shift], local: datetime) -> OnDuty | None:
    """The same of shifts already read; a shift for the day itself comes before the weekly ones."""
    fitting = [one for one in rota if _covers(one, local)]
    best = min(fitting, key=lambda one: one.day is None, default=None)
    return None if best is None else OnDuty(best.operator_id, best.deputy_id)


def spans(rota: Sequence[Shift], day: date) -> list[Span]:
    """One day from midnight to midnight; who is on duty changes only where a shift begins or ends."""
    cuts = sorted({"00:00", *(one.begins for one in rota), *(one.ends for one in rota)} - {"24:00"})
    found: list[Span] = []
    for begins, ends in pairwise([*cuts, "24:00"]):
        local = datetime.combine(day, time.fromisoformat(begins), clock.SHANGHAI)
        on_duty = covering(rota, local)
        if found and found[-1].on_duty == on_duty:
            found[-1] = Span(found[-1].begins, ends, on_duty)
        else:
            found.append(Span(begins, ends, on_duty))
    return found


def on_call(session: Session, desk_id: str, at: datetime) -> int | None:
    found = on_duty(session, desk_id, at)
    return found.operator_id if found else None


def somebody_can_be_called(session: Session, at: datetime) -> bool:
    """Whether any desk has somebody on duty now whose duty phone rings: the bot's words depend on it."""
    reachable = set(session.scalars(select(DutyPhoneRow.operator_id)))
    if not reachable:
        return False
    local = clock.local(at)
    on = [_shift(row) for row in session.scalars(select(ShiftRow))]
    return any(_covers(one, local) and bool({one.operator_id, one.deputy_id} & reachable) for one in on)


def gaps(session: Session, desk_ids: Iterable[str], at: datetime, days: int = 7) -> dict[str, list[datetime]]:
    """The hours of the next days for which a desk has nobody; an empty rota is all of them."""
    start = clock.local(at).replace(minute=0, second=0, microsecond=0)
    hours = [start + timedelta(hours=step) for step in range(24 * days)]
    found = {}
    for desk_id in desk_ids:
        rota = shifts(session, desk_id)
        empty = [hour for hour in hours if not any(_covers(one, hour) for one in rota)]
        if empty:
            found[desk_id] = empty
    return found


def set_phone(session: Session, operator_id: int, way: str, address: str, *, by: str) -> None:
    if way not in WAYS:
        raise RotaError(f"值班电话的方式只能是 {'、'.join(WAYS)}")
    session.merge(DutyPhoneRow(operator_id=operator_id, way=way, address=people.seal_text(session, None, address)))
    audit.record(session, by, "duty_phone.set", f"operator:{operator_id}", {"way": way})


def phone(session: Session, operator_id: int) -> Phone | None:
    row = session.get(DutyPhoneRow, operator_id)
    return None if row is None else Phone(row.way, people.open_text(session, None, row.address))


def _check(one: Shift) -> None:
    if not (_HOUR.fullmatch(one.begins) and _HOUR.fullmatch(one.ends)) or one.begins == one.ends:
        raise RotaError(f"{one.desk_id}: 时间 {one.begins}-{one.ends} 不对，要写成 08:30-17:30")
    if one.day is None and not (one.weekdays and all(1 <= day <= 7 for day in one.weekdays)):
        raise RotaError(f"{one.desk_id}: 星期要写1到7，1是星期一")
    if one.deputy_id == one.operator_id:
        raise RotaError(f"{one.desk_id}: 替班的人不能是值班的人自己")


def _covers(one: Shift, local: datetime) -> bool:
    """Whether a moment lies in a shift; the part after midnight belongs to the day on which the shift began."""
    now, today = local.time().replace(tzinfo=None), local.date()
    begins, ends = _time(one.begins), _time(one.ends)
    if one.begins < one.ends:
        return _on(one, today) and begins <= now and (now < ends or one.ends == "24:00")
    yesterday = today - timedelta(days=1)
    return (_on(one, today) and now >= begins) or (_on(one, yesterday) and now < ends)


def _on(one: Shift, day: date) -> bool:
    return one.day == day if one.day is not None else day.isoweekday() in one.weekdays


def _time(said: str) -> time:
    return time.max if said == "24:00" else time.fromisoformat(said)


def _shift(row: ShiftRow) -> Shift:
    days = tuple(row.weekdays)
    return Shift(row.desk_id, row.begins, row.ends, row.operator_id, row.deputy_id, days, row.day)
