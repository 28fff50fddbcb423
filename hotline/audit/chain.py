"""Writing the audit, in the transaction of the act: both or neither (GB/T 22239, 8.1.4.3; promise P19).

Each record's mark is an HMAC over the record and the mark before it, with a key that the database does not hold:
whoever can write SQL but cannot read our secrets cannot make a chain that fits.

Records are written as the last thing before the commit. The head of the chain is one row that every act needs; held
from the middle of a transaction it would make two acts wait for each other's tickets.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from bot.masking import mask
from hotline.audit.tables import AuditHeadRow, AuditRecordRow
from kit import clock
from kit.settings import derived_secret

HEAD = 1
PENDING = "audit.pending"


@dataclass(frozen=True)
class Record:
    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class _Entry:
    at: datetime
    actor: str
    act: str
    subject: str
    detail: str


def record(session: Session, actor: str, act: str, subject: str, detail: dict[str, Any] | None = None) -> None:
    """Say who did what to what. No personal data in `detail`; long numbers are masked as the last fence."""
    written = mask(json.dumps(detail or {}, ensure_ascii=False, sort_keys=True))
    entry = _Entry(clock.now(), actor[:64], act[:48], subject[:80], written)
    if session.in_nested_transaction():
        _write(session, [entry])  # so that it goes when its savepoint goes
    else:
        session.info.setdefault(PENDING, []).append(entry)


def is_written(session: Session) -> bool:
    """Whether this transaction has said something already."""
    return bool(session.info.get(PENDING))


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    entries = session.info.pop(PENDING, [])
    if entries:
        _write(session, entries)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:  # the whole, not only a savepoint
        session.info.pop(PENDING, None)


def _write(session: Session, entries: list[_Entry]) -> None:
    session.flush()
    head = session.get(AuditHeadRow, HEAD, with_for_update=True, populate_existing=True)
    if head is None:
        raise RuntimeError("the audit has no head row: run ./gongyou db upgrade")
    for entry in entries:
        row = AuditRecordRow(seq=head.seq + 1, previous=head.mark, mark="", **vars(entry))
        row.mark = mark_of(row)
        session.add(row)
        head.seq, head.mark = row.seq, row.mark
    session.flush()


@functools.lru_cache(maxsize=1)
def _key() -> bytes:
    return derived_secret("audit").encode()


def mark_of(row: AuditRecordRow) -> str:
    at = row.at.astimezone(timezone.utc).isoformat()
    said = json.dumps([row.seq, at, row.actor, row.act, row.subject, row.detail, row.previous], ensure_ascii=False)
    return hmac.new(_key(), said.encode(), hashlib.sha256).hexdigest()


def records(
    session: Session, *, subject: str | None = None, actor: str | None = None, act: str | None = None, limit: int = 200
) -> list[Record]:
    """The newest records first, for the pages that show who did what."""
    asked = {"subject": subject, "actor": actor, "act": act}
    wanted = {name: value for name, value in asked.items() if value is not None}
    rows = session.scalars(select(AuditRecordRow).filter_by(**wanted).order_by(AuditRecordRow.seq.desc()).limit(limit))
    return [Record(row.seq, row.at, row.actor, row.act, row.subject, json.loads(row.detail)) for row in rows]


def chain(session: Session) -> Iterator[AuditRecordRow]:
    return iter(session.scalars(select(AuditRecordRow).order_by(AuditRecordRow.seq).execution_options(yield_per=2000)))
