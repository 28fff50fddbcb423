"""Into the desk and out again: links, two factors, lock-out, time-outs, sessions that can be ended."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import time_machine

from hotline import audit
from hotline.console import auth, operators, passwords, second_factor
from hotline.console.errors import Refused
from hotline.console.tables import DeskSessionRow, OperatorRow
from kit import clock
from kit.db import Database
from tests.support.desk import PASSWORD, Operator

Browser = Callable[[], Operator]


def invite(database: Database, role: str = "operator") -> str:
    with database.transaction() as session:
        return operators.invite(session, role=role, by="shell")


def test_a_link_makes_one_account_and_the_second_factor_comes_before_anything_else(
    sqlite: Database, browser: Browser
) -> None:
    link = invite(sqlite)
    one = browser()
    made = {"token": link, "login": "li", "name": "小李", "password": PASSWORD}
    assert one.http.post("/desk/first", data=made, headers=one.origin).headers["location"] == "/desk/second-factor"

    assert one.http.get("/desk").headers["location"] == "/desk/second-factor"
    assert one.http.get("/desk/second-factor.png").headers["content-type"] == "image/png"
    page = one.get("/desk/second-factor")
    assert one.send("/desk/second-factor", page, code="000000").status_code == 409
    half_open = one.http.cookies["desk"]
    secret = re.search(r'class="mono">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    done = one.send("/desk/second-factor", page, code=pyotp.TOTP(secret).now())
    assert done.text.count("<li>") == second_factor.RECOVERY_CODES
    assert one.http.cookies["desk"] != half_open
    assert "我的工单" in one.get("/desk")
    assert one.http.get("/desk/second-factor.png").status_code == 404
    again = browser()
    assert again.http.post("/desk/first", data=made, headers=again.origin).status_code == 409


def test_a_link_ends_after_a_day(sqlite: Database, browser: Browser) -> None:
    link = invite(sqlite)
    with time_machine.travel(clock.now() + operators.INVITATION_LIVES + timedelta(seconds=1)):
        assert browser().http.get("/desk/first", params={"token": link}).status_code == 404


@pytest.fixture
def account(sqlite: Database, browser: Browser) -> Operator:
    one = browser()
    one.accept(f"/desk/first?token={invite(sqlite)}", "li", "小李")
    return one


def test_a_login_needs_both_factors_and_each_code_is_good_once(account: Operator, browser: Browser) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        code = pyotp.TOTP(account.totp).now()
        assert browser().log_in("li").status_code == 401
        assert browser().log_in("li", code="123456").status_code == 401
        assert browser().log_in("li", password="not his password", code=code).status_code == 401
        assert browser().log_in("li", code=code).status_code == 303
        assert browser().log_in("li", code=code).status_code == 401


def test_a_paper_code_stands_in_for_the_phone_once(sqlite: Database, browser: Browser) -> None:
    one = browser()
    link = invite(sqlite)
    one.http.post(
        "/desk/first", data={"token": link, "login": "li", "name": "小李", "password": PASSWORD}, headers=one.origin
    )
    page = one.get("/desk/second-factor")
    secret = re.search(r'class="mono">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    shown = one.send("/desk/second-factor", page, code=pyotp.TOTP(secret).now()).text
    paper = re.search(r"<li>(\d{5} \d{5})", shown)[1]

    assert browser().log_in("li", code=paper).status_code == 303
    assert browser().log_in("li", code=paper).status_code == 401


def test_five_wrong_ones_lock_for_a_quarter_of_an_hour(account: Operator, browser: Browser, sqlite: Database) -> None:
    start = clock.now() + timedelta(minutes=2)
    with time_machine.travel(start):
        for _ in range(auth.MAX_FAILURES):
            browser().log_in("li", password="wrong and wrong again")
        assert browser().log_in("li", code=pyotp.TOTP(account.totp).now()).status_code == 401
    with time_machine.travel(start + auth.LOCKED_FOR + timedelta(seconds=1)):
        assert browser().log_in("li", code=pyotp.TOTP(account.totp).now()).status_code == 303
    with sqlite.reading() as session:
        assert len(audit.records(session, act="login.locked")) == 1


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(account: Operator) -> None:
    start = clock.now()
    with time_machine.travel(start + auth.IDLE + timedelta(minutes=1)):
        assert account.http.get("/desk").headers["location"] == "/desk/login"
    moment = start
    while moment < start + auth.ABSOLUTE:
        with time_machine.travel(moment):
            assert account.http.get("/desk").status_code == 200
        moment += timedelta(minutes=20)
    with time_machine.travel(start + auth.ABSOLUTE + timedelta(minutes=1)):
        assert account.http.get("/desk").headers["location"] == "/desk/login"


def test_a_page_that_renews_itself_does_not_keep_a_session_alive(account: Operator) -> None:
    start = clock.now()
    with time_machine.travel(start + auth.IDLE - timedelta(minutes=1)):
        assert account.http.get("/desk", headers={"x-part": "1"}).status_code == 200
    with time_machine.travel(start + auth.IDLE + timedelta(minutes=1)):
        assert account.http.get("/desk", headers={"x-part": "1"}).status_code == 401


def test_sessions_are_listed_and_each_can_be_ended(account: Operator, browser: Browser) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        other = browser()
        other.log_in("li", code=pyotp.TOTP(account.totp).now())
        page = account.get("/desk/account")
        handles = re.findall(r'name="login" value="([0-9a-f]{16})"', page)
        assert len(handles) == 2
        this = re.search(r"这里.*?value=\"([0-9a-f]{16})\"", page, re.DOTALL)[1]
        account.send("/desk/account/end", page, login=next(h for h in handles if h != this))
        assert other.http.get("/desk").headers["location"] == "/desk/login"
        assert account.http.get("/desk").status_code == 200


def test_a_new_password_ends_the_other_sessions(account: Operator, browser: Browser) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        other = browser()
        other.log_in("li", code=pyotp.TOTP(account.totp).now())
        fields = {"old": PASSWORD, "new": "another quiet sentence", "again": "another quiet sentence"}
        assert account.send("/desk/account/password", **fields).status_code == 303
        assert other.http.get("/desk").status_code == 303
        assert account.http.get("/desk").status_code == 200


def test_another_role_or_a_shut_account_ends_every_session_at_once(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    one = logged_in("operator")
    with sqlite.transaction() as session:
        operators.change(session, one.id, by="operator:1", is_active=False)

    assert one.http.get("/desk").status_code == 303
    with sqlite.reading() as session:
        assert session.query(DeskSessionRow).count() == 0


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 129,
        "password1234",
        "qwertyuiop12",
        "111111111111",
        "woaizhongguo",
        "xiaoli is my login",
        "a b a b a b a b",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        passwords.check(password, "xiaoli", "小李")


@pytest.mark.parametrize(
    "password", ["five quiet herons at noon", "梧桐树下喝早茶看报纸真舒服", "x9" * 6 + "qwz", "Tr0ub4dor&3-and"]
)
def test_long_ones_need_no_particular_characters(password: str) -> None:
    passwords.check(password, "li", "小李")


def test_the_secret_is_not_readable_in_the_database(account: Operator, sqlite: Database) -> None:
    with sqlite.reading() as session:
        row = session.query(OperatorRow).one()

    assert account.totp not in row.totp_secret
    assert all(len(code) == 64 for code in row.recovery)
