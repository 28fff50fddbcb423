"""Tokens and webhooks at the desk: made by who may, their secrets shown once, what goes out to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from hotline import audit, hooks
from hotline.api import tokens
from hotline.hooks import service
from kit.db import Database
from kit.settings import settings
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN

URL = "http://127.0.0.1:9/in"


def shown_once(page: str) -> str:
    found = re.search(r'class="mono link">([^<]+)<', page)
    assert found is not None, page
    return unescape(found[1])


@pytest.fixture
def system(logged_in: Callable[..., Operator], monkeypatch: pytest.MonkeyPatch) -> Operator:
    allowing = settings().model_copy(update={"hooks_loopback": True})
    monkeypatch.setattr(service, "settings", lambda: allowing)
    return logged_in("system")


def test_a_token_is_shown_once_works_and_can_be_taken_back(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    logged_in("operator", login="twelve", desk_ids=(OWN,))
    security = logged_in("security")
    wanted = {"name": "12345转办", "login": "twelve", "days": "30", "scope": "list"}
    made = shown_once(security.send("/desk/tokens", **wanted).text)
    assert made not in security.get("/desk/tokens")
    with sqlite.transaction() as session:
        found = tokens.who(session, made)
        assert found is not None
        assert (found.desk_ids, found.scopes) == ((OWN,), frozenset({"list"}))
        assert audit.records(session, act="token.created")[0].actor == f"operator:{security.id}"

    assert security.send(f"/desk/tokens/{found.id}/revoke").status_code == 303
    with sqlite.transaction() as session:
        assert tokens.who(session, made) is None
    assert security.send(f"/desk/tokens/{found.id}/revoke").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"scope": "everything"}, {"scope": ""}, {"login": "nobody"}, {"login": "security"}, {"days": "0"}, {"name": ""}],
)
def test_a_token_that_would_do_too_much_is_not_made(
    sqlite: Database, logged_in: Callable[..., Operator], wrong: dict[str, str]
) -> None:
    logged_in("operator", login="twelve")
    security = logged_in("security")
    wanted = {"name": "12345转办", "login": "twelve", "days": "30", "scope": "list", **wrong}

    assert security.send("/desk/tokens", **wanted).status_code == 409
    with sqlite.reading() as session:
        assert tokens.every(session) == []


def test_a_receiver_is_added_rests_goes_on_and_goes(sqlite: Database, system: Operator) -> None:
    first = shown_once(system.send("/desk/hooks", url=URL, kind="closed").text)
    with sqlite.reading() as session:
        [hook] = hooks.every(session)
    assert hook.kinds == ("closed",)
    page = f"/desk/hooks/{hook.id}"
    assert first not in system.get("/desk/hooks")
    assert shown_once(system.send(page, act="rotate").text) != first

    system.send(page, act="pause")
    assert "停着" in system.get("/desk/hooks")
    system.send(page, act="resume")
    assert "停着" not in system.get("/desk/hooks")
    system.send(page, act="remove")
    assert system.http.get(page).status_code == 404
    with sqlite.reading() as session:
        done = {one.act for one in audit.records(session, subject=f"hook:{hook.id}")}
    assert done == {"hook.added", "hook.rotated", "hook.paused", "hook.resumed", "hook.removed"}


def test_an_address_in_our_own_network_is_refused(logged_in: Callable[..., Operator]) -> None:
    answer = logged_in("system").send("/desk/hooks", url="https://127.0.0.1/in")

    assert answer.status_code == 409
    assert "内网" in answer.text


def test_only_its_own_given_up_delivery_is_sent_again(sqlite: Database, system: Operator) -> None:
    system.send("/desk/hooks", url=URL)

    assert system.send("/desk/hooks/1", act="again", delivery="2-1").status_code == 409
    assert system.send("/desk/hooks/1", act="explode").status_code == 409
