"""The holidays as the policy base has them in force: for whoever counts working days without the whole base at hand."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.policy.tables import RecordRow, VersionRow
from knowledge import calendar
from knowledge.calendar import Calendar
from knowledge.strict import parse_yaml

_MEMO = "policy.calendar"
_known: dict[tuple[str, ...], Calendar] = {}


def in_force(session: Session) -> Calendar:
    """Asked once a transaction; the years are read again only when one of them changed."""
    if _MEMO not in session.info:
        session.info[_MEMO] = _read(session)
    held: Calendar = session.info[_MEMO]
    return held


def _read(session: Session) -> Calendar:
    """What was published, or the shipped files where nothing was imported yet."""
    of_calendars = RecordRow.kind == "calendar", VersionRow.status == "published"
    joined = RecordRow.id == VersionRow.record_id
    query = select(VersionRow.hash).join(RecordRow, joined).where(*of_calendars).order_by(RecordRow.path)
    mark = tuple(session.scalars(query))
    if not mark:
        return calendar.load()
    if mark not in _known:
        rows = session.execute(select(RecordRow.path, VersionRow.body).join(VersionRow, joined).where(*of_calendars))
        years = [calendar.year_of(parse_yaml(row.body, row.path), row.path) for row in rows]
        _known.clear()
        _known[mark] = Calendar({one.year: one for one in years})
    return _known[mark]
