"""The calculators on a phone: no sideways scrolling, no serious finding of axe, a sum worked out without script."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot.gateway.app import build
from bot.gateway.calculators import routes
from knowledge.loader import read

pytestmark = pytest.mark.browser
CHECKED = ["/calculators", "/calculators/severance", "/calculators/double_wage", "/calculators/site_wage_checklist"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gateway's application with nothing but the calculators."""
    base = read()[0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(build(routes(lambda: base), lambda: {}), port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def small(chromium: Browser, address: str) -> Iterator[Page]:
    """A phone of 360 by 640; `address` serves it."""
    context = chromium.new_context(base_url=address, viewport={"width": 360, "height": 640}, locale="zh-CN")
    yield context.new_page()
    context.close()


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in ("serious", "critical")]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("path", CHECKED)
def test_forms_fit_a_phone_and_are_accessible(small: Page, path: str) -> None:
    small.goto(path)
    assert fits(small) and serious(small) == []


def test_a_sum_is_filled_in_and_worked_out(small: Page) -> None:
    small.goto("/calculators/severance")
    small.get_by_label("入职日期").fill("2021-03-15")
    small.get_by_label("最后工作日").fill("2026-10-31")
    small.get_by_label("离职前12个月平均应得工资").fill("6800")
    small.get_by_label("离职原因").fill("41 经济性裁员")
    small.get_by_role("button", name="算一算").click()
    assert "40,800.00 元" in small.locator("section.result").inner_text()
    assert fits(small) and serious(small) == []
    small.emulate_media(media="print")
    assert not small.get_by_role("button").is_visible()


def test_what_is_wrong_is_said_beside_the_form(small: Page) -> None:
    small.goto("/calculators/limit")
    small.get_by_label("起算的日子").fill("2000-01-01")
    small.get_by_role("button", name="算一算").click()
    assert small.locator("section.urgent").is_visible()
    small.goto("/calculators/layoff_threshold")
    small.get_by_label("全部职工人数").fill("10")
    small.get_by_label("裁减人数").fill("11")
    small.get_by_role("button", name="算一算").click()
    assert "裁减人数" in small.get_by_role("alert").inner_text() and serious(small) == []
