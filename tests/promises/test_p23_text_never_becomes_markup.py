"""P23, for channels and the worker's page: what people write stays text in XML, HTML, headers and calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from bot.channels.base import Recipient
from bot.channels.memory import MemoryState
from bot.channels.sms.kannel import Kannel
from bot.channels.telegram import Telegram
from bot.channels.wechat.envelope import Envelope, Keys
from bot.gateway.chat import clean
from bot.messages import Button, Outgoing
from hotline.console.files import _headers
from hotline.evidence import kinds
from kit.db import Database
from tests.support.chat_server import chat_server
from tests.support.fake_http import Call, FakeHttp, Reply
from tests.support.fake_rasa import FakeRasa
from tests.support.fake_telegram import TOKEN, FakeTelegram
from tests.support.promise import Record, count

HOSTILE = [
    "<script>document.title='hit'</script>",
    "<img src=x onerror=\"document.title='hit'\">",
    "]]><Content>x</Content><![CDATA[",
    "]]]]>><![CDATA[",
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
    '=HYPERLINK("http://x")',
    "\t=1+1",
    "a\r\nX-Injected: yes\r\n\r\n<h1>b</h1>",
    "[click](javascript:alert(1)) *bold* _it_ `code`",
    "&lt;b&gt; &amp; \" ' </textarea></script>",
    "javascript:alert(1)",
    "\u202etxt.exe",
]
WRITTEN = st.characters(exclude_categories=["Cs"])
FIELDS = {"FromUserName": "oA", "ToUserName": "gh_1"}


def reply(text: str) -> dict[str, str]:
    envelope = Envelope(Keys("wx1", ("t",), "a" * 43, plain_allowed=True), MemoryState())
    root = fromstring(envelope.sealed_reply(FIELDS, text, encrypted=False))
    assert [child.tag for child in root] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
    return {child.tag: child.text or "" for child in root}


@settings(max_examples=count(200, 5000), deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.sampled_from(HOSTILE)
    | st.text("]><![CDAT&;", max_size=30)
)
def test_wechats_xml_carries_the_text_and_nothing_else(text: str) -> None:
    said = reply(text)

    assert said["MsgType"] == "text"
    assert said["Content"] == "".join(c for c in text if c in "\n\t" or (c >= " " and c not in "\ufffe\uffff"))


def test_telegram_is_never_told_to_read_marks(record_property: Record) -> None:
    with FakeTelegram() as platform:
        channel = Telegram(TOKEN, ("s" * 40,), MemoryState(), platform.url)
        for text in HOSTILE:
            channel.send(Recipient("", "7"), Outgoing("answer", text, buttons=(Button(text[:30], "menu"),)))
        channel.close()
        calls = [call for call in platform.calls if call.path.endswith("sendMessage")]
    assert all("parse_mode" not in call.fields and "entities" not in call.fields for call in calls)
    assert all(sent["text"].endswith(text.strip()) for sent, text in zip(platform.sent, HOSTILE, strict=True))
    record_property("measured", f"{len(HOSTILE)} hostile texts to Telegram, SMS, WeChat: all arrive as text")


class Smsbox(FakeHttp):
    def answer(self, call: Call) -> Reply:
        return 202, "0: Accepted for delivery"


def test_a_text_message_cannot_add_a_field(record_property: Record) -> None:
    with Smsbox() as box:
        driver = Kannel(box.url, "u", "p", "12351", "k" * 32, "http://127.0.0.1:9")
        for text in [*HOSTILE, "a&to=13800000001&from=x"]:
            driver.send("13800000000", text, "1")
        driver.close()
        assert {call.query["to"] for call in box.calls} == {"13800000000"}
        assert [call.query["text"] for call in box.calls][-1] == "a&to=13800000001&from=x"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_files_name_cannot_add_a_header(name: str) -> None:
    shown = _headers(kinds.safe_name(name, "application/pdf"))["content-disposition"]

    assert shown.startswith("attachment; filename*=UTF-8''")
    assert not set(shown) & set('\r\n"<>')


def test_control_characters_end_at_the_door() -> None:
    assert clean("a\x00b\x1b[31m\u202ec\r\n") == "ab[31mc"


@pytest.fixture
def tab(chromium: object) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN")  # type: ignore[attr-defined]
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.browser
def test_in_a_real_browser(tab: Page, sqlite: Database, tmp_path: Path, record_property: Record) -> None:
    """Both ways: what the worker writes, and what comes back with the same words and buttons."""
    refused: list[str] = []
    tab.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    tab.on("pageerror", lambda error: refused.append(str(error)))
    with chat_server(sqlite, tmp_path, FakeRasa()) as url:
        tab.goto(url)
        for number, text in enumerate(HOSTILE):
            tab.get_by_label("说说你遇到的事").fill(text)
            tab.get_by_role("button", name="发送").click()
            expect(tab.locator("li.answer")).to_have_count(number + 1, timeout=30_000)
        inside = tab.evaluate("[...document.querySelectorAll('main *')].map(e => e.tagName)")
        assert set(inside) <= {"OL", "LI", "SPAN", "P", "DIV", "BUTTON"}
        assert tab.title() != "hit"
        assert "49" not in tab.locator("li.answer").nth(4).inner_text()
    assert refused == []
    record_property("measured", f"{len(HOSTILE)} hostile texts in Chromium: no element, no script, no CSP report")
