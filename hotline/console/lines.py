"""A ticket as one line of the queue, and as a piece of news for open pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from hotline.console import roles
from hotline.tickets import access, queries
from hotline.tickets import service as tickets
from hotline.tickets.access import Viewer
from hotline.tickets.feed import Told
from hotline.tickets.queries import TicketLine
from hotline.tickets.shapes import Ticket

if TYPE_CHECKING:
    from hotline.console.visit import Desk

HIDDEN = ("alerted",)  # events that only those see who may see alerts
LOUD, SOFT = "loud", "soft"
WORDS = {
    "opened": "新工单",
    "message_in": "工友来信",
    "assigned": "派给你",
    "transferred": "转来",
    "returned": "交上来",
    "escalated": "升级",
    "reopened": "重开",
    "reminded": "快到期",
    "copied": "抄送",
}


@dataclass(frozen=True)
class Shown:
    """One line of the feed with its ticket as it is now, rendered once for whoever may see it."""

    seq: int
    kind: str
    ticket: Ticket | None
    line: TicketLine | None
    copied: frozenset[str]
    html: str
    alert_id: int | None
    desk_id: str | None = None


def shown(session: Session, desk: Desk, told: Sequence[Told]) -> list[Shown]:
    """Several events of one ticket read it once; only the last of them carries its line."""
    ids = {one.ticket_id for one in told if one.ticket_id is not None}
    by_id = queries.lines(session, ids)
    last = {one.ticket_id: one.seq for one in told}
    made: list[Shown] = []
    for one in told:
        line = by_id.get(one.ticket_id or 0)
        if line is None:
            made.append(Shown(one.seq, one.kind, None, None, frozenset(), "", one.alert_id, one.desk_id))
            continue
        html = row(desk, line) if last[one.ticket_id] == one.seq else ""
        copied = frozenset(queries.copied(session, line.id))
        made.append(Shown(one.seq, one.kind, tickets.get(session, line.id), line, copied, html, one.alert_id))
    return made


def row(desk: Desk, line: TicketLine) -> str:
    return desk.templates.get_template("queue/row.html").render(line=line)


def views_of(line: TicketLine, viewer: Viewer, copied: frozenset[str]) -> list[str]:
    """In which views of this viewer the ticket stands now; `queries` decides the same in SQL."""
    is_open = line.state in ("open", "waiting")
    in_desk = viewer.desk_ids is None or line.desk_id in viewer.desk_ids
    rules = {
        "mine": is_open and line.owner_id == viewer.id,
        "desk": is_open and in_desk,
        "unassigned": line.state == "open" and line.owner_id is None and in_desk,
        "overdue": is_open and line.is_overdue and in_desk,
        "alerts": line.alert_id is not None and viewer.sees_alerts and in_desk,
        "waiting": line.state == "waiting" and in_desk,
        "copied": is_open and bool(copied & (viewer.desk_ids or copied)),
        "closed": line.state == "closed",
        "all": line.state != "merged",
    }
    return [view for view, holds in rules.items() if holds]


def for_viewer(one: Shown, viewer: Viewer) -> dict[str, Any] | None:
    """What a page of this viewer is told; None when it is not his to know."""
    if one.kind in HIDDEN and not viewer.sees_alerts:
        return None
    if one.ticket is None or one.line is None:
        return (
            _alert(one) if viewer.sees_alerts and one.alert_id is not None and in_desks(one.desk_id, viewer) else None
        )
    if not access.may(viewer, "read", one.ticket, copied=one.copied):
        return None
    loud = alarm(one, viewer)
    told: dict[str, Any] = {
        "ticket": one.line.id,
        "kind": one.kind,
        "row": one.html,
        "views": views_of(one.line, viewer, one.copied),
    }
    if loud:
        told |= {"alarm": loud, "words": f"{WORDS.get(one.kind, '有变化')}：{one.line.number}"}
    return told


def in_desks(desk_id: str | None, viewer: Viewer) -> bool:
    return viewer.desk_ids is None or desk_id in viewer.desk_ids


def _alert(one: Shown) -> dict[str, Any]:
    """An alert of his desks: orange and red are rung until somebody looks."""
    told: dict[str, Any] = {"ticket": 0, "kind": one.kind, "alert": one.alert_id, "views": []}
    if one.kind in ("alert_red", "alert_orange"):
        told |= {"alarm": LOUD, "words": f"{'红色' if one.kind == 'alert_red' else '橙色'}预警"}
    elif one.kind in ("alert_yellow", "alert_blue"):
        told |= {"alarm": SOFT, "words": "有新的预警"}
    return told


def alarm(one: Shown, viewer: Viewer) -> str:
    """Whether it must be heard: danger that nobody has taken, then what concerns him himself."""
    line = one.line
    if line is None or viewer.role not in roles.CASE_WORK:
        return ""
    free = line.owner_id is None and line.state == "open"
    mine = line.owner_id == viewer.id
    if free and line.priority == "P0" and one.kind in ("opened", "changed", "message_in", "escalated", "reminded"):
        return LOUD
    if free and one.kind in ("opened", "transferred", "returned", "reopened", "escalated"):
        return SOFT
    return SOFT if mine and one.kind in ("message_in", "reminded", "assigned", "escalated") else ""
