"""What a list holds: what was asked for, and of that what the viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union_all
from sqlalchemy.orm import Session

from hotline.tickets import clocks, numbers, words
from hotline.tickets.access import Viewer
from hotline.tickets.categories import catalogue
from hotline.tickets.errors import NotPossible
from hotline.tickets.rarest import Ids, plain, rarest
from hotline.tickets.shapes import OPEN_STATES
from hotline.tickets.tables import TicketClockRow, TicketDeskRow, TicketRow, TicketWordRow
from kit import clock
from knowledge import employer_names
from knowledge.regions import is_inside, load_tree

View = Literal["mine", "desk", "unassigned", "overdue", "alerts", "waiting", "call_backs", "copied", "closed", "all"]
Sort = Literal["urgent", "newest", "oldest", "updated"]
VIEWS: tuple[View, ...] = (
    *("mine", "desk", "unassigned", "overdue", "alerts"),
    *("waiting", "call_backs", "copied", "closed", "all"),
)
PAGE = 50


@dataclass(frozen=True)
class Filter:
    view: View = "desk"
    category: str = ""
    region: str = ""
    priority: str = ""
    channel: str = ""
    employer: str = ""
    owner: int | None = None
    person: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    sort: Sort = "urgent"
    cursor: str = ""
    limit: int = PAGE


LONG: tuple[View, ...] = ("closed", "all")  # these only grow; every other view ends with what is open


def conditions(session: Session, wanted: Filter, viewer: Viewer) -> list[ColumnElement[bool]]:
    """What a ticket must fulfil to be shown; in a long view the rarest of it leads."""
    at = plain if wanted.view in LONG else _as_it_is
    made = [*_scope(wanted.view, viewer, at), *_view(wanted.view, viewer, at), *_asked(wanted, at)]
    number = numbers.normalise(wanted.words.strip())
    if number is not None:  # found whole or misread
        return [*made, TicketRow.number == number]
    # With an offset PostgreSQL looks each ticket up; else it guesses that together the words are rare and joins them.
    made += (exists(held.where(TicketWordRow.ticket_id == TicketRow.id).offset(0)) for held in _words(wanted))
    rare = rarest(session, _indexed(wanted, viewer))
    return made if rare is None else [*made, TicketRow.id.in_(rare)]


Column = Callable[[Any], Any]


def _as_it_is(column: Any) -> Any:
    return column


def _asked(wanted: Filter, at: Column) -> Iterator[ColumnElement[bool]]:
    for name in ("category", "channel"):
        if value := getattr(wanted, name):
            yield at(getattr(TicketRow, name)) == value
    if wanted.priority:  # the urgent order begins with it
        yield (TicketRow.priority if wanted.sort == "urgent" else at(TicketRow.priority)) == wanted.priority
    if wanted.region:
        yield at(TicketRow.region).in_(_inside(wanted.region))
    if wanted.employer:
        yield at(TicketRow.employer_key) == employer_names.key(wanted.employer)
    if wanted.owner is not None:
        yield at(TicketRow.owner_id) == wanted.owner
    if wanted.person is not None:
        yield at(TicketRow.person_id) == wanted.person
    yield from _window(wanted, at)


def _window(wanted: Filter, at: Column) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield at(TicketRow.opened_at) >= wanted.since
    if wanted.until is not None:
        yield at(TicketRow.opened_at) < wanted.until


@lru_cache(maxsize=512)
def _inside(region: str) -> tuple[str, ...]:
    return tuple(id for id in load_tree().regions if is_inside(id, region))


def _words(wanted: Filter) -> list[Select[int]]:
    asked = wanted.words.strip()
    holding = words.holding(asked)
    if asked and not holding:
        raise NotPossible("请至少写两个字来查")
    return holding


def _indexed(wanted: Filter, viewer: Viewer) -> Iterator[Ids]:
    """Selections that an index answers, one for each thing that was asked; what is mostly rare first."""
    ids = select(TicketRow.id)
    if wanted.view == "alerts":
        yield ids.where(TicketRow.alert_id > 0)
    if wanted.view == "overdue":
        yield _late()
    if wanted.person is not None:
        yield ids.where(TicketRow.person_id == wanted.person)
    if wanted.employer:
        yield ids.where(TicketRow.employer_key == employer_names.key(wanted.employer))
    yield from _words(wanted)
    if wanted.view not in LONG:
        return
    if wanted.owner is not None:
        yield ids.where(TicketRow.owner_id == wanted.owner)
    if window := list(_window(wanted, _as_it_is)):
        yield ids.where(*window)
    if wanted.region:
        yield ids.where(TicketRow.region.in_(_inside(wanted.region)))
    for name in ("category", "channel"):
        if value := getattr(wanted, name):
            yield ids.where(getattr(TicketRow, name) == value)
    if _is_bound(viewer):
        own, led = ids.where(TicketRow.owner_id == viewer.id), ids.where(TicketRow.desk_id.in_(viewer.desk_ids or ()))
        yield union_all(own, led, select(TicketDeskRow.ticket_id).where(_looks_on(viewer)))


def _is_bound(viewer: Viewer) -> bool:
    return viewer.desk_ids is not None and viewer.role != "auditor"


def _looks_on(viewer: Viewer) -> ColumnElement[bool]:
    return TicketDeskRow.desk_id.in_(viewer.desk_ids or ())


def _scope(view: View, viewer: Viewer, at: Column) -> list[ColumnElement[bool]]:
    """Only what the viewer's desks lead, look on, or what is his own."""
    made: list[ColumnElement[bool]] = []
    if view not in ("mine", "copied") and _is_bound(viewer):
        own: ColumnElement[bool] = at(TicketRow.desk_id).in_(viewer.desk_ids or ())
        if view in LONG:
            looking = exists().where(TicketDeskRow.ticket_id == TicketRow.id, _looks_on(viewer))
            own = or_(own, TicketRow.owner_id == viewer.id, looking)
        made.append(own)
    if viewer.role not in ("lead", "auditor"):
        kept = [id for id, category in catalogue().categories.items() if category.restricted]
        free = or_(TicketRow.owner_id == viewer.id, and_(TicketRow.owner_id.is_(None), TicketRow.state == "open"))
        made.append(or_(TicketRow.category.not_in(kept), free))
    return made


def _view(view: View, viewer: Viewer, at: Column) -> list[ColumnElement[bool]]:
    is_open = TicketRow.state.in_(OPEN_STATES)
    match view:
        case "mine":
            return [is_open, TicketRow.owner_id == viewer.id]
        case "desk":
            return [is_open]
        case "unassigned":
            return [TicketRow.state == "open", TicketRow.owner_id.is_(None)]
        case "overdue":
            return [is_open, exists(_late().where(TicketClockRow.ticket_id == TicketRow.id))]
        case "alerts":
            return [TicketRow.alert_id.is_not(None) if viewer.sees_alerts else TicketRow.id.is_(None)]
        case "waiting":
            return [TicketRow.state == "waiting"]
        case "call_backs":
            pending = select(TicketClockRow.ticket_id).where(
                TicketClockRow.done_at.is_(None), TicketClockRow.kind == clocks.CALL_BACK
            )
            return [TicketRow.id.in_(pending)]
        case "copied":
            looking = select(TicketDeskRow.ticket_id)
            if viewer.desk_ids is not None:
                looking = looking.where(_looks_on(viewer))
            return [is_open, TicketRow.id.in_(looking)]
        case "closed":
            return [at(TicketRow.state) == "closed"]
        case "all":
            return [TicketRow.state != "merged"]


def _late() -> Select[int]:
    return select(TicketClockRow.ticket_id).where(
        TicketClockRow.done_at.is_(None),
        TicketClockRow.paused_at.is_(None),
        TicketClockRow.due_at < clock.now(),
        TicketClockRow.kind.in_(clocks.OWN),
    )
