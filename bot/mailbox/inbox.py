"""Stages 2 and 3: a worker's message is accepted once, claimed in order, finished once.

Order holds within a conversation because only its oldest open row can be claimed. A claim carries a lease and a
fencing token; every later write names the token, so a worker that slept past its lease can write nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.mailbox.due import is_due
from bot.mailbox.tables import ConversationRow, InboxRow
from bot.messages import Incoming

OPEN = ("new", "taken")
SUSPECT = 2  # crashes after which a message is answered alone, and from which on only its own turns count


class MailboxError(Exception):
    """Something is wrong with a row of the mailbox; the message says which and what to do."""


class LeaseLost(MailboxError):
    """Another worker holds this row now: whatever was about to be written must be thrown away."""


@dataclass(frozen=True)
class Accepted:
    inbox_id: int
    conversation_id: str
    created: bool
    conflict: bool


@dataclass(frozen=True)
class Claimed:
    """A row that this worker may answer until the lease ends."""

    inbox_id: int
    conversation_id: str
    fence: int
    attempts: int
    crashes: int
    received_at: datetime
    channel: str
    address: str
    body: dict[str, Any]


def body_of(incoming: Incoming) -> dict[str, Any]:
    """What is stored of a message: everything but its addresses, which live in the conversation."""
    body = asdict(incoming)
    for key in ("channel", "account", "address", "external_id"):
        del body[key]
    if body["sent_at"] is not None:
        body["sent_at"] = body["sent_at"].isoformat()
    return {key: value for key, value in body.items() if value}


def fingerprint(body: dict[str, Any], key: str) -> str:
    """A keyed hash of the body: shows that a repeat is the same without letting texts be guessed from it."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(key.encode(), canonical.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


# Built once: putting a statement together costs more than running it, and `accept` is what a burst waits for.
_CONVERSATION: Any = ConversationRow.__table__
_INBOX: Any = InboxRow.__table__
_FIND = select(_CONVERSATION.c.id).where(
    _CONVERSATION.c.channel == bindparam("channel"),
    _CONVERSATION.c.account == bindparam("account"),
    _CONVERSATION.c.address == bindparam("address"),
)
_OPEN_NEW = {
    "sqlite": sqlite.insert(_CONVERSATION).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_CONVERSATION).on_conflict_do_nothing(),
}
_ADDRESS = ("channel", "account", "address")
_ENTER = {  # the conversation of a message: found or opened, and its time noted, in one statement
    name: made.on_conflict_do_update(index_elements=_ADDRESS, set_={"last_in_at": made.excluded.last_in_at}).returning(
        _CONVERSATION.c.id
    )
    for name, made in (("sqlite", sqlite.insert(_CONVERSATION)), ("postgresql", postgresql.insert(_CONVERSATION)))
}
_STORE = {
    "sqlite": sqlite.insert(_INBOX).on_conflict_do_nothing().returning(_INBOX.c.id),
    "postgresql": postgresql.insert(_INBOX).on_conflict_do_nothing().returning(_INBOX.c.id),
}


# PostgreSQL's figures are from quiet times, when hardly a row is open: behind a backlog it would sort and join all open
# rows for every claim. Told so, it walks the index of open rows from the end that is wanted, and stops.
_IN_ORDER = text(
    "; ".join(f"SET LOCAL enable_{way} = off" for way in ("sort", "material", "hashjoin", "mergejoin", "bitmapscan"))
)
_CLAIMED = select(  # in the order of Claimed
    InboxRow.id,
    InboxRow.conversation_id,
    InboxRow.fence,
    InboxRow.attempts,
    InboxRow.crashes,
    InboxRow.received_at,
    InboxRow.channel,
    ConversationRow.address,
    InboxRow.body,
).join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)


_DUE = {
    newest_first: select(InboxRow.id)
    .where(is_due(InboxRow, OPEN))
    .order_by(InboxRow.id.desc() if newest_first else InboxRow.id)
    .limit(bindparam("most", type_=Integer))
    for newest_first in (False, True)
}


def conversation_of(session: Session, channel: str, account: str, address: str, now: datetime) -> str:
    """The conversation of an address, opened at its first message."""
    connection = session.connection()
    row = {"channel": channel, "account": account, "address": address}
    known: str | None = connection.scalar(_FIND, row)
    if known is not None:
        return known
    connection.execute(_OPEN_NEW[connection.dialect.name], _opened(now) | row)
    return str(connection.scalar(_FIND, row))


def _opened(now: datetime) -> dict[str, Any]:
    times = {"opened_at": now, "last_in_at": now}
    return {"id": uuid.uuid4().hex, "owner": "bot", "next_seq": 1, "profile": {}, **times}


def accept(session: Session, incoming: Incoming, *, now: datetime, key: str) -> Accepted:
    """Store a message unless it is stored already; the same id with another body is flagged, not processed."""
    connection = session.connection()
    spoken = {name: getattr(incoming, name) for name in _ADDRESS}
    conversation_id = connection.scalar(_ENTER[connection.dialect.name], _opened(now) | spoken)
    body = body_of(incoming)
    body_hash = fingerprint(body, key)
    row = {
        "channel": incoming.channel,
        "account": incoming.account,
        "external_id": incoming.external_id,
        "conversation_id": conversation_id,
        "body": body,
        "body_hash": body_hash,
        "received_at": now,
        "run_at": now,
        **{"state": "new", "attempts": 0, "crashes": 0, "fence": 0, "error": ""},
    }
    inserted = connection.execute(_STORE[connection.dialect.name], row).scalar_one_or_none()
    if inserted is not None:
        if scene := incoming.extra.get("scene"):
            _came_by(session, conversation_id, str(scene))
        return Accepted(inserted, conversation_id, created=True, conflict=False)
    known = session.execute(
        select(InboxRow).filter_by(channel=incoming.channel, account=incoming.account, external_id=incoming.external_id)
    ).scalar_one()
    conflict = not hmac.compare_digest(known.body_hash, body_hash)
    if conflict:
        known.error = "conflict: the same id came again with another body"
    return Accepted(known.id, known.conversation_id, created=False, conflict=conflict)


def _came_by(session: Session, conversation_id: str, scene: str) -> None:
    """The poster or link that led here: whoever opens a ticket later keeps it as the source."""
    row = session.get_one(ConversationRow, conversation_id, populate_existing=True)
    row.profile = {**row.profile, "scene": scene}
    session.flush()


def claim(
    session: Session, *, now: datetime, lease: float, limit: int = 1, newest_first: bool = False
) -> list[Claimed]:
    """Take the oldest open row of up to `limit` conversations, those that wait longest first, or the newest first."""
    candidates = _DUE[newest_first]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_ORDER)
        candidates = candidates.with_for_update(skip_locked=True)
    ids = list(connection.scalars(candidates, {"now": now, "most": limit}))
    if not ids:
        return []
    session.execute(
        update(InboxRow)
        .where(InboxRow.id.in_(ids))
        .values(
            crashes=InboxRow.crashes + _has_crashed(),
            state="taken",
            lease_until=now + timedelta(seconds=lease),
            attempts=InboxRow.attempts + 1,
            fence=InboxRow.fence + 1,
        )
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(_CLAIMED.where(InboxRow.id.in_(ids)).order_by(InboxRow.id))
    return [Claimed(*row) for row in rows]


def _has_crashed() -> Any:
    """1 for a row whose lease ended without a word from its worker: that is how a crash looks from here. A suspect
    counts its turns when they begin: while it waits to be alone, a crash is that of another."""
    return case((and_(InboxRow.state == "taken", InboxRow.crashes < SUSPECT), 1), else_=0)


def begin_alone(session: Session, claimed: Claimed) -> None:
    """A suspect's turn begins: unless its worker says how it ended, that was its crash."""
    _change(session, claimed, crashes=claimed.crashes + 1)


def _change(session: Session, claimed: Claimed, **values: Any) -> None:
    """Write to a claimed row, or raise LeaseLost when the fence has moved on."""
    result = session.execute(
        update(InboxRow)
        .where(InboxRow.id == claimed.inbox_id, InboxRow.fence == claimed.fence, InboxRow.state == "taken")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"inbox row {claimed.inbox_id} is held by another worker now")


def _finish(session: Session, claimed: Claimed, **values: Any) -> None:
    _change(session, claimed, lease_until=None, **values)


def done(session: Session, claimed: Claimed, *, now: datetime) -> None:
    _finish(session, claimed, state="done", finished_at=now, error="")


def postpone(session: Session, claimed: Claimed, *, until: datetime, error: str) -> None:
    """Try again later; the row keeps its place at the head of its conversation."""
    _finish(session, claimed, state="new", run_at=until, error=error[:200], crashes=claimed.crashes)


def bury(session: Session, claimed: Claimed, *, now: datetime, error: str) -> None:
    """Give a message up so that it stops nobody; operators see it and may try it again."""
    _finish(session, claimed, state="buried", finished_at=now, error=error[:200])


def heartbeat(session: Session, claimed: Claimed, *, now: datetime, lease: float) -> None:
    _change(session, claimed, lease_until=now + timedelta(seconds=lease))
