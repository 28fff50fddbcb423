"""Reports: a table with bars for the days that the reader chooses, and the same table as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from hotline import audit
from hotline.console.directory import CHANNELS, PRIORITIES, clock_kind, region
from hotline.console.door import page
from hotline.console.errors import Refused
from hotline.console.visit import Visit
from hotline.reports import REPORTS, Line, Report, Span, Table, files
from hotline.tickets.categories import catalogue
from kit import clock

USUAL = timedelta(days=29)
LONGEST = timedelta(days=800)
UNSAID = "没说"


def _span(visit: Visit, since: str, until: str) -> Span:
    """The chosen days; without any, the last thirty."""
    last = _day(until) or clock.today()
    first = _day(since) or last - USUAL
    if first > last:
        raise Refused("开始那天在结束那天后面，请改一下")
    if last - first > LONGEST:
        raise Refused("一次最多看八百天，请分段看")
    return Span(first, last, visit.viewer.desk_ids)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as wrong:
        raise Refused("日期写成 2026-11-30 这样") from wrong


def _chosen(id: str) -> Report:
    return REPORTS.get(id) or next(iter(REPORTS.values()))


def _title(visit: Visit, table: Table, line: Line) -> str:
    """What stands at the head of a line, in words."""
    match table.keys:
        case "category":
            return catalogue().category(line.key).title
        case "region":
            return region(line.key) or UNSAID
        case "channel":
            return CHANNELS.get(line.key, line.key)
        case "priority":
            return PRIORITIES.get(line.key, line.key)
        case "operator":
            return visit.desk.directory.operator(int(line.key))
        case "desk":
            return visit.desk.directory.desk(line.key)
        case "clock":
            return clock_kind(line.key)
        case _:
            return line.key or UNSAID


@page("/desk/reports", "report.read")
def reports(visit: Visit) -> Response:
    report = _chosen(visit.query("report", 20))
    span = _span(visit, visit.query("since", 10), visit.query("until", 10))
    with visit.reading() as session:
        table = report.make(session, span)
    shown: dict[str, Any] = {
        "report": report,
        "reports": REPORTS.values(),
        "span": span,
        "table": table,
        "lines": [(_title(visit, table, line), line.values) for line in table.lines],
    }
    return visit.render("reports/report.html", **shown)


@page("/desk/reports/file", "report.export", "POST")
def file(visit: Visit) -> Response:
    """The table as a file. Taking figures out of the house is an act; no personal data are in any report."""
    report = _chosen(visit.form.text("report", 20))
    kind = "xlsx" if visit.form.text("format", 4) == "xlsx" else "csv"
    span = _span(visit, visit.form.text("since", 10), visit.form.text("until", 10))
    with visit.transaction() as session:
        table = report.make(session, span)
        days = {"report": report.id, "since": str(span.since), "until": str(span.until), "format": kind}
        audit.record(session, visit.operator.actor, "report.exported", f"report:{report.id}", days)
    header = (table.title, *table.columns)
    rows = [(_title(visit, table, line), *line.values) for line in table.lines]
    content = files.as_xlsx(header, rows) if kind == "xlsx" else files.as_csv(header, rows)
    name = f"{report.id}-{span.since}-{span.until}.{kind}"
    return Response(
        content, media_type=files.MEDIA[kind], headers={"content-disposition": f'attachment; filename="{name}"'}
    )


PAGES = [reports, file]
