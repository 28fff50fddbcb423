"""What an event does to a ticket: the state is derived from the thread, and nothing else changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from hotline.tickets.errors import NotPossible, TicketClosed

ANY = ("open", "waiting", "closed", "merged")
OPEN = ("open", "waiting")
# In which states an event may happen. A note may always be written; what speaks to the worker needs an open ticket.
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "opened": ("open",),
    "message_in": OPEN,
    "reply_out": OPEN,
    "told": ANY,
    "note": ANY,
    "undelivered": ANY,
    "assigned": OPEN,
    "released": OPEN,
    "transferred": OPEN,
    "returned": OPEN,
    "escalated": OPEN,
    "reminded": OPEN,
    "waiting": ("open",),
    "resumed": ("waiting",),
    "given_back": OPEN,
    "changed": OPEN,
    "copied": ANY,
    "linked": ANY,
    "joined": OPEN,
    "left": ANY,
    "merged": OPEN,
    "absorbed": OPEN,
    "unmerged": ("merged",),
    "split": ANY,
    "closed": OPEN,
    "reopened": ("closed",),
    "rated": ANY,
    "asked_rating": ANY,
    "called_back": ANY,
    "withdrawn": OPEN,
    "time_noted": ANY,
}


class Holder(Protocol):
    """What an event may change; a row has it, and so has a replayed thread."""

    state: str
    owner_id: int | None
    desk_id: str | None
    priority: str
    category: str
    avoid_id: int | None
    master_id: int | None
    merged_into: int | None
    satisfaction: int | None
    waiting_since: datetime | None
    closed_at: datetime | None


def check(kind: str, state: str) -> None:
    """Refuse an event that does not fit; what is closed says so in its own words."""
    if state in ALLOWED[kind]:
        return
    if state in ("closed", "merged"):
        raise TicketClosed("这张工单已经办结；要接着办，先重新打开")
    raise NotPossible(f"工单现在是 {state}，不能 {kind}")


def apply(holder: Holder, kind: str, body: Mapping[str, Any], at: datetime) -> None:
    """Change what the event changes."""
    if kind in EFFECTS:
        EFFECTS[kind](holder, body, at)


def _assigned(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.owner_id = body["to"]


def _released(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.owner_id = None


def _moved(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.desk_id, holder.owner_id = body["desk"], None


def _waiting(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.state, holder.waiting_since = "waiting", at


def _resumed(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    if holder.state == "waiting":
        holder.state, holder.waiting_since = "open", None


def _closed(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.state, holder.closed_at, holder.waiting_since = "closed", at, None


def _reopened(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.state, holder.closed_at, holder.owner_id = "open", None, None
    holder.avoid_id = body.get("avoid")


def _merged(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.state, holder.closed_at, holder.waiting_since = "merged", at, None
    holder.merged_into = body["into"]


def _unmerged(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.state, holder.closed_at, holder.merged_into = "open", None, None


def _joined(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.master_id = body["master"]


def _left(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.master_id = None


def _rated(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    holder.satisfaction = body["score"]


def _changed(holder: Holder, body: Mapping[str, Any], at: datetime) -> None:
    for name, value in body["set"].items():
        if hasattr(holder, name):
            setattr(holder, name, value)


EFFECTS: Mapping[str, Callable[[Holder, Mapping[str, Any], datetime], None]] = {
    "message_in": _resumed,
    "resumed": _resumed,
    "assigned": _assigned,
    "released": _released,
    "transferred": _moved,
    "returned": _moved,
    "escalated": _moved,
    "waiting": _waiting,
    "closed": _closed,
    "withdrawn": _closed,
    "reopened": _reopened,
    "merged": _merged,
    "unmerged": _unmerged,
    "joined": _joined,
    "left": _left,
    "rated": _rated,
    "changed": _changed,
}
