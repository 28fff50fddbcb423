"""The chat page in a real Chromium, as a worker with a cheap phone sees it."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

QUESTION = "老板拖欠我三个月工资怎么办"


def ask(page: Page, text: str) -> None:
    page.get_by_label("说说你遇到的事").fill(text)
    page.get_by_role("button", name="发送").click()


def test_a_question_is_answered_with_its_articles(phone: Page, shots: Path) -> None:
    phone.goto("/")
    ask(phone, QUESTION)
    answer = phone.locator("li.answer").last
    expect(answer).to_contain_text("工资", timeout=30_000)
    expect(answer.locator(".law")).to_contain_text("依据：《")
    phone.screenshot(path=shots / "chat-phone.png")


def test_a_long_answer_is_shown_from_its_beginning(phone: Page) -> None:
    phone.goto("/")
    ask(phone, QUESTION)
    expect(phone.locator("li.answer").last).to_contain_text("工资", timeout=30_000)
    expect(phone.locator("#state")).to_be_empty()
    top = phone.locator("li.mine ~ li.bot, li.mine ~ li.answer").first.bounding_box()
    assert top is not None
    assert 0 <= top["y"] < 320  # in the upper half of the screen


def test_buttons_can_be_pressed_with_the_keyboard_alone(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("button", name="受工伤了").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("li.clarify button").first).to_be_visible(timeout=30_000)


def test_what_a_worker_types_never_becomes_markup(phone: Page) -> None:
    phone.goto("/")
    ask(phone, "<img src=x onerror=alert(1)>工资{{7*7}}")
    expect(phone.locator("li.mine").last).to_contain_text("<img src=x onerror=alert(1)>工资{{7*7}}")
    expect(phone.locator("li.bot, li.answer").nth(1)).to_be_visible(timeout=30_000)
    assert phone.locator("main img").count() == 0


def test_no_sideways_scrolling_at_phone_width_and_double_zoom(phone: Page) -> None:
    for width in (360, 180):  # 180 is a 360 px phone at 200 % zoom
        phone.set_viewport_size({"width": width, "height": 640})
        phone.goto("/")
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        size = phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert size >= 18


def test_first_load_is_small(phone: Page) -> None:
    weights: list[int] = []
    phone.on("response", lambda response: weights.append(len(response.body())))
    phone.goto("/", wait_until="networkidle")
    assert sum(weights) < 100_000


def test_the_quick_leave_key_clears_the_page(phone: Page) -> None:
    phone.goto("/")
    ask(phone, QUESTION)
    expect(phone.locator("li.mine")).to_be_visible()
    phone.keyboard.press("Escape")
    phone.wait_for_url("about:blank")
    phone.goto("/")
    assert phone.locator("li.mine").count() == 0
    assert phone.evaluate("sessionStorage.length") == 0


def test_a_broken_connection_neither_loses_nor_doubles_a_message(phone: Page) -> None:
    """The first answer to the sending is lost on the way back: the page sends the same id again."""
    tries: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        tries.append(route.request.post_data or "")
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.goto("/")
    ask(phone, "你好")
    expect(phone.locator("li.info")).to_have_count(1, timeout=30_000)
    phone.route(re.compile("/api/chat/messages$"), lose_the_first_answer)
    ask(phone, QUESTION)
    expect(phone.locator("li.answer")).to_have_count(1, timeout=30_000)
    phone.wait_for_timeout(4000)

    assert len(tries) == 2
    assert tries[0] == tries[1]
    expect(phone.locator("li.answer")).to_have_count(1)


def test_it_works_on_a_slow_line(phone: Page) -> None:
    """2G: 250 kbit/s down, 300 ms a round trip."""
    session = phone.context.new_cdp_session(phone)
    line = {"offline": False, "latency": 300, "downloadThroughput": 31_250, "uploadThroughput": 12_500}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", line)
    phone.goto("/")
    ask(phone, QUESTION)
    expect(phone.locator("li.answer")).to_be_visible(timeout=30_000)


def test_accessibility(phone: Page, stack: Stack) -> None:
    phone.goto("/")
    ask(phone, QUESTION)
    expect(phone.locator("li.answer")).to_be_visible(timeout=30_000)
    found = Axe().run(phone).response["violations"]

    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
