"""A real Chromium, and first of all a look whether 工 is drawn: without a CJK font every screenshot would lie.

One for all tests of a run (tests/conftest.py takes the fixtures): a second one in the same process would not start.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

FLAGS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


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
