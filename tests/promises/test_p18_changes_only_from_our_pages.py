"""P18: nothing changes unless a form of our own page, of this session, asks for it."""

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, text

from hotline.console.app import PAGES
from hotline.console.door import Page
from kit.db import Database
from tests.support.desk import PASSWORD, Operator
from tests.support.desk_tickets import OWN, Tickets

FORMS = [page for page in PAGES if page.method == "POST"]
READ = [page for page in PAGES if page.method == "GET" and page.path != "/desk/stream"]
# What a request writes in passing: that somebody was seen.
IN_PASSING = {"desk_session", "desk_presence"}
FILLED = {"text": "x", "words": "工资", "version": "2", "key": "k", "login": "li", "name": "小李", "password": PASSWORD}


def _path(page: Page, ticket: int) -> str:
    path = page.path.replace("{ticket:int}", str(ticket)).replace("{alert:int}", "1")
    path = path.replace("{alarm:int}", "1").replace("{desk}", OWN)
    path = path.replace("{document:int}", "1").replace("{draft:int}", "1")
    path = path.replace("{token:int}", "1").replace("{hook:int}", "1").replace("{message:int}", "1")
    path = path.replace("{export:int}", "1")
    path = path.replace("{version:int}", "1").replace("{operator:int}", "1")
    return path.replace("{kind}", "severance").replace("{conversation}", "none").replace("{file}", "0")


def _all_rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        names = set(inspect(session.connection()).get_table_names()) - IN_PASSING
        return {name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))] for name in names}


@pytest.fixture
def ticket(sqlite: Database) -> int:
    seeded = Tickets(sqlite)
    seeded.desks()
    made = seeded.open(desk=OWN).ticket
    seeded.alarm(made)
    seeded.export(OWN)
    return made.id


@pytest.fixture
def lead(logged_in: Callable[..., Operator]) -> Operator:
    return logged_in("lead", desk_ids=(OWN,))


FOREIGN = {
    "no origin": {},
    "foreign origin": {"origin": "http://evil.test"},
    "origin that begins like ours": {"origin": "http://desk.test.evil.test"},
    "opaque origin": {"origin": "null"},
    "opaque and cross-site": {"origin": "null", "sec-fetch-site": "cross-site"},
    "no page at all": {"sec-fetch-site": "none"},
    "only a referer": {"referer": "http://desk.test/desk"},
}


def test_a_form_from_elsewhere_changes_nothing(lead: Operator, ticket: int, sqlite: Database) -> None:
    token = lead.form_token()
    before = _all_rows(sqlite)
    for words, headers in FOREIGN.items():
        for page in FORMS:
            filled = {**FILLED, "form_token": token}
            answer = lead.http.post(_path(page, ticket), data=filled, headers=headers)
            assert answer.status_code == 403, (page.path, words)

    assert _all_rows(sqlite) == before


def test_an_old_or_missing_token_changes_nothing(
    lead: Operator, ticket: int, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    others = logged_in("operator", desk_ids=(OWN,)).form_token()
    before = _all_rows(sqlite)
    for page in FORMS:
        if page.is_public:
            continue
        for token in (
            {},
            {"form_token": ""},
            {"form_token": others},
            {"form_token": "\ud800".encode("utf-8", "replace")},
        ):
            answer = lead.http.post(_path(page, ticket), data={**FILLED, **token}, headers=lead.origin)
            assert answer.status_code == 403, (page.path, token)

    assert _all_rows(sqlite) == before


def test_opening_any_page_changes_nothing(lead: Operator, ticket: int, sqlite: Database) -> None:
    before = _all_rows(sqlite)
    for page in READ:
        lead.http.get(_path(page, ticket), headers=lead.origin)
    for page in FORMS:
        assert lead.http.get(_path(page, ticket)).status_code in (200, 303, 403, 404, 405), page.path

    assert _all_rows(sqlite) == before


def test_a_page_that_tried_to_change_something_on_get_would_fail(lead: Operator, sqlite: Database) -> None:
    from hotline.console.visit import Form, Visit

    class Asked:
        method = "GET"

        class url:
            path = "/desk"

    visit = Visit(None, Asked(), None, "queue.read", Form())  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="on GET"), visit.transaction():
        pass
