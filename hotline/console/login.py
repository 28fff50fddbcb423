"""In and out: invitation, login, the second factor, one's own account."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hotline.console import auth, operators, roles, second_factor
from hotline.console.door import page
from hotline.console.errors import LoginNeeded, NotThere, Refused
from hotline.console.tables import OperatorRow
from hotline.console.visit import Visit


def _agent(request: Request) -> str:
    """Enough to tell one's own devices apart, in words."""
    told = request.headers.get("user-agent", "")
    browser = next((name for name in ("Edg", "Firefox", "Chrome", "Safari") if name in told), "浏览器")
    system = next((name for name in ("Windows", "Android", "iPhone", "Mac OS", "Linux") if name in told), "")
    return f"{browser.replace('Edg', 'Edge')} {system}".strip()


def _with_session(visit: Visit, token: str, path: str) -> Response:
    response = visit.go(path)
    secure = visit.desk.configured.cookies_secure
    response.set_cookie(visit.desk.cookie, token, httponly=True, samesite="lax", secure=secure, path="/")
    return response


@page("/desk/first", "own.invitation", is_public=True)
def invitation(visit: Visit) -> Response:
    token = visit.query("token")
    with visit.reading() as session:
        role = operators.find_invitation(session, token)
    if role is None:
        raise NotThere("这个链接已经用过或过期了，请安全员再发一个（或在服务器上运行 ./gongyou operator）")
    return visit.render("invitation.html", token=token, role=roles.TITLES[role])


@page("/desk/first", "own.invitation", "POST", is_public=True)
def accept_invitation(visit: Visit) -> Response:
    form = visit.form
    token = form.raw("token")
    try:
        with visit.transaction() as session:
            made = operators.accept(
                session, token, login=form.text("login"), name=form.text("name"), password=form.raw("password")
            )
            row = session.get_one(OperatorRow, made)
            started = auth.start_session(session, row, agent=_agent(visit.request))
    except Refused as refusal:
        with visit.reading() as session:
            role = operators.find_invitation(session, token)
        if role is None:
            raise
        return visit.render("invitation.html", 400, token=token, role=roles.TITLES[role], problem=str(refusal))
    return _with_session(visit, started, "/desk/second-factor")


@page("/desk/login", "own.login", is_public=True)
def login(visit: Visit) -> Response:
    return visit.render("login.html", operator=None)


@page("/desk/login", "own.login", "POST", is_public=True)
def log_in(visit: Visit) -> Response:
    form = visit.form
    with visit.transaction() as session:
        token = auth.log_in(
            session, form.text("login"), form.raw("password"), form.text("code"), agent=_agent(visit.request)
        )
    if token is None:
        return visit.render("login.html", 401, operator=None, problem=auth.WRONG)
    return _with_session(visit, token, "/desk")


@page("/desk/logout", "own.account", "POST", takes_pending=True)
def log_out(visit: Visit) -> Response:
    with visit.transaction() as session:
        auth.log_out(session, visit.token)
    response = visit.go("/desk/login")
    response.delete_cookie(visit.desk.cookie)
    return response


@page("/desk/second-factor", "own.account", takes_pending=True)
def second_factor_page(visit: Visit) -> Response:
    if not visit.operator.is_pending:
        return visit.go("/desk/account")
    with visit.reading() as session:
        row = session.get_one(OperatorRow, visit.operator.id)
        by_hand = second_factor.by_hand(row)
    return visit.render("second_factor.html", by_hand=by_hand)


@page("/desk/second-factor.png", "own.account", takes_pending=True)
def second_factor_picture(visit: Visit) -> Response:
    """The picture holds the secret: only for the session that is setting it up."""
    if not visit.operator.is_pending:
        raise NotThere("动态码已经设好了")
    with visit.reading() as session:
        row = session.get_one(OperatorRow, visit.operator.id)
        return Response(second_factor.picture(row), media_type="image/png")


def _only_pending(visit: Visit) -> None:
    if not visit.operator.is_pending:
        raise Refused("动态码已经设好了；换手机请找安全员重置")


@page("/desk/second-factor", "own.account", "POST", takes_pending=True)
def switch_on_second_factor(visit: Visit) -> Response:
    """The first right code: the half-open session ends and a whole one with a new token begins."""
    _only_pending(visit)
    with visit.transaction() as session:
        row = session.get_one(OperatorRow, visit.operator.id)
        codes = second_factor.switch_on(row, visit.form.text("code"))
        auth.end_all_logins(session, row.id)
        token = auth.start_session(session, row, agent=_agent(visit.request))
    shown = visit.render("recovery.html", codes=codes)
    secure = visit.desk.configured.cookies_secure
    shown.set_cookie(visit.desk.cookie, token, httponly=True, samesite="lax", secure=secure, path="/")
    return shown


@page("/desk/account", "own.account")
def account(visit: Visit) -> Response:
    with visit.reading() as session:
        logins = auth.logins(session, visit.operator.id)
    return visit.render("account.html", logins=logins, titles=roles.TITLES)


@page("/desk/account/password", "own.account", "POST")
def change_password(visit: Visit) -> Response:
    form, operator = visit.form, visit.operator
    if form.raw("new") != form.raw("again"):
        raise Refused("两次填的新密码不一样")
    with visit.transaction() as session:
        operators.change_password(
            session, operator.id, old=form.raw("old"), new=form.raw("new"), keep_session=operator.session
        )
    return visit.go("/desk/account")


@page("/desk/account/end", "own.account", "POST")
def end_login(visit: Visit) -> Response:
    with visit.transaction() as session:
        auth.end_login(session, visit.operator.id, visit.form.text("login"))
        still_in = auth.who(session, visit.token) is not None
    if not still_in:
        raise LoginNeeded
    return visit.go("/desk/account")


PAGES = [
    invitation,
    accept_invitation,
    login,
    log_in,
    log_out,
    second_factor_page,
    second_factor_picture,
    switch_on_second_factor,
    account,
    change_password,
    end_login,
]
