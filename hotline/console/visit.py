"""One request at the desk as a page's function sees it: who asks, what the form says, how to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from actions.turn import World
from hotline import audit
from hotline.console import navigation, ringing, roles
from hotline.console.auth import Operator
from hotline.console.counts import Counts
from hotline.console.directory import Directory
from hotline.console.errors import LoginNeeded, NotThere, Refused
from hotline.console.static_files import StaticFiles
from hotline.tickets import access
from hotline.tickets.access import Viewer
from kit import clock
from kit.db import Database
from kit.settings import Settings

if TYPE_CHECKING:
    from hotline.console.live import Feed, Streams

SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types desk"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


SOON = timedelta(hours=4)
_CALL = re.compile(r'\{\{ ?office\("([^"]+)"\) ?\}\}')  # the one call in a short answer that names itself


class Form:
    """The fields of a form as cleaned text; a field that is not there is empty."""

    def __init__(self, data: FormData | None = None) -> None:
        self._data = data or FormData()

    def text(self, name: str, longest: int = 4000) -> str:
        value = self._data.get(name, "")
        cleaned = clean(value) if isinstance(value, str) else ""
        if len(cleaned) > longest:
            raise Refused(f"写得太长：这里最多{longest}个字")
        return cleaned

    def needed(self, name: str, words: str, longest: int = 4000) -> str:
        value = self.text(name, longest)
        if not value:
            raise Refused(words)
        return value

    def number(self, name: str, words: str = "这里要填数字") -> int:
        value = self.text(name, 12)
        if not value.isdecimal():
            raise Refused(words)
        return int(value)

    def many(self, name: str) -> list[str]:
        return [clean(value) for value in self._data.getlist(name) if isinstance(value, str) and value]

    def is_ticked(self, name: str) -> bool:
        return self.text(name) == "yes"

    def raw(self, name: str) -> str:
        """As it came: for passwords and tokens, which must not be changed."""
        value = self._data.get(name, "")
        return value if isinstance(value, str) else ""

    def all(self) -> dict[str, str]:
        return {name: self.text(name) for name in self._data if name != "form_token"}


def clean(text: str) -> str:
    """Without NUL, other control characters and lone surrogates, which no database or channel takes."""
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    return "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f")).strip()


@dataclass
class Desk:
    """What every page may use."""

    database: Database
    configured: Settings
    world: World
    templates: Jinja2Templates
    static: StaticFiles
    directory: Directory
    counts: Counts
    feed: Feed = field(init=False)
    streams: Streams = field(init=False)

    @property
    def cookie(self) -> str:
        return "__Host-desk" if self.configured.cookies_secure else "desk"


def templates(static: StaticFiles, directory: Directory) -> Jinja2Templates:
    made = Jinja2Templates(directory=Path(__file__).parent / "templates")
    made.env.autoescape = True  # for every name, not only for .html
    made.env.trim_blocks = made.env.lstrip_blocks = True
    made.env.filters["clock"] = lambda moment: clock.local(moment).strftime("%m-%d %H:%M") if moment else ""
    made.env.filters["moment"] = lambda moment: clock.local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
    made.env.filters["is_soon"] = lambda moment: moment - clock.now() < SOON
    made.env.filters["spoken"] = lambda text: _CALL.sub(r"\1", text)
    made.env.filters["policy_path"] = lambda path: path.partition("data/")[2]
    made.env.filters.update(directory.filters())
    made.env.globals["static"] = static.url
    return made


class Visit:
    def __init__(self, desk: Desk, request: Request, operator: Operator | None, act: str, form: Form) -> None:
        self.desk = desk
        self.request = request
        self.act = act
        self.form = form
        self.seq = 0
        self._operator = operator
        self._viewer: Viewer | None = None

    @property
    def operator(self) -> Operator:
        if self._operator is None:
            raise LoginNeeded
        return self._operator

    @property
    def viewer(self) -> Viewer:
        """The operator as the tickets know him: his role and the desks that follow from his own."""
        if self._viewer is None:
            self._viewer = viewer_of(self.desk.database, self.operator)
        return self._viewer

    @property
    def token(self) -> str:
        return self.request.cookies.get(self.desk.cookie, "")

    def number(self, name: str) -> int:
        """A number from the path; beyond what a row can have there is nothing."""
        value = int(self.request.path_params[name])
        if value >= 2**62:
            raise NotThere("没有这个编号")
        return value

    def query(self, name: str, longest: int = 200) -> str:
        return clean(self.request.query_params.get(name, ""))[:longest]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.desk.database.reading() as session:
            yield session

    @contextmanager
    def transaction(self, *, is_audited: bool = True) -> Iterator[Session]:
        """Change something; only a form of our page may. What is changed writes its own line into the audit (the
        services do), and if none did, this does: both or neither."""
        if self.request.method != "POST":
            raise RuntimeError(f"{self.request.url.path} would change something on {self.request.method}")
        with self.desk.database.transaction() as session:
            yield session
            if is_audited and not audit.is_written(session):
                audit.record(session, self._operator.actor if self._operator else "nobody", self.act, "desk")

    def render(self, name: str, status: int = 200, **values: Any) -> Response:
        operator = self._operator
        shown: dict[str, Any] = {"operator": operator, "form": self.form, "here": self.request.url.path, **values}
        if operator is not None and not operator.is_pending:
            shown["navigation"] = navigation.for_role(operator.role)
            shown["streams"] = roles.may_open(operator.role, "queue.stream")
            shown["counts"] = self.desk.counts.of(self.viewer) if roles.may_open(operator.role, "queue.read") else {}
            shown["seq"] = self.seq
            if roles.may_open(operator.role, "alarm.read"):
                shown["rings"] = self._rings()
        html = self.desk.templates.get_template(name).render(shown)
        return HTMLResponse(html, status)

    def _rings(self) -> list[dict[str, Any]]:
        with self.reading() as session:
            return ringing.shown(session, self.viewer)

    def part(self, name: str, **values: Any) -> Markup:
        return Markup(self.desk.templates.get_template(name).render(values))  # noqa: S704 - escaped by the template

    def go(self, path: str) -> Response:
        return RedirectResponse(path, 303)


def viewer_of(database: Database, operator: Operator) -> Viewer:
    """An account for which no desk was named works for all of them, as the page that makes accounts says."""
    with database.reading() as session:
        return access.viewer(session, operator.id, operator.role, operator.desk_ids or None)
