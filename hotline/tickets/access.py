"""Who may do what: the one function that every route asks.

A role says which acts, the desks say on which tickets. Restricted matters (harassment, distress) are read by whoever
handles them and by leads; alerts are for leads (source document S2: kept by rank).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hotline.tickets import desks
from hotline.tickets.categories import catalogue
from hotline.tickets.shapes import OPEN_STATES, Ticket

WORK = frozenset(
    {
        *("read", "open", "claim", "release", "reply", "note", "ask", "resume", "transfer", "hand_up", "copy"),
        *("give_back", "close", "reopen", "call_back", "change", "time", "link", "merge", "split", "reveal"),
    }
)
LEAD = WORK | {"assign", "unmerge", "case", "join", "answer_all", "represent", "alert.read", "alert.lower", "alert.act"}
ACTS: dict[str, frozenset[str]] = {
    "operator": WORK,
    "lawyer": WORK - {"assign"},
    "lead": LEAD,
    "editor": frozenset(),
    "auditor": frozenset({"read", "audit.read"}),
    "security": frozenset({"operators"}),
    "system": frozenset({"settings"}),
}
LOOKING_ON = frozenset({"read", "note"})  # what a copied desk may do


@dataclass(frozen=True)
class Viewer:
    """Who asks. `desk_ids` holds his desks with all below them for a lead; None means every desk."""

    id: int
    role: str
    desk_ids: frozenset[str] | None = None

    @property
    def sees_alerts(self) -> bool:
        return "alert.read" in ACTS.get(self.role, frozenset())


def viewer(session: Session, id: int, role: str, desk_ids: Iterable[str] | None) -> Viewer:
    """A viewer with the desks that follow from his own."""
    if desk_ids is None:
        return Viewer(id, role, None)
    own = frozenset(desk_ids)
    return Viewer(id, role, desks.below(session, own) if role in ("lead", "auditor") else own)


def may(viewer: Viewer, act: str, ticket: Ticket | None = None, *, copied: Iterable[str] = ()) -> bool:
    """Whether somebody may do something, with this ticket when the act is about one. `copied` are the desks that see
    the ticket beside the one that leads it."""
    if act not in ACTS.get(viewer.role, frozenset()):
        return False
    if ticket is None or viewer.role == "auditor":
        return True
    if ticket.owner_id == viewer.id:
        return True
    if not _sees(viewer, ticket, copied, act):
        return False
    return not _is_kept(viewer, ticket)


def _sees(viewer: Viewer, ticket: Ticket, copied: Iterable[str], act: str) -> bool:
    if viewer.desk_ids is None or ticket.desk_id in viewer.desk_ids:
        return True
    return act in LOOKING_ON and bool(viewer.desk_ids & set(copied))


def _is_kept(viewer: Viewer, ticket: Ticket) -> bool:
    """A restricted ticket that a colleague handles is his and the lead's alone; unowned, the desk must see it."""
    restricted = catalogue().category(ticket.category).restricted
    owned = ticket.owner_id is not None or ticket.state not in OPEN_STATES
    return restricted and owned and viewer.role != "lead"
