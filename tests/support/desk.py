"""An operator at the desk over HTTP: opens his link, sets up the second factor, reads pages, sends their forms."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import httpx
import pyotp

PASSWORD = "five quiet herons at noon"


class Operator:
    """Sends forms as our own pages do: with the Origin of the page and the token that stands in it."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.totp = ""
        self.id = 0
        self.cookie = ""

    @property
    def origin(self) -> dict[str, str]:
        return {"origin": str(self.http.base_url).rstrip("/")}

    def accept(self, link: str, login: str, name: str, password: str = PASSWORD) -> None:
        """Make the account of a one-time link and put its second factor into use."""
        token = link.rpartition("=")[2]
        made = {"token": token, "login": login, "name": name, "password": password}
        answer = self.http.post("/desk/first", data=made, headers=self.origin)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        page = self.get("/desk/second-factor")
        self.totp = unescape(re.search(r'class="mono">([A-Z2-7 ]+)<', page).group(1)).replace(" ", "")  # type: ignore[union-attr]
        done = self.send("/desk/second-factor", page, code=pyotp.TOTP(self.totp).now())
        assert "备用码" in done.text, done.text

    def log_in(self, login: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        filled = {"login": login, "password": password, "code": code}
        return self.http.post("/desk/login", data=filled, headers=self.origin)

    def get(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.text

    def form_token(self, page: str = "") -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', page or self.get("/desk/account"))
        assert found is not None, "no form on this page"
        return found[1]

    def send(self, path: str, page: str = "", **fields: str) -> httpx.Response:
        """Send a form of a page; its hidden key goes with it."""
        filled = {"form_token": self.form_token(page), **fields}
        key = re.search(r'name="key" value="([^"]+)"', page)
        if key is not None:
            filled.setdefault("key", key[1])
        return self.http.post(path, data=filled, headers=self.origin)

    def press(self, path: str, **fields: str) -> str:
        """Open a ticket, send one of its forms, and say where it led."""
        answer = self.send(path, self.get(path.rpartition("/")[0]), **fields)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return urlsplit(answer.headers["location"]).path
