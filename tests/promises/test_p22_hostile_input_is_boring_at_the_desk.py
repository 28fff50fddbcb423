"""P22 at the desk: whatever a browser or a program sends, there is no 5xx, and nothing large is taken in."""

import re
from collections.abc import Callable

import pytest

from hotline.console.app import PAGES
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets

FORMS = [page for page in PAGES if page.method == "POST" and page.path != "/desk/logout"]
READ = [page for page in PAGES if page.method == "GET" and page.path != "/desk/stream"]
BIG = 300 * 1024


@pytest.fixture
def lead(sqlite: Database, logged_in: Callable[..., Operator]) -> Operator:
    seeded = Tickets(sqlite)
    seeded.desks()
    seeded.open(desk=OWN)
    seeded.alert(OWN)
    return logged_in("lead", desk_ids=(OWN,))


def _path(path: str, number: str = "1") -> str:
    path = re.sub(r"\{\w+:int\}", number, path).replace("{conversation}", "%00").replace("{desk}", "%00")
    return path.replace("{kind}", "severance").replace("{file}", "..%2f..%2fetc")


STRANGE = [
    "\ud800",
    "\x00",
    "\u202e反过来",
    "=cmd|' /C calc'!A0",
    "{{7*7}}",
    "9" * 400,
    "-1",
    "a" * 9000,
    "𠮷" * 50,
    "1e309",
]


def _body(fields: dict[str, str]) -> bytes:
    from urllib.parse import quote_from_bytes

    return "&".join(
        f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name, value in fields.items()
    ).encode()


NAMES = (
    *("text", "version", "words", "category", "place", "people", "number", "desk", "seq", "to", "field", "level"),
    *("act", "address", "begins", "body", "days", "days_off", "days.0", "delivery", "ends", "kind", "login", "name"),
    *("on", "operator", "operator.0", "question", "record", "rest", "scope", "since", "source", "until", "url", "view"),
    *("was", "way"),
)
TYPE = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_strange_fields(value: str, lead: Operator) -> None:
    _send_everywhere(lead, value)


@pytest.mark.parametrize("role", ["security", "system"])
def test_strange_fields_in_the_pages_of_the_house(
    role: str, lead: Operator, logged_in: Callable[..., Operator]
) -> None:
    for value in STRANGE[:3]:
        _send_everywhere(logged_in(role, login=f"{role}{STRANGE.index(value)}"), value)


def _send_everywhere(operator: Operator, value: str) -> None:
    token = operator.form_token()
    for page in FORMS:
        fields = {**dict.fromkeys(NAMES, value), "form_token": token, "key": value, "reason": value, "why": value}
        answer = operator.http.post(_path(page.path), content=_body(fields), headers={**operator.origin, **TYPE})
        assert answer.status_code < 500, (page.path, answer.status_code)


def test_strange_addresses(lead: Operator) -> None:
    for page in READ:
        for query in (
            "?view=%00&sort=x&cursor=%ff",
            "?cursor=bm9qc29u&since=0000-00-00&place=%f0%9f",
            "?token=%ed%a0%80",
        ):
            answer = lead.http.get(_path(page.path) + query)
            assert answer.status_code < 500, page.path
        if "int}" in page.path:
            for number in ("99999999999999999999999", "0"):
                assert lead.http.get(_path(page.path, number)).status_code in (403, 404), page.path


def test_big_and_broken_bodies(lead: Operator) -> None:
    bodies = {
        "big": (b"text=" + b"a" * BIG, TYPE),
        "many fields": (b"&".join(b"a%d=1" % number for number in range(5000)), TYPE),
        "broken multipart": (
            b"--x\r\ncontent-disposition: form-data",
            {"content-type": "multipart/form-data; boundary=x"},
        ),
        "no boundary": (b"--x", {"content-type": "multipart/form-data"}),
        "a file": (
            b'--x\r\ncontent-disposition: form-data; name="text"; filename="a"\r\n\r\nx\r\n--x--\r\n',
            {"content-type": "multipart/form-data; boundary=x"},
        ),
        "json": (b"[" * 10_000, {"content-type": "application/json"}),
        "not utf-8": (b"text=%ff%fe&form_token=%ff", TYPE),
    }
    for words, (body, kind) in bodies.items():
        for page in FORMS:
            answer = lead.http.post(_path(page.path), content=body, headers={**lead.origin, **kind})
            assert 400 <= answer.status_code < 500, (page.path, words, answer.status_code)


def test_strange_headers(lead: Operator) -> None:
    for name, value in (("cookie", "desk=" + "x" * 4000), ("last-event-id", "9" * 60), ("accept", "\x01")):
        answer = lead.http.get("/desk/account", headers={name: value})
        assert answer.status_code < 500, name
