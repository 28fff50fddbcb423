"""A real Chromium, and first of all a look whether 工 is drawn: without a CJK font every screenshot would lie."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.support.stack import Stack

FLAGS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs package chromium")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    page = browser.new_page()
    page.set_content("<span id=a style='font-size:40px'>工</span><span id=b style='font-size:40px'>\ufffe</span>")
    drawn, missing = (page.locator(f"#{name}").screenshot() for name in "ab")
    assert drawn != missing, "工 is drawn as the missing-glyph box: install fonts-noto-cjk"
    page.close()
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser, stack: Stack) -> Iterator[Page]:
    context = chromium.new_context(base_url=stack.url, viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def shots() -> Path:
    folder = Path(__file__).parent.parent.parent / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
