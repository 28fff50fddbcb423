"""The desk's pages: thin for now, but every rule of the door holds (session, origin check, form token)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.templating import Jinja2Templates

from bot.mailbox.wake import bell
from hotline.console import auth
from hotline.console.auth import AuthError, Operator
from hotline.tickets import service as tickets
from kit import clock
from kit.db import Database
from kit.settings import Settings

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.filters["clock"] = lambda moment: clock.local(moment).strftime("%m-%d %H:%M")

MAX_FORM = 256 * 1024
Page = Callable[[Request], Awaitable[Response]]


class Console:
    def __init__(self, database: Database, configured: Settings) -> None:
        self._database = database
        self._configured = configured

    @property
    def cookie(self) -> str:
        return "__Host-desk" if self._configured.cookies_secure else "desk"

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/desk", self.queue),
            Route("/desk/first", self.first, methods=["GET", "POST"]),
            Route("/desk/login", self.login, methods=["GET", "POST"]),
            Route("/desk/logout", self.logout, methods=["POST"]),
            Route("/desk/tickets/{ticket:int}", self.ticket),
            Route("/desk/tickets/{ticket:int}/{act}", self.act, methods=["POST"]),
        ]

    # The door

    def _operator(self, request: Request) -> Operator | None:
        with self._database.transaction() as session:
            operator = auth.who(session, request.cookies.get(self.cookie, ""))
            if operator is not None:
                tickets.note_presence(session, operator.id)
            return operator

    def _comes_from_us(self, request: Request) -> bool:
        """A form must come from our own page: its Origin (or at least Sec-Fetch-Site) says so."""
        origin = request.headers.get("origin")
        if origin is None or origin == "null":
            return request.headers.get("sec-fetch-site") in ("same-origin", "none")
        expected = urlsplit(self._configured.public_url).netloc or request.headers.get("host", "")
        return urlsplit(origin).netloc == expected

    async def _form(self, request: Request, operator: Operator | None) -> FormData:
        if int(request.headers.get("content-length") or 0) > MAX_FORM or not self._comes_from_us(request):
            raise AuthError("这个请求不是从本站页面发出的")
        form = await request.form(max_files=0, max_fields=50)
        if operator is not None and not auth.same_token(operator.form_token, str(form.get("form_token", ""))):
            raise AuthError("页面已经过期，请刷新后再试")
        return form

    def _page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        page = templates.TemplateResponse(request, name, values, status_code=status)
        page.headers["cache-control"] = "no-store"
        return page

    def _logged_in(self, token: str) -> Response:
        response = RedirectResponse("/desk", 303)
        response.set_cookie(
            self.cookie, token, httponly=True, samesite="lax", secure=self._configured.cookies_secure, path="/"
        )
        return response

    # Pages

    async def first(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if request.method == "GET":
            return self._page(request, "first.html", token=token)
        try:
            form = await self._form(request, None)
            with self._database.transaction() as session:
                fields = {name: str(form.get(name, "")) for name in ("login", "name", "password")}
                auth.create_first(session, str(form.get("token", "")), **fields)
        except AuthError as error:
            return self._page(request, "first.html", 400, token=token, error=str(error))
        return RedirectResponse("/desk/login", 303)

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page(request, "login.html")
        try:
            form = await self._form(request, None)
        except AuthError as error:
            return self._page(request, "login.html", 403, error=str(error))
        token = await run_in_threadpool(self._log_in, str(form.get("login", "")), str(form.get("password", "")))
        if token is None:
            return self._page(request, "login.html", 401, error="登录名或密码不对；连错五次会锁十五分钟")
        return self._logged_in(token)

    def _log_in(self, login: str, password: str) -> str | None:
        with self._database.transaction() as session:
            return auth.log_in(session, login, password)

    async def logout(self, request: Request) -> Response:
        operator = self._operator(request)
        await self._form(request, operator)
        with self._database.transaction() as session:
            auth.log_out(session, request.cookies.get(self.cookie, ""))
        response = RedirectResponse("/desk/login", 303)
        response.delete_cookie(self.cookie)
        return response

    async def queue(self, request: Request) -> Response:
        operator = self._operator(request)
        if operator is None:
            return RedirectResponse("/desk/login", 303)
        with self._database.reading() as session:
            listed = tickets.list_open(session)
        return self._page(request, "queue.html", operator=operator, tickets=listed)

    async def ticket(self, request: Request, error: str = "", status: int = 200) -> Response:
        operator = self._operator(request)
        if operator is None:
            return RedirectResponse("/desk/login", 303)
        number = int(request.path_params["ticket"])
        try:
            with self._database.reading() as session:
                found, thread = tickets.get(session, number), tickets.thread(session, number)
        except tickets.TicketNotFound as missing:
            return HTMLResponse(str(missing), 404)
        values = {"operator": operator, "ticket": found, "thread": thread, "error": error}
        return self._page(request, "ticket.html", status, **values)

    async def act(self, request: Request) -> Response:
        operator = self._operator(request)
        if operator is None:
            return RedirectResponse("/desk/login", 303)
        ticket_id = int(request.path_params["ticket"])
        try:
            form = await self._form(request, operator)
            await run_in_threadpool(self._act, operator, ticket_id, str(request.path_params["act"]), form)
        except (AuthError, tickets.TicketError) as error:
            return await self.ticket(request, error=str(error), status=409)
        return RedirectResponse(f"/desk/tickets/{ticket_id}", 303)

    def _act(self, operator: Operator, ticket_id: int, act: str, form: FormData) -> None:
        text = str(form.get("text", "")).strip()
        if act in ("reply", "note", "close") and not text:
            raise AuthError("请先写内容")
        with self._database.transaction() as session:
            match act:
                case "claim":
                    tickets.claim(session, ticket_id, operator.id, version=int(str(form.get("version") or 0)))
                case "reply":
                    tickets.reply(session, ticket_id, operator.id, text, key=f"reply:{form.get('key')}")
                case "note":
                    tickets.note(session, ticket_id, operator.id, text)
                case "give-back":
                    tickets.give_back(session, ticket_id, operator.id, text)
                case "close":
                    tickets.close(session, ticket_id, f"operator:{operator.id}", text)
                case _:
                    raise AuthError("没有这个操作")
            conversation_id = tickets.get(session, ticket_id).conversation_id
        bell.ring(f"conversation:{conversation_id}")
        bell.ring("outbox")


def routes(database: Database, configured: Settings) -> list[BaseRoute]:
    return Console(database, configured).routes()
