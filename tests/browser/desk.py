"""The desk in a browser: the application of tests/support on a port, and operators who are logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from kit.db import Database
from tests.support.desk_tickets import Tickets


@dataclass
class DeskBrowser:
    """Opens pages of the desk and notes every script error and every breach of the content security policy."""

    chromium: Browser
    url: str
    database: Database
    seeded: Tickets
    errors: list[str]

    @contextmanager
    def page(self, cookie: str = "", size: tuple[int, int] = (1366, 768)) -> Iterator[Page]:
        context = self.context(size)
        if cookie:
            context.add_cookies([{"name": "desk", "value": cookie, "url": self.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        yield page
        context.close()

    def _listen(self, line: object) -> None:
        text = str(getattr(line, "text", ""))
        if "Content Security Policy" in text or "TrustedHTML" in text:
            self.errors.append(text)

    def context(self, size: tuple[int, int]) -> BrowserContext:
        width, height = size
        return self.chromium.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["notifications"],
        )


@pytest.fixture
def desk(chromium: Browser, sqlite: Database, desk_url: str) -> Iterator[DeskBrowser]:
    """A desk with its tree of desks and nothing else; no page may have failed when the test is over."""
    seeded = Tickets(sqlite)
    seeded.desks()
    made = DeskBrowser(chromium, desk_url, sqlite, seeded, [])
    yield made
    assert made.errors == []


def fill_closing(window: Locator) -> None:
    """Everything that the form of closing asks for, whatever this category's is."""
    for field in window.locator("textarea").all():
        field.fill("电话联系了单位，已补签")
    for choice in window.locator("select").all():
        choice.select_option(index=1)
    for day in window.locator("input[type=date]").all():
        day.fill("2026-11-30")
