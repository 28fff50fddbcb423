"""Reports at the desk: who sees which tickets' figures, and what leaves as a file."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from hotline.audit.tables import AuditRecordRow
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OTHER, OWN, Tickets


@pytest.fixture
def lead(sqlite: Database, logged_in: Callable[..., Operator]) -> Operator:
    seeded = Tickets(sqlite)
    seeded.desks()
    seeded.open(desk=OWN)
    seeded.open(desk=OTHER, category="T-HOURS")
    return logged_in("lead", desk_ids=(OWN,))


def test_a_lead_counts_his_own_desks_only(lead: Operator) -> None:
    page = lead.http.get("/desk/reports?report=category").text

    assert page.count('scope="row"') == 1
    assert 'scope="row">工时' not in page


def test_wrong_days_are_said_in_words(lead: Operator) -> None:
    answer = lead.http.get("/desk/reports?since=2026-12-01&until=2026-11-01")

    assert answer.status_code == 409
    assert "开始那天" in answer.text


def test_a_file_is_an_audited_act(sqlite: Database, lead: Operator) -> None:
    answer = lead.send("/desk/reports/file", report="category", format="xlsx", since="", until="")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(answer.content)).active.cell(1, 1).value == "类别"
    with sqlite.reading() as session:
        assert session.query(AuditRecordRow).filter_by(act="report.exported").count() == 1
