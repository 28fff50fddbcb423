"""The tree of desks: city, district or county, street station; an enterprise or a building may have its own.

Desks are data (knowledge/data/desks/*.yml); `./gongyou desks import` writes them into the database, where the desk's
administrators see them. A desk that is gone from the files is closed, never deleted: its tickets go to its parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline import audit
from hotline.tickets.errors import NoSuchDesk, TicketError
from hotline.tickets.schedule import hours
from hotline.tickets.shapes import OPEN_STATES, Desk
from hotline.tickets.tables import DeskRow, TicketRow
from knowledge.regions import load_tree
from knowledge.strict import read_yaml
from knowledge.words import DATA

FOLDER = DATA.parent / "desks"
ROOT = "CN"
KINDS = ("centre", "city", "district", "street", "industry", "enterprise", "building")
HOURS = ("hours", "days_off")
KEYS = {"id", "parent", "region", "kind", "title", "names", "industries", "groups", "roles", "hours", "days_off"}


class BadDesk(TicketError):
    """A desk file says something that cannot be; the message names the file and the desk."""


@dataclass(frozen=True)
class Imported:
    added: tuple[str, ...]
    changed: tuple[str, ...]
    closed: tuple[str, ...]


def read(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All desks of the files, checked, parents first."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.yml")):
        for row in read_yaml(path):
            _check(row, path.name)
            rows[row["id"]] = row
    for row in rows.values():
        if row.get("parent") and row["parent"] not in rows:
            raise BadDesk(f"{row['id']} 的上级 {row['parent']} 没有登记")
    return sorted(rows.values(), key=lambda row: _depth(row, rows))


def _check(row: dict[str, Any], name: str) -> None:
    unknown = set(row) - KEYS - {"source"}
    if unknown:
        raise BadDesk(f"{name}: {row.get('id')} 有不认识的键 {'、'.join(sorted(unknown))}")
    if row["kind"] not in KINDS or row["region"] not in load_tree():
        raise BadDesk(f"{name}: {row['id']} 的 kind 或 region 不对（{row['kind']}，{row['region']}）")
    hours(row.get("hours", "08:30-17:30"))


def _depth(row: dict[str, Any], rows: dict[str, dict[str, Any]]) -> int:
    seen: list[str] = []
    while row.get("parent"):
        if row["id"] in seen:
            raise BadDesk(f"{row['id']} 的上级绕成了圈")
        seen.append(row["id"])
        row = rows[row["parent"]]
    return len(seen)


def import_files(session: Session, folder: Path = FOLDER) -> Imported:
    """Bring the database in line with the files."""
    added, changed, closed = [], [], []
    wanted = read(folder)
    known = {row.id: row for row in session.scalars(select(DeskRow))}
    for row in wanted:
        held = known.get(row["id"])
        values = _values(row)
        if held is not None and held.hours_by is not None:
            values = {name: value for name, value in values.items() if name not in HOURS}
        if held is None:
            session.add(DeskRow(**values))
            added.append(row["id"])
        elif any(getattr(held, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(held, name, value)
            changed.append(row["id"])
    for gone in known.keys() - {row["id"] for row in wanted}:
        if known[gone].is_open:
            _close(session, known[gone])
            closed.append(gone)
    session.flush()
    return Imported(tuple(added), tuple(changed), tuple(closed))


def _values(row: dict[str, Any]) -> dict[str, Any]:
    lists = ("names", "industries", "groups", "roles", "days_off")
    usual: dict[str, Any] = {"parent": None, "source": "", "hours": "08:30-17:30", "is_open": True}
    return {**usual, **{name: [] for name in lists}, **row, "days_off": [str(day) for day in row.get("days_off", [])]}


def set_hours(session: Session, desk_id: str, hours_: str, days_off: Sequence[date], *, by: str) -> None:
    """The desk's own hours from now on; an import of the files leaves them alone. Clocks that run keep their time."""
    start, end = hours(hours_)
    if start >= end:
        raise BadDesk("开始要早于结束；过夜的班在值班表里排")
    row = session.get_one(DeskRow, desk_id)
    row.hours, row.days_off, row.hours_by = hours_, [str(day) for day in sorted(set(days_off))], by
    audit.record(session, by, "desk.hours_set", f"desk:{desk_id}", {"hours": hours_, "days_off": len(row.days_off)})


def follow_file(session: Session, desk_id: str, *, by: str) -> None:
    """Back to the hours that came with the files."""
    written = next((_values(one) for one in read() if one["id"] == desk_id), None)
    if written is None:
        raise BadDesk("文件里没有这个台")
    row = session.get_one(DeskRow, desk_id)
    row.hours, row.days_off, row.hours_by = written["hours"], written["days_off"], None
    audit.record(session, by, "desk.hours_from_file", f"desk:{desk_id}")


def _close(session: Session, row: DeskRow) -> None:
    """Its open tickets go up, so that nobody is forgotten."""
    row.is_open = False
    session.execute(
        update(TicketRow)
        .where(TicketRow.desk_id == row.id, TicketRow.state.in_(OPEN_STATES))
        .values(desk_id=row.parent or ROOT, owner_id=None, version=TicketRow.version + 1)
    )


def get(session: Session, desk_id: str) -> Desk:
    row = session.get(DeskRow, desk_id)
    if row is None:
        raise NoSuchDesk(f"没有这个台：{desk_id}")
    return shape(row)


def shape(row: DeskRow) -> Desk:
    fields: dict[str, Any] = {name: getattr(row, name) for name in Desk.__dataclass_fields__}
    fields.update({name: tuple(value) for name, value in fields.items() if isinstance(value, list)})
    return Desk(**fields)


def every(session: Session) -> list[Desk]:
    """All open desks, by id, which puts what belongs together together."""
    return [shape(row) for row in session.scalars(select(DeskRow).filter_by(is_open=True).order_by(DeskRow.id))]


def below(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """These desks and all that stand under them."""
    parents = [(row.id, row.parent) for row in session.execute(select(DeskRow.id, DeskRow.parent))]
    found, step = set(ids), set(ids)
    while step:
        step = {id for id, parent in parents if parent in step} - found
        found |= step
    return frozenset(found)


def above(session: Session, desk_id: str) -> Desk | None:
    """The desk to which this one returns what it cannot do."""
    row = session.get(DeskRow, desk_id)
    while row is not None and row.parent:
        row = session.get(DeskRow, row.parent)
        if row is not None and row.is_open:
            return shape(row)
    return None
