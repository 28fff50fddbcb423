"""Keeping the house: accounts by link, nobody his own, what the audit shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from hotline.console import operators
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets


def test_an_account_begins_with_a_link_and_ends_at_once(
    sqlite: Database, browser: Callable[[], Operator], logged_in: Callable[..., Operator]
) -> None:
    Tickets(sqlite).desks()
    security = logged_in("security")
    page = security.send("/desk/operators/invite", role="operator", desk=OWN).text
    link = unescape(re.search(r'class="mono link">([^<]+)<', page).group(1))  # type: ignore[union-attr]
    new = browser()
    new.accept(link, "wang", "王姐")
    assert new.http.get("/desk").status_code == 200

    with sqlite.reading() as session:
        made = next(one for one in operators.every(session) if one.login == "wang")
    assert made.desk_ids == (OWN,)
    security.send(f"/desk/operators/{made.id}", act="shut")
    assert new.http.get("/desk").status_code == 303
    assert "已停用" in security.get("/desk/operators")


def test_nobody_changes_his_own_account(logged_in: Callable[..., Operator]) -> None:
    security = logged_in("security")
    answer = security.send(f"/desk/operators/{security.id}", act="change", role="lead")

    assert answer.status_code == 409
    assert "另一位安全员" in answer.text


def test_a_role_that_does_not_exist_is_refused(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    security, other = logged_in("security"), logged_in("operator")

    assert security.send(f"/desk/operators/{other.id}", act="change", role="king").status_code == 409
    assert security.send(f"/desk/operators/{other.id}", act="crown").status_code == 409
    assert security.send("/desk/operators/invite", role="operator", desk="nowhere").status_code == 409


def test_the_shipped_replies_stay_when_the_first_is_written(logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead")
    before = lead.get("/desk/canned").count("<summary>")
    lead.send("/desk/canned", title="请带身份证", text="来的时候请带身份证和{number}这个单号")
    page = lead.get("/desk/canned")

    assert page.count("<summary>") == before + 1
    number = re.findall(r'name="reply" value="(\d+)"', page)[-1]
    lead.send("/desk/canned/remove", reply=number)
    assert lead.get("/desk/canned").count("<summary>") == before


def test_the_auditor_sees_who_did_what_and_that_nothing_was_changed(logged_in: Callable[..., Operator]) -> None:
    logged_in("security").send("/desk/operators/invite", role="lead")
    auditor = logged_in("auditor")

    assert "operator.invited" in auditor.get("/desk/audit?act=operator.invited")
    assert "整条记录都对得上" in auditor.get("/desk/audit?verify=yes")


def test_who_has_no_queue_waits_for_no_stream(logged_in: Callable[..., Operator]) -> None:
    assert 'id="live"' not in logged_in("security").get("/desk/help")
    assert 'id="live"' in logged_in("operator").get("/desk/help")


def test_settings_and_help_open(logged_in: Callable[..., Operator]) -> None:
    assert "clocks.yml" in logged_in("system").get("/desk/settings")
    assert "第一个小时" in logged_in("editor").get("/desk/help")
