"""Reads the whole chain again and names every place where it does not fit."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hotline.audit.chain import HEAD, chain, mark_of
from hotline.audit.tables import AuditHeadRow, AuditRecordRow


@dataclass(frozen=True)
class Break:
    """`seq` is the record where it shows; the edit is there or right before it."""

    seq: int
    what: str


def verify(session: Session) -> list[Break]:
    """Nothing when every record is as it was written, in its place, and none is missing."""
    breaks: list[Break] = []
    seq, mark = 0, ""
    for row in chain(session):
        breaks += _breaks_at(row, seq, mark)
        seq, mark = row.seq, row.mark
        session.expunge(row)
    head = session.get(AuditHeadRow, HEAD, populate_existing=True)
    if head is None:
        breaks.append(Break(seq, "the head of the chain is missing"))
    elif (head.seq, head.mark) != (seq, mark):
        breaks.append(Break(seq, f"the chain ends at {seq}, its head says {head.seq}: records were cut off or changed"))
    return breaks


def _breaks_at(row: AuditRecordRow, seq: int, mark: str) -> list[Break]:
    if row.seq != seq + 1:
        return [Break(row.seq, f"records {seq + 1} to {row.seq - 1} are missing")]
    if row.previous != mark:
        return [Break(row.seq, "it does not follow the record before it: one of the two was changed")]
    if not hmac.compare_digest(mark_of(row), row.mark):
        return [Break(row.seq, "its words are not those that were written")]
    return []
