"""The duty rota: who answers for a desk at an hour. Pages and YAML write it, alarms and the bot's words read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import audit, people
from hotline.rota.tables import DutyPhoneRow, ShiftRow
from kit import clock
from knowledge.strict import read_yaml

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
    """Who is on duty and who stands in for him; a shift for the day itself comes before the weekly ones."""
    local = clock.local(at)
    fitting = [one for one in shifts(session, desk_id) if _covers(one, local)]
    best = min(fitting, key=lambda one: one.day is None, default=None)
    return None if best is None else OnDuty(best.operator_id, best.deputy_id)


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


def import_file(session: Session, path: Path, operators: Mapping[str, int], *, by: str) -> list[str]:
    """`desk id: [{days: 1-5, hours: 08:30-17:30, operator: login, deputy: login}]`; the desks that were written."""
    raw = read_yaml(path)
    for desk_id, lines in raw.items():
        replace(session, desk_id, [_read(desk_id, line, operators) for line in lines], by=by)
    return list(raw)


def _read(desk_id: str, line: dict[str, Any], operators: Mapping[str, int]) -> Shift:
    begins, _, ends = str(line["hours"]).partition("-")
    deputy = line.get("deputy")
    unknown = [login for login in (line["operator"], deputy) if login is not None and login not in operators]
    if unknown:
        raise RotaError(f"{desk_id}: 没有登录名 {unknown[0]}")
    days = line["days"]
    is_date = isinstance(days, date)
    return Shift(
        desk_id,
        begins,
        ends,
        operators[line["operator"]],
        operators[deputy] if deputy else None,
        () if is_date else _weekdays(desk_id, str(days)),
        days if is_date else None,
    )


def _weekdays(desk_id: str, said: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in said.replace("，", ",").split(","):
        first, _, last = part.strip().partition("-")
        if not (first + (last or first)).isdecimal():
            raise RotaError(f"{desk_id}: days 写的是 {said}，要写 1-5、6,7 或者一个日期")
        found += range(int(first), int(last or first) + 1)
    return tuple(found)


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
