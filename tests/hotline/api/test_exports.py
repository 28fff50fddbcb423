"""Exports: nothing is a formula, personal fields are masked until a second person says yes, once (P23 for files)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from hotline import audit, people
from hotline.api import exports
from hotline.tickets import desks, queries
from hotline.tickets import service as tickets
from hotline.tickets.access import Viewer
from kit import clock
from kit.db import Database

NASTY = ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "<script>alert(1)</script>", "{{7*7}}"]
OPERATOR, LEAD, OTHER = Viewer(1, "operator"), Viewer(2, "lead"), Viewer(3, "lead")
ALL = queries.Filter(view="all")


@pytest.fixture
def filled(sqlite: Database) -> Database:
    with sqlite.transaction() as session:
        desks.import_files(session)
        for number, text in enumerate(NASTY):
            person = people.new_person(session)
            people.consent(session, person_id=person, purpose="ticket", version="2026-11", yes=True)
            facts: dict[str, Any] = {"place": "CN-32-05-06", "matter": f"{text}没发工资", "employer": text}
            facts |= {"phone": f"1380000000{number}", "name": f"={number}测试"}
            key = f"nasty:{number}"
            tickets.open_ticket(
                session, key=key, conversation_id=None, category="T-WAGE", facts=facts, person_id=person, channel="call"
            )
    return sqlite


def cells(data: bytes) -> list[Any]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return [cell for row in sheet.iter_rows() for cell in row]


def test_every_cell_is_text(filled: Database) -> None:
    with filled.transaction() as session:
        data = exports.export(session, ALL, OPERATOR, "xlsx").content
        plain = exports.export(session, ALL, OPERATOR, "csv").content.decode("utf-8-sig")

    found = [cell for cell in cells(data) if cell.value is not None]
    assert len(found) > len(NASTY) * 8
    assert {cell.data_type for cell in found} == {"s"}
    for row in csv.reader(io.StringIO(plain, newline="")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_personal_fields_are_masked(filled: Database) -> None:
    with filled.transaction() as session:
        data = exports.export(session, ALL, OPERATOR, "csv").content.decode()
        assert audit.records(session, act="field.revealed") == []

    assert "138****0003" in data
    assert "13800000003" not in data


def test_in_clear_only_with_a_second_person_and_only_once(filled: Database) -> None:
    with filled.transaction() as session:
        asked = exports.ask(session, ALL, 2, "法院要名册")
        with pytest.raises(exports.ExportRefused, match="第二个人"):
            exports.take(session, asked, LEAD, "csv")
        with pytest.raises(exports.ExportRefused, match="自己"):
            exports.approve(session, asked, LEAD)
        with pytest.raises(exports.ExportRefused, match="班长"):
            exports.approve(session, asked, OPERATOR)
        exports.approve(session, asked, OTHER)
        with pytest.raises(exports.ExportRefused, match="谁申请"):
            exports.take(session, asked, OTHER, "csv")
        data = exports.take(session, asked, LEAD, "csv").decode()
        with pytest.raises(exports.ExportRefused, match="只能取一次"):
            exports.take(session, asked, LEAD, "csv")

    assert "13800000003" in data
    with filled.reading() as session:
        assert len(audit.records(session, act="field.revealed")) == 2 * len(NASTY)
        assert len(audit.records(session, act="export.taken")) == 1


def test_why_must_be_said(filled: Database) -> None:
    with filled.transaction() as session, pytest.raises(exports.ExportRefused):
        exports.ask(session, ALL, 2, " ")


def test_a_request_keeps_what_was_asked(filled: Database) -> None:
    wanted = queries.Filter(view="closed", category="T-WAGE", since=clock.now())
    with filled.transaction() as session:
        number = exports.ask(session, wanted, 2, "法院要名册")
        [found] = exports.live(session)

    assert (found.id, found.wanted, found.approved_by) == (number, wanted, None)


def test_in_clear_there_is_a_limit(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_IN_CLEAR", 3)
    with filled.transaction() as session:
        number = exports.ask(session, ALL, 2, "法院要名册")
        exports.approve(session, number, OTHER)
        data = exports.take(session, number, LEAD, "csv").decode("utf-8-sig")

    assert len(list(csv.reader(io.StringIO(data, newline="")))) == 1 + 3
