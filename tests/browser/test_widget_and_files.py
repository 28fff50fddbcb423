"""The chat on somebody else's page, and photographs from a phone; a real Chromium, a fake bot."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from hotline.evidence.tables import EvidenceRow
from kit.db import Database
from tests.support.chat_server import EmbeddingPage, chat_server
from tests.support.fake_rasa import FakeRasa

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 200


@pytest.fixture
def union() -> Iterator[EmbeddingPage]:
    page = EmbeddingPage()
    yield page
    page.stop()


@pytest.fixture
def stranger() -> Iterator[EmbeddingPage]:
    page = EmbeddingPage()
    yield page
    page.stop()


@pytest.fixture
def chat(sqlite: Database, tmp_path: Path, union: EmbeddingPage, stranger: EmbeddingPage) -> Iterator[str]:
    with chat_server(sqlite, tmp_path, FakeRasa(), (union.origin,)) as url:
        union.chat = stranger.chat = url
        yield url


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_a_worker_talks_on_the_unions_page_and_leaves(tab: Page, union: EmbeddingPage, chat: str, shots: Path) -> None:
    tab.goto(union.origin)
    tab.get_by_role("button", name="劳动问题，问工友").click()
    frame = tab.frame_locator("iframe")
    frame.get_by_label("说说你遇到的事").fill("工资没发")
    frame.get_by_role("button", name="发送").click()
    expect(frame.locator("li.answer")).to_contain_text("答：工资没发", timeout=30_000)
    tab.screenshot(path=shots / "widget.png")
    frame.get_by_role("button", name="快速离开").click()
    expect(tab.locator("iframe")).to_have_count(0)
    assert tab.url.startswith(union.origin)


def test_an_answer_that_comes_after_leaving_writes_nothing_down(tab: Page, chat: str) -> None:
    held: list[Route] = []
    tab.route(re.compile("/api/chat/messages$"), lambda route: held.append(route))
    tab.goto(f"{chat}/widget")
    tab.get_by_label("说说你遇到的事").fill("工资没发")
    with tab.expect_request("**/api/chat/messages"):
        tab.get_by_role("button", name="发送").click()
    tab.get_by_role("button", name="快速离开").click()
    held[0].fulfill(status=202, json={"session": "s" * 32})
    tab.wait_for_timeout(500)
    assert tab.evaluate("sessionStorage.length") == 0


def test_the_page_may_put_words_into_the_field_but_not_send_them(tab: Page, union: EmbeddingPage, chat: str) -> None:
    tab.goto(union.origin)
    tab.get_by_role("button", name="劳动问题，问工友").click()
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_label("说说你遇到的事")).to_be_visible()
    tab.evaluate("gongyou.ask('加班费怎么算')")
    expect(frame.get_by_label("说说你遇到的事")).to_have_value("加班费怎么算")
    expect(frame.locator("li.mine")).to_have_count(0)


def test_a_strangers_page_cannot_show_the_frame(tab: Page, stranger: EmbeddingPage, chat: str) -> None:
    refused: list[str] = []
    tab.on("console", lambda line: refused.append(line.text))
    tab.goto(stranger.origin)
    tab.get_by_role("button", name="劳动问题，问工友").click()
    tab.wait_for_timeout(1500)
    assert tab.frame_locator("iframe").locator("#say").count() == 0
    assert any("frame-ancestors" in words for words in refused)


def test_words_from_elsewhere_are_not_heard(tab: Page, union: EmbeddingPage, chat: str) -> None:
    """The chat's own page, opened by a stranger's window, hears nothing of it."""
    tab.goto(f"{chat}/widget")
    tab.evaluate("window.postMessage({gongyou: 'ask', text: '假的'}, '*')")
    tab.wait_for_timeout(300)
    expect(tab.get_by_label("说说你遇到的事")).to_have_value("")


def test_a_photograph_is_asked_about_sent_and_kept(tab: Page, chat: str, sqlite: Database, shots: Path) -> None:
    tab.goto(chat)
    tab.get_by_label("说说你遇到的事").fill("老板不给工资条")
    tab.get_by_role("button", name="发送").click()
    expect(tab.locator("li.answer")).to_be_visible(timeout=30_000)
    tab.set_input_files("#file", files=[{"name": "工资条.png", "mimeType": "image/png", "buffer": PNG}])
    tab.screenshot(path=shots / "file-consent.png")
    tab.get_by_role("button", name="同意，发送").click()
    expect(tab.locator("li.mine").last).to_contain_text("工资条.png", timeout=30_000)
    expect(tab.locator("li.info").last).to_contain_text("替你存着", timeout=30_000)
    with sqlite.reading() as session:
        assert session.scalars(select(EvidenceRow.state)).all() == ["kept"]


def test_what_is_no_photograph_is_refused_in_words(tab: Page, chat: str) -> None:
    tab.goto(chat)
    tab.get_by_label("说说你遇到的事").fill("你好")
    tab.get_by_role("button", name="发送").click()
    expect(tab.locator("li.answer")).to_be_visible(timeout=30_000)
    tab.set_input_files("#file", files=[{"name": "合同.exe", "mimeType": "image/png", "buffer": b"MZ program"}])
    tab.get_by_role("button", name="同意，发送").click()
    expect(tab.locator("#state")).to_contain_text("收不了", timeout=30_000)
