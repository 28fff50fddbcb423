"""The sums over HTTP: the API, the page without script, places by name, and what is refused."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache

import httpx
import pytest

from bot.gateway.app import build
from bot.gateway.calculators import groups, routes
from hotline.tickets import service as tickets
from knowledge.calculators import CALCULATORS
from knowledge.loader import read

SEVERANCE = {"hire_date": "2021-03-15", "last_day": "2026-10-31", "avg_wage_12m": "6800", "ground": "40(2)"}


@lru_cache(maxsize=1)
def base():
    return read()[0]


class Client:
    """Calls the application in this process, without a socket."""

    def __init__(self, database=None) -> None:
        self.app = build(routes(base, database), lambda: {})

    async def _send(self, method, url, given):
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.request(method, url, **given)

    def get(self, url, **given):
        return asyncio.run(self._send("GET", url, given))

    def post(self, url, **given):
        return asyncio.run(self._send("POST", url, given))


@pytest.fixture
def client():
    return Client()


def test_the_list_has_every_kind_with_its_schema(client) -> None:
    listed = client.get("/api/calculators").json()["calculators"]
    assert {one["kind"] for one in listed} == set(CALCULATORS)
    assert all(one["schema"]["properties"] for one in listed)


def test_a_sum(client) -> None:
    body = client.post("/api/calculators/severance", json={**SEVERANCE, "local_avg_wage": "9800", "colour": 1}).json()
    assert body["result"] == {"months": 6, "base": "6800.00", "amount": "40800.00"}
    assert body["references"][0]["law"] == "劳动合同法" and body["references"][0]["article"] == "46"
    assert body["steps"][-1]["amount"] == "40800.00"


def test_a_place_by_name(client) -> None:
    body = client.post("/api/calculators/maternity_days", json={"event": "生育", "region": "北京"}).json()
    assert body["result"]["total_days"] == 158 and body["missing"] == []


def test_an_ambiguous_place_gives_candidates(client) -> None:
    response = client.post("/api/calculators/severance", json={**SEVERANCE, "region": "通州"})
    assert response.status_code == 409
    assert {one["id"] for one in response.json()["error"]["candidates"]} == {"CN-11-12", "CN-32-06-12"}


@pytest.mark.parametrize(
    ("inputs", "field", "status"),
    [
        ({**SEVERANCE, "hire_date": "2021-02-31"}, "hire_date", 400),
        ({**SEVERANCE, "avg_wage_12m": "0.68"}, "avg_wage_12m", 400),
        ({**SEVERANCE, "region": "火星"}, "region", 400),
        ({}, "hire_date", 400),
        ({**SEVERANCE, "avg_wage_12m": {"x": 1}}, "avg_wage_12m", 400),
        ({**SEVERANCE, "avg_wage_12m": [1]}, "avg_wage_12m", 400),
        ({**SEVERANCE, "ground": "x" * 500}, "ground", 400),
        ({**SEVERANCE, "avg_wage_12m": "1e400"}, "avg_wage_12m", 400),
    ],
)
def test_bad_input_names_the_field_and_gives_an_example(client, inputs, field, status) -> None:
    response = client.post("/api/calculators/severance", json=inputs)
    error = response.json()["error"]
    assert (response.status_code, error["field"]) == (status, field)
    assert error["example"] and error["code"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_broken_bodies(client, body) -> None:
    assert client.post("/api/calculators/severance", content=body).status_code == 400


def test_unknown_kind(client) -> None:
    assert client.post("/api/calculators/nothing", json={}).status_code == 404
    assert client.get("/calculators/nothing").status_code == 404


def test_the_list_page_links_to_every_calculator(client) -> None:
    page = client.get("/calculators").text
    assert set(re.findall(r'href="/calculators/(\w+)"', page)) == set(CALCULATORS)
    assert {one.kind for kinds in groups().values() for one in kinds} == set(CALCULATORS)


@pytest.mark.parametrize("kind", list(CALCULATORS))
def test_every_form_has_a_label_for_each_field(client, kind) -> None:
    page = client.get(f"/calculators/{kind}").text
    controls = re.findall(r"<(?:input|select|textarea) [^>]*?id=\"([^\"]+)\"", page)
    assert controls and all(f'<label for="{name}">' in page for name in controls)
    assert "<script" not in page


def test_a_filled_form_shows_the_result(client) -> None:
    page = client.post("/calculators/severance", data={**SEVERANCE, "region": "苏州"}).text
    assert "40,800.00 元" in page and "《劳动合同法》第47条第1款" in page and "仅供参考" in page


def test_a_wrong_form_keeps_what_was_filled_in(client) -> None:
    response = client.post("/calculators/severance", data={**SEVERANCE, "last_day": "2020-01-01"})
    assert response.status_code == 400
    assert 'role="alert"' in response.text and 'value="2021-03-15"' in response.text


def test_an_ambiguous_place_is_chosen_from_a_list(client) -> None:
    response = client.post("/calculators/severance", data={**SEVERANCE, "region": "通州"})
    assert response.status_code == 409 and '<option value="CN-11-12">' in response.text


def test_what_is_typed_is_escaped(client) -> None:
    page = client.post("/calculators/severance", data={**SEVERANCE, "ground": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page


def test_wages_line_by_line_and_the_checklist(client) -> None:
    data = {"hire_date": "2026-01-01", "last_day": "2026-03-31", "wages_by_month": "2026-02: 4900\n2026-03：5000"}
    assert "9,900.00 元" in client.post("/calculators/double_wage", data=data).text
    page = client.post("/calculators/site_wage_checklist", data={"answers.special_account": "否"}).text
    assert "总包没开专户" in page


def test_a_short_limit_is_marked(client) -> None:
    page = client.post("/calculators/limit", data={"rule": "court_15_days", "from_date": "2020-01-10"}).text
    assert 'class="result urgent"' in page


def test_a_form_that_is_too_large(client) -> None:
    assert client.post("/calculators/severance", data={"ground": "x" * 70000}).status_code == 413


def test_a_result_goes_to_the_ticket_of_whoever_knows_number_and_code(sqlite) -> None:
    with sqlite.transaction() as session:
        ticket = tickets.open_ticket(session, key="t", conversation_id=None)
    client = Client(sqlite)
    form = {**SEVERANCE, "ticket_number": ticket.number, "ticket_code": ticket.code}

    assert "发到我的工单" in client.post("/calculators/severance", data=SEVERANCE).text
    assert "对不上" in client.post("/calculators/severance", data={**form, "ticket_code": "1111"}).text
    assert f"已经发到工单 {ticket.number}" in client.post("/calculators/severance", data=form).text
    with sqlite.reading() as session:
        notes = [event.body["text"] for event in tickets.thread(session, ticket.id) if event.kind == "note"]
    assert len(notes) == 1 and "40800" in notes[0] and "《劳动合同法》第47条" in notes[0]


def test_without_a_database_nothing_can_be_sent(client) -> None:
    assert "发到我的工单" not in client.post("/calculators/severance", data=SEVERANCE).text
