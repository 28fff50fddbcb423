"""Every figure is counted a second time, from the events of the tickets, by code that knows nothing of the reports."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hotline.reports import REPORTS, Span, Table, files
from hotline.tickets import service as tickets
from hotline.tickets.shapes import operator
from hotline.tickets.tables import TicketEventRow, TicketRow
from kit import clock
from kit.db import Database
from tests.hotline.tickets.support import at, conversation, import_desks, opened

DAYS = Span(date(2026, 11, 23), date(2026, 11, 30))
WEEK_BEFORE = Span(date(2026, 11, 2), date(2026, 11, 8))
ME, OTHER = 7, 8
CLOSED = {"result": "已支付", "feedback_date": "2026-11-30", "feedback_result": "监察已责令支付", "done": "已要回"}


@pytest.fixture
def month(sqlite: Database) -> Database:
    """Six tickets: two firms, two districts, one merged away, two closed and rated, one of them reopened."""
    import_desks(sqlite)
    made: dict[str, Any] = {}

    def open_one(
        key: str, when: str, category: str, channel: str, facts: dict[str, Any], talk: str | None = None
    ) -> None:
        with at(when), sqlite.transaction() as session:
            talk = talk or conversation(session, f"talk-{key}", channel)
            made[key] = opened(session, key, talk, category=category, facts=facts)

    open_one("a", "2026-11-24 09:10", "T-WAGE", "wechat", {"employer": "昆山某某电子厂", "people": 3})
    open_one("b", "2026-11-24 21:05", "T-WAGE", "sms", {"employer": "昆山某某电子有限公司"})
    open_one("c", "2026-11-25 09:50", "T-HOURS", "wechat", {"employer": "某某电子厂", "place": "CN-32-05-09"})
    open_one("d", "2026-11-26 10:00", "T-UNION-RIGHTS", "web", {"place": "CN-32-05-09"})
    open_one("e", "2026-11-27 10:00", "T-WAGE", "sms", {}, "talk-b")
    open_one("old", "2026-11-20 10:00", "T-WAGE", "web", {})
    with at("2026-11-27 11:00"), sqlite.transaction() as session:
        for key in ("a", "d"):
            tickets.claim(session, made[key].id, ME, version=tickets.get(session, made[key].id).version)
            tickets.reply(session, made[key].id, ME, "已经联系单位", key=f"reply-{key}")
    with at("2026-11-28 11:00"), sqlite.transaction() as session:
        version = tickets.get(session, made["e"].id).version
        tickets.merge(session, made["e"].id, made["b"].id, by=ME, version=version)
        for key in ("a", "d"):
            tickets.close(session, made[key].id, operator(ME), "办好了", fields=CLOSED)
    with at("2026-11-29 11:00"), sqlite.transaction() as session:
        tickets.rate(session, made["a"].id, 5)
        tickets.rate(session, made["d"].id, 1)
    return sqlite


def made(database: Database, report: str, span: Span = DAYS) -> Table:
    with at("2026-11-30 12:00"), database.reading() as session:
        return REPORTS[report].make(session, span)


def first(table: Table) -> dict[str, Any]:
    return {line.key: line.values[0] for line in table.lines}


def recounted(database: Database, column: str) -> Counter[str]:
    """From the events: tickets whose `opened` fell into the days, without those with a `merged` of their own."""
    with database.reading() as session:
        rows = {row.id: row for row in session.scalars(select(TicketRow))}
        events = list(session.scalars(select(TicketEventRow)))
        gone = {one.ticket_id for one in events if one.kind == "merged" and one.body.get("into")}
        begun = [one for one in events if one.kind == "opened" and DAYS.begins <= one.at < DAYS.ends]
        return Counter(str(getattr(rows[one.ticket_id], column)) for one in begun if one.ticket_id not in gone)


@pytest.mark.parametrize(("report", "column"), [("category", "category"), ("channel", "channel"), ("place", "region")])
def test_volumes_agree_with_the_events(month: Database, report: str, column: str) -> None:
    counted = recounted(month, column)

    assert sum(counted.values()) == 4
    assert first(made(month, report)) == dict(counted)


def test_the_span_before_is_compared(month: Database) -> None:
    wages = next(line for line in made(month, "category").lines if line.key == "T-WAGE")

    assert wages.values == (2, 4, 1, 1)  # tickets, people, the eight days before, more by one


def test_hours_are_those_of_china(month: Database) -> None:
    assert {hour: size for hour, size in first(made(month, "hour")).items() if size} == {
        "09点": 2,
        "10点": 1,
        "21点": 1,
    }


def test_every_day_counts_what_was_opened_and_closed(month: Database) -> None:
    lines = {line.key: line.values for line in made(month, "day").lines}

    assert lines["2026-11-24"] == (2, 0)
    assert sum(int(closed or 0) for _opened, closed in lines.values()) == 1  # the other one was opened again


def test_firms_written_differently_are_one(month: Database) -> None:
    lines = made(month, "firms").lines

    assert [(line.values[0], line.values[2]) for line in lines] == [(3, 2)]


def test_five_kinds_and_obstruction(month: Database) -> None:
    assert first(made(month, "five"))["欠薪"] == 2
    assert first(made(month, "five"))["加班超时"] == 1
    assert first(made(month, "obstruction")) == {"CN-32-05-09": 1}


def test_small_cells_of_demand_are_hidden(month: Database) -> None:
    cells = {value for line in made(month, "demand").lines for value in line.values if isinstance(value, int)}

    assert cells == {0}
    assert any("不足10" in line.values for line in made(month, "demand").lines)


def test_satisfaction_counts_the_last_word_and_what_was_opened_again(month: Database) -> None:
    table = first(made(month, "satisfaction"))

    assert table["5分"] == 1
    assert table["重新打开"] == 1


def test_clocks_are_kept_or_missed(month: Database) -> None:
    lines = [line for line in made(month, "clocks").lines if line.key == "first_act"]
    kept = sum(int(line.values[2] or 0) for line in lines)
    missed = sum(int(line.values[3] or 0) for line in lines)
    running = sum(int(line.values[4] or 0) for line in lines)

    assert (kept + missed, running) == (3, 1)  # the one that was opened again owes a first act again
    assert missed >= 1  # nobody has touched b and c for days


def test_load_shows_what_each_carries(month: Database) -> None:
    lines = {line.key: line.values for line in made(month, "load").lines}

    assert lines[str(ME)][1] == 1


@pytest.mark.parametrize("report", list(REPORTS))
def test_every_report_can_be_made_of_nothing_and_of_one_desk(sqlite: Database, month: Database, report: str) -> None:
    assert made(month, report, WEEK_BEFORE).columns
    mine = Span(DAYS.since, DAYS.until, frozenset({"no-such-desk"}))
    shown = made(month, report, mine)

    if report in ("category", "place", "industry", "channel", "firms", "clocks", "collective", "stations", "load"):
        assert shown.lines == ()


def test_days_are_days_in_china() -> None:
    one = Span(date(2026, 11, 30), date(2026, 11, 30))

    assert clock.local(one.begins).isoformat() == "2026-11-30T00:00:00+08:00"
    assert (one.ends - one.begins).days == 1
    assert one.before == Span(date(2026, 11, 29), date(2026, 11, 29))


BAIT = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "https://example.org", "12")


def test_no_cell_of_a_workbook_is_a_formula_or_link() -> None:
    book = load_workbook(io.BytesIO(files.as_xlsx(("头", *BAIT), [("行", *BAIT)])))
    cells = [cell for row in book.active.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_no_cell_of_a_csv_begins_a_formula() -> None:
    text = files.as_csv(("头",), [(bait,) for bait in BAIT]).decode("utf-8-sig")

    assert not any(line.lstrip('"').startswith(files.FORMULA) for line in text.splitlines())
