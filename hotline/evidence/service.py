"""What can be done with a worker's files. Services take a session and never commit.

A file is kept only with his yes to the purpose `upload`. Before it, a platform's file is only a reference (`offered`),
and the web page's is not taken at all.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from hotline import people
from hotline.evidence import kinds
from hotline.evidence.store import Store
from hotline.evidence.tables import EvidenceRow
from kit import clock

PURPOSE = "upload"
CONSENT_VERSION = "2026-11"
A_DAY = 10
PLATFORM_KEEPS = timedelta(days=3)  # WeChat's; Telegram's is longer


class EvidenceError(Exception):
    """Why a file is not taken; the message is for the worker."""


class NoConsent(EvidenceError):
    """He has not said that the file may be kept."""


class TooMany(EvidenceError):
    pass


class TooLarge(EvidenceError):
    pass


class WrongKind(EvidenceError):
    pass


@dataclass(frozen=True)
class Offered:
    """A file that a platform holds for us."""

    name: str
    media_type: str
    reference: str


@dataclass(frozen=True)
class Evidence:
    id: str
    conversation_id: str
    channel: str
    reference: str
    name: str
    media_type: str
    size: int
    state: str
    at: datetime


def _evidence(row: EvidenceRow) -> Evidence:
    return Evidence(**{name: getattr(row, name) for name in Evidence.__dataclass_fields__})


def may_keep(session: Session, conversation_id: str) -> bool:
    return people.has_consent(session, PURPOSE, conversation_id=conversation_id)


def decide(session: Session, conversation_id: str, *, yes: bool) -> int:
    """His yes or no to keeping his files; a no also ends those that were kept. How many files it concerns."""
    people.consent(session, conversation_id=conversation_id, purpose=PURPOSE, version=CONSENT_VERSION, yes=yes)
    mine = update(EvidenceRow).where(EvidenceRow.conversation_id == conversation_id)
    if yes:
        moved = mine.where(EvidenceRow.state == "offered").values(state="wanted", run_at=clock.now())
    else:
        moved = mine.where(EvidenceRow.state != "refused").values(state="refused", detail="he said no", reference="")
    result = session.execute(moved.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def offer(session: Session, conversation_id: str, offered: Offered, *, channel: str, inbox_id: int | None) -> Evidence:
    """Note a file that a platform holds; wanted at once where he has said yes already."""
    _check_count(session, conversation_id)
    row = EvidenceRow(
        id=secrets.token_hex(16),
        conversation_id=conversation_id,
        inbox_id=inbox_id,
        channel=channel,
        reference=offered.reference,
        name=offered.name[:120],
        media_type=offered.media_type[:80],
        state="wanted" if may_keep(session, conversation_id) else "offered",
        at=clock.now(),
        run_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return _evidence(row)


def add(session: Session, store: Store, conversation_id: str, name: str, data: bytes) -> Evidence:
    """Keep a file that the web page sent."""
    if not may_keep(session, conversation_id):
        raise NoConsent("先同意保存，文件才能传上来")
    made = offer(session, conversation_id, Offered(name, "", ""), channel="web", inbox_id=None)
    return keep(session, store, made.id, data)


def keep(session: Session, store: Store, file_id: str, data: bytes) -> Evidence:
    """Check by content, seal, write, and say so."""
    row = session.get_one(EvidenceRow, file_id)
    kind = check(data)
    person = people.for_conversation(session, row.conversation_id)
    store.write(file_id, people.seal_text(session, person, base64.b64encode(data).decode()))
    row.name, row.media_type, row.size = kinds.safe_name(row.name, kind), kind, len(data)
    row.state, row.detail, row.reference = "kept", "", ""
    session.flush()
    return _evidence(row)


def check(data: bytes) -> str:
    if len(data) > kinds.MOST_BYTES:
        raise TooLarge("文件太大，一个最多5 MB")
    kind = kinds.media_type(data)
    if kind is None:
        raise WrongKind("这种文件收不了。请发照片、PDF、录音或视频；别的文件拍成照片发就行")
    return kind


def _check_count(session: Session, conversation_id: str) -> None:
    since = clock.now() - timedelta(days=1)
    used = select(func.count()).select_from(EvidenceRow)
    today = used.where(EvidenceRow.conversation_id == conversation_id, EvidenceRow.at > since)
    if (session.scalar(today) or 0) >= A_DAY:
        raise TooMany(f"一天最多{A_DAY}个文件，明天再发，或者直接打12351")


def of(session: Session, conversation_id: str) -> list[Evidence]:
    rows = select(EvidenceRow).filter_by(conversation_id=conversation_id).order_by(EvidenceRow.at)
    return [_evidence(row) for row in session.scalars(rows)]


def read(session: Session, store: Store, file_id: str) -> tuple[Evidence, bytes] | None:
    """The file and its bytes; None when it is not kept or its person was deleted."""
    row = session.get(EvidenceRow, file_id)
    sealed = store.read(file_id) if row is not None and row.state == "kept" else None
    if row is None or sealed is None:
        return None
    text = people.open_text(session, people.person_of(session, row.conversation_id), sealed)
    return None if text == people.GONE else (_evidence(row), base64.b64decode(text))


def wanted(session: Session, limit: int = 10) -> list[Evidence]:
    """What is to be fetched from its platform now."""
    due = select(EvidenceRow).where(EvidenceRow.state == "wanted", EvidenceRow.run_at <= clock.now())
    return [_evidence(row) for row in session.scalars(due.order_by(EvidenceRow.run_at).limit(limit))]


def refuse(session: Session, file_id: str, why: str) -> None:
    row = session.get_one(EvidenceRow, file_id)
    row.state, row.detail, row.reference = "refused", why[:200], ""


def again_later(session: Session, file_id: str, why: str) -> None:
    """The platform did not give it: with growing pauses, for as long as it holds the file."""
    row = session.get_one(EvidenceRow, file_id)
    if clock.now() - row.at > PLATFORM_KEEPS:
        refuse(session, file_id, why)
        return
    row.attempts += 1
    row.run_at, row.detail = clock.now() + timedelta(seconds=min(15 * 2**row.attempts, 3600)), why[:200]


def tidy(session: Session, store: Store, *, days: float) -> int:
    """End what was never kept, what is kept for longer than its purpose allows, and bytes that no row names."""
    over = clock.now() - timedelta(days=days)
    expired = clock.now() - timedelta(days=people.catalogue().purpose(PURPOSE).keep_days)
    never_kept = (EvidenceRow.at < over) & (EvidenceRow.state != "kept")
    old = select(EvidenceRow).where(or_(never_kept, EvidenceRow.at < expired))
    for row in session.scalars(old.limit(100)):
        session.delete(row)
    session.flush()
    return store.sweep(session.scalars(select(EvidenceRow.id).where(EvidenceRow.state == "kept")))
