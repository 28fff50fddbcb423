"""Files of tickets at the desk: masked at once, in clear after a second person's yes, once, and all of it on record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest

from hotline import audit
from hotline.console import exports
from hotline.tickets.queries import Filter
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OTHER, OWN, Tickets

CITY = "CN-32-05"
WHY = "仲裁委要名册"


@pytest.fixture
def seeded(sqlite: Database) -> Tickets:
    made = Tickets(sqlite)
    made.desks()
    made.open("T-WAGE", phone="13800000000", facts={"matter": "三个月没发工资"})
    made.open("T-CONTRACT", facts={"matter": "没签合同"})
    made.open("T-WAGE", desk=OTHER, phone="13900000000", facts={"matter": "别处的欠薪"})
    return made


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]


def request_number(page: str, name: str) -> str:
    found = re.search(rf"/desk/exports/(\d+)/{name}", page)
    assert found is not None, page
    return found[1]


def test_a_file_holds_what_was_asked_of_his_desks_and_masks_it(
    seeded: Tickets, logged_in: Callable[..., Operator]
) -> None:
    operator = logged_in("operator", desk_ids=(OWN,))
    answer = operator.send("/desk/exports/file", view="all", category="T-WAGE", format="csv")

    assert answer.headers["content-disposition"].startswith('attachment; filename="tickets-')
    [line] = rows(answer.content)
    assert "三个月没发工资" in "".join(line)
    assert line[-1] == "138****0000"
    with seeded.database.reading() as session:
        [seen] = audit.records(session, act="export.made")
        assert (seen.actor, seen.detail["rows"]) == (f"operator:{operator.id}", 1)
        assert audit.records(session, act="field.revealed") == []
    assert "遮住姓名电话" in operator.get("/desk/exports")


def test_names_and_phones_need_a_second_person_and_come_once(
    seeded: Tickets, logged_in: Callable[..., Operator]
) -> None:
    asker, lead = logged_in("operator", desk_ids=(OWN,)), logged_in("lead", desk_ids=(CITY,))
    assert asker.send("/desk/exports/ask", view="all", why="").status_code == 409
    asker.send("/desk/exports/ask", view="all", category="T-WAGE", why=WHY)
    page = asker.get("/desk/exports")
    assert "等另一位班长批" in page
    number = request_number(page, "take")
    assert asker.send(f"/desk/exports/{number}/take").status_code == 409

    shown = lead.get("/desk/exports")
    assert WHY in shown
    assert "1 张工单的姓名电话" in shown
    lead.send(f"/desk/exports/{number}/approve")
    assert lead.send(f"/desk/exports/{number}/take").status_code == 404
    answer = asker.send(f"/desk/exports/{number}/take", format="csv")
    assert [line[-1] for line in rows(answer.content)] == ["13800000000"]
    assert asker.send(f"/desk/exports/{number}/take", format="csv").status_code == 404
    with seeded.database.reading() as session:
        assert [one.actor for one in audit.records(session, act="field.revealed")] == [f"operator:{asker.id}"]
        assert audit.records(session, act="export.approved")[0].actor == f"operator:{lead.id}"


def test_who_asks_and_who_sees_other_desks_cannot_approve(seeded: Tickets, logged_in: Callable[..., Operator]) -> None:
    asker = logged_in("lead", login="asks", desk_ids=(OWN,))
    beside = logged_in("lead", login="beside", desk_ids=(OTHER,))
    asker.send("/desk/exports/ask", view="all", why=WHY)
    number = request_number(asker.get("/desk/exports"), "take")

    assert asker.send(f"/desk/exports/{number}/approve").status_code == 409
    assert WHY not in beside.get("/desk/exports")
    assert beside.send(f"/desk/exports/{number}/approve").status_code == 404


def test_an_operator_sees_only_his_own_past_files(seeded: Tickets, logged_in: Callable[..., Operator]) -> None:
    first, second, lead = logged_in("operator"), logged_in("lawyer"), logged_in("lead")
    first.send("/desk/exports/file", view="all", format="csv")

    assert "operator同志" in lead.get("/desk/exports").split("以前导出的")[-1]
    assert "operator同志" not in second.get("/desk/exports").split("以前导出的")[-1]


def test_the_list_hands_its_filters_on(seeded: Tickets, logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead")
    assert "/desk/exports?view=closed" in lead.get("/desk?view=closed").replace("&amp;", "&")
    page = lead.get("/desk/exports?view=closed&category=T-WAGE&employer=某某")

    assert re.search(r'value="T-WAGE" selected', page)
    assert 'value="某某"' in page


def test_a_filter_is_said_in_words() -> None:
    words = exports.said(Filter(view="closed", category="T-WAGE", region=OWN, employer="某某", words="欠薪"))

    assert "已办结" in words
    assert "昆山" in words
    assert "某某" in words
