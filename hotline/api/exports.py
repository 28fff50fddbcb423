"""Tickets as CSV or XLSX. Personal fields are masked; in clear only when a second person has said yes, on record.

Text that a spreadsheet would calculate stays text (hotline/reports/files.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit, people
from hotline.api.tables import ExportRequestRow
from hotline.reports import files
from hotline.tickets import access, queries
from hotline.tickets import service as tickets
from hotline.tickets.access import Viewer
from kit import clock

Format = Literal["csv", "xlsx"]
MOST = 10_000
MOST_IN_CLEAR = 1_000  # whoever needs more names than that needs something else than a file
LASTS = timedelta(days=1)
HEADER = {
    **{"number": "工单号", "category": "类别", "priority": "级别", "state": "状态", "summary": "诉求", "place": "地方"},
    **{"employer": "单位", "people_count": "人数", "channel": "渠道", "desk_id": "台", "opened_at": "登记时间"},
    **{"closed_at": "办结时间"},
}
PERSONAL = ("name", "phone")


class ExportRefused(Exception):
    """Why there is no file; the message says what is missing."""


@dataclass(frozen=True)
class Request:
    id: int
    asked_by: int
    why: str
    at: datetime
    wanted: queries.Filter
    approved_by: int | None
    taken_at: datetime | None


@dataclass(frozen=True)
class File:
    content: bytes
    rows: int


def export(session: Session, wanted: queries.Filter, viewer: Viewer, form: Format) -> File:
    """With masked personal fields, for whoever may list these tickets. It only reads: `note` puts it on record."""
    rows = list(_rows(session, wanted, viewer, MOST, actor="", why=""))
    return File(_file(rows, form), len(rows))


def note(session: Session, file: File, form: Format, *, actor: str) -> None:
    """Before the file leaves the house."""
    audit.record(session, actor, "export.made", "tickets", {"rows": file.rows, "format": form})


def ask(session: Session, wanted: queries.Filter, by: int, why: str) -> int:
    """Ask for the same with personal fields in clear."""
    if not why.strip():
        raise ExportRefused("请写明为什么要带姓名电话")
    row = ExportRequestRow(asked_by=by, why=why.strip()[:200], wanted=_stored(wanted), at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, f"operator:{by}", "export.asked", f"export:{row.id}")
    return row.id


def approve(session: Session, request_id: int, viewer: Viewer) -> None:
    """The second person: a lead who is not the one who asked."""
    row = _live(session, request_id)
    if viewer.role != "lead":
        raise ExportRefused("要班长来批")
    if viewer.id == row.asked_by:
        raise ExportRefused("自己申请的不能自己批，请另一位班长来批")
    row.approved_by, row.approved_at = viewer.id, clock.now()
    audit.record(session, f"operator:{viewer.id}", "export.approved", f"export:{row.id}")


def take(session: Session, request_id: int, viewer: Viewer, form: Format) -> bytes:
    """The file, once, for the one who asked. Each opened field is on record like any other look."""
    row = _live(session, request_id)
    if row.asked_by != viewer.id:
        raise ExportRefused("谁申请的谁来取")
    if row.approved_by is None:
        raise ExportRefused("还没有第二个人批准")
    row.taken_at = clock.now()
    actor = f"operator:{viewer.id}"
    rows = list(
        _rows(session, _filter(row.wanted), viewer, MOST_IN_CLEAR, actor=actor, why=f"export:{row.id} {row.why}")
    )
    audit.record(session, actor, "export.taken", f"export:{row.id}", {"rows": len(rows), "format": form})
    return _file(rows, form)


def live(session: Session) -> list[Request]:
    """What can still be approved or taken, the oldest first."""
    query = select(ExportRequestRow).where(
        ExportRequestRow.at > clock.now() - LASTS, ExportRequestRow.taken_at.is_(None)
    )
    return [_request(row) for row in session.scalars(query.order_by(ExportRequestRow.id))]


def _request(row: ExportRequestRow) -> Request:
    fields = {name: getattr(row, name) for name in Request.__dataclass_fields__}
    return Request(**{**fields, "wanted": _filter(row.wanted)})


def _live(session: Session, request_id: int) -> ExportRequestRow:
    row = session.get(ExportRequestRow, request_id, with_for_update=True)
    if row is None or row.at < clock.now() - LASTS or row.taken_at is not None:
        raise ExportRefused("这个申请不在了：一天内有效，只能取一次")
    return row


def _rows(
    session: Session, wanted: queries.Filter, viewer: Viewer, most: int, *, actor: str, why: str
) -> Iterator[list[str | int | None]]:
    """Without an actor the personal columns are masked."""
    cursor, count = "", 0
    while count < most:
        limit = min(200, most - count)
        page = queries.find(session, queries.Filter(**{**asdict(wanted), "cursor": cursor, "limit": limit}), viewer)
        for line in page.lines:
            yield [
                *(_cell(getattr(line, name, None)) for name in HEADER),
                *_personal(session, line.id, viewer, actor, why),
            ]
            count += 1
        cursor = page.next
        if not cursor:
            return


def _personal(session: Session, ticket_id: int, viewer: Viewer, actor: str, why: str) -> list[str]:
    ticket = tickets.get(session, ticket_id)
    person = ticket.person_id
    if person is None or not access.may(viewer, "read", ticket, copied=queries.copied(session, ticket_id)):
        return ["" for _ in PERSONAL]
    if not actor:
        return [people.masked(session, person, name) for name in PERSONAL]
    return [people.reveal(session, person, name, actor=actor, why=why) for name in PERSONAL]


def _cell(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, int) else str(value or "")


def _file(rows: list[list[str | int | None]], form: Format) -> bytes:
    titles = [people.catalogue().field(name).title for name in PERSONAL]
    header = [*HEADER.values(), *titles]
    texts = [[None if cell is None else str(cell) for cell in row] for row in rows]
    return files.as_csv(header, texts) if form == "csv" else files.as_xlsx(header, texts)


def _stored(wanted: queries.Filter) -> dict[str, Any]:
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in asdict(wanted).items()}


def _filter(stored: dict[str, Any]) -> queries.Filter:
    moments = {name: datetime.fromisoformat(stored[name]) for name in ("since", "until") if stored.get(name)}
    return queries.Filter(**{**stored, **moments})
