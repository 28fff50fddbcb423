"""The rota on its page: written by a lead for his own desks, red where nobody is; and the alarms that it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx

from hotline import alarms, audit, rota
from hotline.rota import Shift
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OTHER, OWN, Tickets

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
PAGE = f"/desk/rota/{OWN}"


def was(page: str) -> str:
    found = re.search(r'name="was" value="(\w+)"', page)
    assert found is not None
    return found[1]


def write(lead: Operator, **fields: str) -> httpx.Response:
    page = lead.get(PAGE)
    return lead.send(PAGE, page, was=was(page), **fields)


def test_an_empty_rota_is_red_until_somebody_is_written_in(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    Tickets(sqlite).desks()
    logged_in("operator", login="anna")
    lead = logged_in("lead", desk_ids=(OWN,))
    assert "没有排班" in lead.get("/desk/rota")

    done = write(lead, **{"days.0": "1-7", "begins.0": "00:00", "ends.0": "24:00", "operator.0": "anna"})
    assert done.status_code == 303
    with sqlite.reading() as session:
        assert [one.weekdays for one in rota.shifts(session, OWN)] == [EVERY_DAY]
        assert audit.records(session, act="rota.changed")[0].actor == f"operator:{lead.id}"
    row = lead.get("/desk/rota").split(f"/desk/rota/{OWN}")[1].split("</tr>")[0]
    assert "operator同志" in row
    assert "没有值班电话" in row
    assert "都有人" in row


def test_a_wrong_shift_and_a_stranger_are_refused(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    Tickets(sqlite).desks()
    logged_in("editor", login="ed")
    lead = logged_in("lead", desk_ids=(OWN,))
    good = {"days.0": "1-5", "begins.0": "08:30", "ends.0": "17:30", "operator.0": "lead"}

    assert "时间" in write(lead, **{**good, "begins.0": "8点"}).text
    assert "没有登录名 ed" in write(lead, **{**good, "operator.0": "ed"}).text
    assert "替班" in write(lead, **{**good, "deputy.0": "lead"}).text


def test_who_writes_over_a_colleague_is_told(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    Tickets(sqlite).desks()
    lead = logged_in("lead", desk_ids=(OWN,))
    page = lead.get(PAGE)
    with sqlite.transaction() as session:
        rota.replace(session, OWN, [Shift(OWN, "00:00", "24:00", lead.id, None, EVERY_DAY)], by="system")
    answer = lead.send(PAGE, page, was=was(page))

    assert answer.status_code == 409
    with sqlite.reading() as session:
        assert len(rota.shifts(session, OWN)) == 1


def test_a_file_goes_in_and_comes_out_but_only_for_his_desks(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    Tickets(sqlite).desks()
    lead = logged_in("lead", desk_ids=(OWN,))
    line = "\n  - {days: 1-5, hours: 08:30-17:30, operator: lead}\n"
    assert lead.send("/desk/rota/import", text=f"{OWN}:{line}{OTHER}:{line}").status_code == 409
    with sqlite.reading() as session:
        assert rota.shifts(session, OWN) == []

    assert lead.send("/desk/rota/import", text=f"{OWN}:{line}").status_code == 303
    file = lead.http.get("/desk/rota/file")
    assert file.headers["content-disposition"].startswith("attachment")
    assert f"{OWN}:" in file.text
    assert lead.send("/desk/rota/import", text=file.text).status_code == 303


def test_a_duty_phone_is_checked_masked_and_only_of_his_people(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    Tickets(sqlite).desks()
    lead, other = logged_in("lead", desk_ids=(OWN,)), logged_in("operator")
    with sqlite.transaction() as session:
        rota.replace(session, OWN, [Shift(OWN, "00:00", "24:00", lead.id, None, EVERY_DAY)], by="system")

    def phone(number: int, way: str, address: str) -> int:
        fields = {"desk": OWN, "operator": str(number), "way": way, "address": address}
        return lead.send("/desk/rota/phone", **fields).status_code

    assert phone(lead.id, "sms", "none of it") == 409
    assert phone(lead.id, "webhook", "http://127.0.0.1/ring") == 409  # our own network
    assert phone(other.id, "sms", "13800000000") == 409
    assert phone(lead.id, "sms", "138 0000 0000") == 303
    page = lead.get(PAGE)
    assert "138****0000" in page
    assert "13800000000" not in page
    assert "电话会响" in lead.get("/desk/rota")


def test_an_alarm_stands_on_every_page_until_somebody_has_it(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    made = seeded.open("T-CRISIS", priority="P0", facts={"matter": "他站在楼顶"}).ticket
    number = seeded.alarm(made)
    operator, elsewhere = logged_in("operator", desk_ids=(OWN,)), logged_in("lead", desk_ids=(OTHER,))
    bar = f'data-alarm="{number}"'
    assert bar in operator.get("/desk/help")
    assert bar not in elsewhere.get("/desk/help")
    assert elsewhere.send(f"/desk/alarms/{number}/acknowledge").status_code == 404

    assert operator.send(f"/desk/alarms/{number}/acknowledge").status_code == 303
    assert bar not in operator.get("/desk/help")
    assert operator.send(f"/desk/alarms/{number}/acknowledge").status_code == 409
    board = operator.get("/desk/alarms")
    assert made.number in board
    assert "operator同志" in board
    with sqlite.reading() as session:
        assert audit.records(session, act="alarm.acknowledged")[0].actor == f"operator:{operator.id}"


def test_an_alert_rings_for_leads_and_for_who_was_called(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    operator, colleague = logged_in("operator", desk_ids=(OWN,)), logged_in("lawyer", desk_ids=(OWN,))
    with sqlite.transaction() as session:
        rota.replace(session, OWN, [Shift(OWN, "00:00", "24:00", operator.id, None, EVERY_DAY)], by="system")
    seeded.alert(OWN, "red", "某某建设 多人讨薪")
    alarms.run(sqlite)

    assert "data-alarm=" in operator.get("/desk/help")
    assert "data-alarm=" not in colleague.get("/desk/help")


def test_a_stream_tells_what_rings_and_when_it_is_over(
    sqlite: Database, logged_in: Callable[..., Operator], desk_url: str
) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    operator = logged_in("operator", desk_ids=(OWN,))
    with (
        httpx.Client(base_url=desk_url, cookies={"desk": operator.cookie}, timeout=60, trust_env=False) as http,
        http.stream("GET", "/desk/stream") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        number = seeded.alarm(seeded.open("T-CRISIS", priority="P0").ticket)
        assert f'"id": {number}' in _next_alarms(lines)
        with sqlite.transaction() as session:
            alarms.acknowledge(session, number, operator.id)
        assert _next_alarms(lines) == "data: []"


def _next_alarms(lines: Iterator[str]) -> str:
    for line in lines:
        if line == "event: alarms":
            return next(lines)
    raise AssertionError("the stream ended")


def test_nobody_is_told_of_alarms_who_handles_no_tickets(logged_in: Callable[..., Operator]) -> None:
    assert 'id="alarms"' not in logged_in("security").get("/desk/help")
