"""@somebody in a note: he finds it on his list until he says that he has seen it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.console.tables import MentionRow, OperatorRow
from hotline.tickets import queries
from kit import clock

AT = re.compile(r"@([\w\u4e00-\u9fff.\-]{1,64})")


@dataclass(frozen=True)
class Mention:
    ticket_id: int
    number: str
    seq: int
    by: int
    at: datetime


def find(session: Session, text: str) -> list[int]:
    """The operators whose login or name a note names, the longest match first (@王芳芳 is not @王芳)."""
    said = AT.findall(text)
    if not said:
        return []
    rows = session.execute(select(OperatorRow.id, OperatorRow.login, OperatorRow.name).filter_by(is_active=True)).all()
    found: list[int] = []
    for word in said:
        matching = [(len(name), row.id) for row in rows for name in (row.login, row.name) if word.startswith(name)]
        if matching:
            found.append(max(matching)[1])
    return list(dict.fromkeys(found))


def tell(session: Session, text: str, *, ticket_id: int, seq: int, by: int) -> list[int]:
    named = [one for one in find(session, text) if one != by]
    for one in named:
        session.add(MentionRow(operator_id=one, ticket_id=ticket_id, seq=seq, by=by, at=clock.now()))
    return named


def unseen(session: Session, operator_id: int, limit: int = 10) -> list[Mention]:
    rows = session.scalars(
        select(MentionRow)
        .where(MentionRow.operator_id == operator_id, MentionRow.seen_at.is_(None))
        .order_by(MentionRow.id.desc())
        .limit(limit)
    ).all()
    tickets = queries.lines(session, {row.ticket_id for row in rows})
    return [
        Mention(row.ticket_id, tickets[row.ticket_id].number, row.seq, row.by, row.at)
        for row in rows
        if row.ticket_id in tickets
    ]


def see(session: Session, operator_id: int) -> None:
    session.execute(
        update(MentionRow)
        .where(MentionRow.operator_id == operator_id, MentionRow.seen_at.is_(None))
        .values(seen_at=clock.now())
        .execution_options(synchronize_session=False)
    )
