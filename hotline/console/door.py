"""The one door of the desk: every page passes session, role, origin and form token before its function runs.

A module lists its pages; `app.py` joins the lists. A page that changes something is a POST, and only a POST can open
a writing transaction (`Visit.transaction`), so that no link and no picture in a message changes anything.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hotline.console import auth, roles
from hotline.console.auth import Operator
from hotline.console.errors import EnrolmentNeeded, LoginNeeded, NotAllowed, NotFromHere, NotThere, Refused
from hotline.console.visit import SECURITY_HEADERS, Desk, Form, Visit
from hotline.people import PeopleError
from hotline.tickets import feed
from hotline.tickets import service as tickets
from kit import log

logger = log.logger("desk")
MAX_FORM = 256 * 1024
MAX_FIELDS = 200
Handler = Callable[[Visit], Response | Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """One row of the route table: what it is, who may open it (`roles.ACTS`), and the function behind it."""

    path: str
    method: Literal["GET", "POST"]
    act: str
    handler: Handler
    is_public: bool = False  # before there is a session: login, invitation
    takes_pending: bool = False  # also for a session whose second factor is not set up


def page(path: str, act: str, method: Literal["GET", "POST"] = "GET", **more: bool) -> Callable[[Handler], Page]:
    """Make a page of a function."""

    def made(handler: Handler) -> Page:
        return Page(path, method, act, handler, **more)

    return made


def route(desk: Desk, one: Page) -> Route:
    async def enter(request: Request) -> Response:
        try:
            response = await _enter(desk, one, request)
        except LoginNeeded:
            response = _to_login(request)
        except EnrolmentNeeded:
            response = RedirectResponse("/desk/second-factor", 303)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if desk.configured.cookies_secure:
            response.headers.setdefault("strict-transport-security", "max-age=31536000")
        return response

    return Route(one.path, enter, methods=[one.method])


def _to_login(request: Request) -> Response:
    if request.method == "POST" or "x-part" in request.headers:
        return Response("请重新登录", 401, media_type="text/plain; charset=utf-8")
    return RedirectResponse("/desk/login", 303)


async def _enter(desk: Desk, one: Page, request: Request) -> Response:
    token = request.cookies.get(desk.cookie, "")
    operator, seq = await run_in_threadpool(_see, desk, token, "x-part" in request.headers)
    visit = Visit(desk, request, operator, one.act, Form())
    visit.seq = seq
    try:
        _check_operator(one, operator)
        if one.method == "POST":
            visit.form = await _read_form(desk, request, operator)
        if inspect.iscoroutinefunction(one.handler):
            answer: Response = await one.handler(visit)
            return answer
        return await run_in_threadpool(_run, one.handler, visit)
    except Refused as refusal:
        if refusal.status == NotAllowed.status:
            logger.warning("refused", act=one.act, operator=operator.id if operator else None)
        return await run_in_threadpool(_problem, visit, refusal)


def _run(handler: Callable[[Visit], Any], visit: Visit) -> Response:
    try:
        answer: Response = handler(visit)
    except tickets.TicketNotFound as missing:
        raise NotThere("没有这张工单") from missing
    except (tickets.TicketError, PeopleError) as error:
        raise Refused(str(error)) from error
    return answer


def _see(desk: Desk, token: str, refreshes_itself: bool) -> tuple[Operator | None, int]:
    """Who it is, and the feed's number from before the page is read: its stream goes on from there."""
    with desk.database.reading() as session:
        operator = auth.who(session, token)
        seq = feed.last(session) if operator else 0
        if operator is None or refreshes_itself or auth.was_seen_lately(session, token):
            return operator, seq
    with desk.database.transaction() as session:
        auth.keep_alive(session, token)
        if operator.role in roles.CASE_WORK:
            tickets.note_presence(session, operator.id)
    return operator, seq


def _check_operator(one: Page, operator: Operator | None) -> None:
    if one.is_public:
        return
    if operator is None:
        raise LoginNeeded
    if operator.is_pending and not one.takes_pending:
        raise EnrolmentNeeded
    if not roles.may_open(operator.role, one.act):
        raise NotAllowed(f"{roles.TITLES[operator.role]}不能做这个操作")


def _comes_from_us(desk: Desk, request: Request) -> bool:
    """A form must come from our own page: its Origin (or at least Sec-Fetch-Site) says so."""
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return request.headers.get("sec-fetch-site") == "same-origin"
    expected = urlsplit(desk.configured.public_url).netloc or request.headers.get("host", "")
    return urlsplit(origin).netloc == expected


async def _read_form(desk: Desk, request: Request, operator: Operator | None) -> Form:
    if not _comes_from_us(desk, request):
        raise NotFromHere("这个请求不是从本站页面发出的，没有执行")
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_FORM:
        raise NotFromHere(f"表单太大，最多{MAX_FORM // 1024} KB")
    try:
        form = Form(await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_FORM))
    except HTTPException as unreadable:
        raise Refused("表单读不出来，请刷新页面再试") from unreadable
    if operator is not None and not auth.same_token(operator.form_token, form.raw("form_token")):
        raise NotFromHere("页面已经过期，请刷新后再试")
    return form


def _problem(visit: Visit, refusal: Refused) -> Response:
    return visit.render("problem.html", refusal.status, problem=str(refusal))
