"""How many tickets: by matter, place, trade, channel, hour and day; the five kinds; firms that come back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotline.reports.shapes import Keys, Line, Span, Table
from hotline.tickets.categories import catalogue
from hotline.tickets.tables import TicketRow
from kit import clock

COUNTS = ("工单", "人数", "上一段同样天数", "变化")
AT_LEAST = 10  # a cell with fewer people could point at somebody (source row K02)
HIDDEN = "不足10"
DISTRICT = 3  # CN-32-05-83: country, province, city, district
FIVE_KINDS = {
    "不签合同": ("T-CONTRACT",),
    "欠薪": ("T-WAGE", "T-WAGE-SITE"),
    "劳动条件差": ("T-SAFETY",),
    "加班超时": ("T-HOURS",),
    "违规派遣": ("T-DISPATCH",),
}
OFTEN = 3


def _counted(session: Session, span: Span, column: InstrumentedAttribute[Any]) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(column, func.count(), func.sum(TicketRow.people_count)).where(*span.opened()).group_by(column)
    )
    return {str(key or ""): (int(tickets), int(people)) for key, tickets, people in rows}


def _compared(
    session: Session, span: Span, column: InstrumentedAttribute[Any], keys: Keys, title: str, note: str = ""
) -> Table:
    now, before = _counted(session, span, column), _counted(session, span.before, column)
    lines = [
        Line(key, (tickets, people, before.get(key, (0, 0))[0], tickets - before.get(key, (0, 0))[0]))
        for key, (tickets, people) in now.items()
    ]
    return Table(keys, title, COUNTS, _biggest_first(lines), note)


def _biggest_first(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (-float(line.values[0] or 0), line.key)))


def by_category(session: Session, span: Span) -> Table:
    return _compared(session, span, TicketRow.category, "category", "类别")


def by_channel(session: Session, span: Span) -> Table:
    return _compared(session, span, TicketRow.channel, "channel", "渠道")


def by_industry(session: Session, span: Span) -> Table:
    return _compared(session, span, TicketRow.industry, "words", "行业", "没问到行业的记在“没说”。")


def _district(region: str | None) -> str:
    return "-".join((region or "").split("-")[: DISTRICT + 1])


def by_place(session: Session, span: Span) -> Table:
    """By district, or by city where no district is known."""

    def count(part: Span) -> Counter[str]:
        found: Counter[str] = Counter()
        for region, (tickets, _people) in _counted(session, part, TicketRow.region).items():
            found[_district(region)] += tickets
        return found

    now, before = count(span), count(span.before)
    lines = [Line(key, (size, before[key], size - before[key])) for key, size in now.items()]
    return Table("region", "地方", ("工单", "上一段同样天数", "变化"), _biggest_first(lines))


def by_hour(session: Session, span: Span) -> Table:
    """When workers come: the hours of the day in China, all 24 of them."""
    moments = session.scalars(select(TicketRow.opened_at).where(*span.opened()))
    found = Counter(clock.local(moment).hour for moment in moments)
    lines = tuple(Line(f"{hour:02d}点", (found[hour],)) for hour in range(24))
    return Table("words", "钟点", ("工单",), lines)


def by_day(session: Session, span: Span) -> Table:
    opened = Counter(
        clock.local(moment).date() for moment in session.scalars(select(TicketRow.opened_at).where(*span.opened()))
    )
    closed = Counter(
        clock.local(moment).date()
        for moment in session.scalars(select(TicketRow.closed_at).where(*span.closed()))
        if moment is not None
    )
    days = sorted({*opened, *closed})
    return Table("words", "日期", ("新开", "办结"), tuple(Line(str(day), (opened[day], closed[day])) for day in days))


def five_kinds(session: Session, span: Span) -> Table:
    """The five kinds of violations that unions and the labour inspection look at together."""
    found = _counted(session, span, TicketRow.category)
    lines = [
        Line(kind, tuple(sum(found.get(id, (0, 0))[part] for id in ids) for part in (0, 1)))
        for kind, ids in FIVE_KINDS.items()
    ]
    return Table("words", "问题", ("工单", "人数"), tuple(lines), "五类的划法见来源文件 S1、S4。")


def repeat_firms(session: Session, span: Span) -> Table:
    """Firms about which several tickets were opened, for the yearly talks with the inspection."""
    rows = session.execute(
        select(
            func.max(TicketRow.employer),
            func.count(),
            func.sum(TicketRow.people_count),
            func.count(func.distinct(TicketRow.category)),
        )
        .where(*span.opened(), TicketRow.employer_key != "")
        .group_by(TicketRow.employer_key)
        .having(func.count() >= OFTEN)
    )
    lines = [Line(str(firm), (int(size), int(people), int(matters))) for firm, size, people, matters in rows]
    note = "同一家单位写法不同的已经归到一起；只列三张以上的。"
    return Table("words", "单位", ("工单", "人数", "几类事"), _biggest_first(lines), note)


def obstruction(session: Session, span: Span) -> Table:
    """Complaints that a union was obstructed, by district."""
    rows = session.execute(
        select(TicketRow.region, func.count())
        .where(*span.opened(), TicketRow.category == "T-UNION-RIGHTS")
        .group_by(TicketRow.region)
    )
    found: Counter[str] = Counter()
    for region, size in rows:
        found[_district(region)] += int(size)
    return Table("region", "地方", ("投诉",), _biggest_first([Line(key, (size,)) for key, size in found.items()]))


def demand(session: Session, span: Span) -> Table:
    """What workers need, by district and month; small cells are not shown."""
    rows = session.execute(
        select(TicketRow.region, TicketRow.group, TicketRow.opened_at, TicketRow.people_count).where(*span.opened())
    )
    cells: Counter[tuple[str, str, str]] = Counter()
    for region, group, moment, people in rows:
        cells[clock.local(moment).strftime("%Y-%m"), _district(region), group] += int(people)
    groups = tuple(catalogue().groups)
    places = sorted({(month, place) for month, place, _group in cells})
    lines = []
    for month, place in places:
        sizes = [cells[month, place, group] for group in groups]
        total = sum(sizes)
        shown = tuple(size if size == 0 or size >= AT_LEAST else HIDDEN for size in sizes)
        lines.append(Line(place, (total if total >= AT_LEAST else HIDDEN, month, *shown)))
    columns = ("人数", "月份", *catalogue().groups.values())
    return Table("region", "地方", columns, tuple(lines), "按人数；不足10人的格子不显示，免得认出是谁。")
