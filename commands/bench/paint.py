"""When a real browser first shows something of a page; needs Chromium and Playwright (requirements/dev.txt)."""

from __future__ import annotations

import shutil

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PAINTED = "performance.getEntriesByName('first-contentful-paint')"


class NoBrowser(Exception):
    """What is missing to measure it."""


def first_paints(url: str, cookies: dict[str, str], rounds: int) -> list[float]:
    """Milliseconds from the request to the first words on the screen, each time with an empty cache."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowser("playwright is not installed: ./gongyou env --dev") from error
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise NoBrowser("there is no chromium on PATH")
    took: list[float] = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=list(FLAGS))
        for _ in range(rounds):
            context = browser.new_context(bypass_csp=True)  # else the question below is refused
            context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
            page = context.new_page()
            page.goto(url, wait_until="commit")
            page.wait_for_function(f"{PAINTED}.length > 0")
            took.append(float(page.evaluate(f"{PAINTED}[0].startTime")))
            context.close()
        browser.close()
    return took
