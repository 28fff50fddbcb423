"""A whole day at the desk in a real Chromium, with the keyboard wherever an operator would use it."""

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.mailbox.tables import ConversationRow, OutboxRow
from hotline import audit
from hotline.console import operators
from hotline.tickets import service as tickets
from kit.db import Database
from tests.browser import platforms
from tests.browser.desk import DeskBrowser, desk, fill_closing
from tests.support.desk import PASSWORD, Operator
from tests.support.desk_fixtures import application, configured, desk_url, fast_passwords, knowledge, logged_in
from tests.support.desk_fixtures import browser as http_browser
from tests.support.desk_tickets import OTHER, OWN

__all__ = ["application", "configured", "desk", "desk_url", "fast_passwords", "knowledge", "logged_in"]
pytestmark = pytest.mark.browser
browser = http_browser
CITY = "CN-32-05"
WAIT = 60_000
MOST_KEYS = 110  # n, the phone, a place, an employer, one sentence and the category: 90 seconds of calm typing


def _sent(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow.body).order_by(OutboxRow.id))
        return [body["text"] for body in rows if body["from"] == "operator"]


def _state(database: Database, ticket: int) -> tickets.Ticket:
    with database.reading() as session:
        return tickets.get(session, ticket)


def test_first_login_with_an_authenticator(desk: DeskBrowser) -> None:
    with desk.database.transaction() as session:
        token = operators.invite(session, role="lead", desk_ids=("CN-32-05",), by="shell")
    with desk.page() as page:
        page.goto(f"/desk/first?token={token}")
        page.get_by_label("登录名").fill("wangban")
        page.get_by_label("姓名").fill("王班长")
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        secret = page.locator(".mono").inner_text().replace(" ", "")
        assert page.locator("img").evaluate("image => image.naturalWidth") > 100
        page.get_by_label("手机上现在的六位数").fill(pyotp.TOTP(secret).now())
        page.keyboard.press("Enter")
        expect(page.locator(".codes li")).to_have_count(8, timeout=WAIT)
        page.get_by_role("link", name="抄好了").click()
        expect(page.get_by_role("heading", name="我的工单")).to_be_visible()
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)


def test_the_queue_renews_itself_and_danger_is_heard_in_the_background(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    with desk.page(lead.cookie) as page:
        page.goto("/desk?view=unassigned")
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
        page.keyboard.press("j")  # somebody touched the page: from here on it may sound
        first = desk.seeded.open("T-CONTRACT", "web", facts={"matter": "没签合同"}).ticket
        expect(page.locator(f"#ticket-{first.id}")).to_contain_text("没签合同", timeout=WAIT)
        expect(page.locator('[data-counts="unassigned"]')).to_have_text("1", timeout=WAIT)
        other = page.context.new_page()
        other.bring_to_front()
        page.evaluate("document.hasFocus = () => false")
        rang = int(page.evaluate("document.body.dataset.rang || 0"))
        desk.seeded.open("T-CRISIS", "web", facts={"matter": "他站在楼顶"}, priority="P0")
        expect(page.locator("#rows tr").first).to_contain_text("他站在楼顶", timeout=WAIT)
        page.wait_for_function(f"Number(document.body.dataset.rang || 0) > {rang}", timeout=WAIT)
        assert re.match(r"\(\d+\) ", page.title())


def test_an_alarm_rings_on_every_page_until_somebody_has_it(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    lead = logged_in("lead", desk_ids=(CITY,))
    with desk.page(lead.cookie) as page:
        page.goto("/desk/help")
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
        page.locator("main").press("Escape")  # somebody touched the page: from here on it may sound
        made = desk.seeded.open("T-CRISIS", "web", facts={"matter": "他站在楼顶"}, priority="P0").ticket
        rang = int(page.evaluate("document.body.dataset.rang || 0"))
        desk.seeded.alarm(made)
        expect(page.locator("#alarms")).to_contain_text(made.number, timeout=WAIT)
        expect(page).to_have_title(re.compile("【1件没人应】"))
        page.wait_for_function(f"Number(document.body.dataset.rang || 0) > {rang}", timeout=WAIT)
        page.goto("/desk/account")
        page.locator("#alarms button").click()
        expect(page.locator("#alarms")).to_be_hidden(timeout=WAIT)
        expect(page).not_to_have_title(re.compile("没人应"))
        page.goto("/desk/alarms")
        expect(page.locator("#board")).to_contain_text("lead同志", timeout=WAIT)


def test_claim_reply_note_reveal_close_and_reopen_with_the_keyboard(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    made = desk.seeded.open("T-CONTRACT", "web", phone="13800000000", facts={"matter": "八个月没签合同"})
    with desk.page(lead.cookie) as page:
        page.goto("/desk?view=unassigned")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(rf"/desk/tickets/{made.ticket.id}$"))
        page.keyboard.press("c")
        expect(page.locator("#tickethead")).to_contain_text("lead同志 在办", timeout=WAIT)
        expect(page.locator("#thread")).to_contain_text("接下来由我来回你", timeout=WAIT)
        _reply(page, "你好，先别急，把聊天记录存好")
        expect(page.locator("#thread li.operator").last).to_contain_text("先别急", timeout=WAIT)
        page.keyboard.press("Escape")
        page.keyboard.press("m")
        page.keyboard.type("查过企业信息 @nobody")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#thread li.note")).to_contain_text("查过企业信息", timeout=WAIT)
        _reveal(page)
        _close(page)
        expect(page.locator("#tickethead")).to_contain_text("已办结", timeout=WAIT)
        expect(page.locator("#reply")).to_have_count(0, timeout=WAIT)
        page.get_by_role("button", name="重开").click()
        page.get_by_label("为什么重开").fill("他说钱没到账")
        page.get_by_label("为什么重开").press("Enter")
        expect(page.locator("#tickethead")).to_contain_text("还没人认领", timeout=WAIT)
        page.locator("#reply").fill("我们再问")
        expect(page.locator("#meter")).to_contain_text("4 字", timeout=WAIT)

    assert _sent(desk.database) == ["你好，先别急，把聊天记录存好"]
    with desk.database.reading() as session:
        assert len(audit.records(session, act="field.revealed")) == 1


def _reply(page: Page, text: str) -> None:
    page.keyboard.press("r")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def _reveal(page: Page) -> None:
    expect(page.locator("#facts")).to_contain_text("138****0000")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="查看").first.click()
    page.get_by_label("为什么要看").fill("回电话")
    page.keyboard.press("Enter")
    expect(page.locator("#clear")).to_have_text("13800000000", timeout=WAIT)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def _close(page: Page) -> None:
    expect(page.locator("#reveal")).not_to_be_visible()
    page.locator("body").press("x")
    closing = page.locator("#closing")
    expect(closing).to_be_visible()
    fill_closing(closing)
    closing.get_by_role("button", name="办结").click()


@pytest.mark.parametrize(
    ("channel", "said"),
    [("sms", "条短信"), ("telegram", "/4096 字"), ("wechat", "/2048 字节"), ("web", "字")],
)
def test_a_reply_is_counted_as_the_channel_counts_and_arrives_there(
    desk: DeskBrowser, logged_in: Callable[..., Operator], channel: str, said: str
) -> None:
    lead = logged_in("lead", desk_ids=(CITY,))  # from Telegram a ticket knows no place below the city
    made = desk.seeded.open(channel=channel)
    with desk.database.transaction() as session:
        session.get_one(ConversationRow, made.conversation).address = platforms.WORKER
    with desk.page(lead.cookie) as page:
        page.goto(f"/desk/tickets/{made.ticket.id}")
        page.locator("#reply").fill("一" * 140)
        expect(page.locator("#meter")).to_contain_text(said)
        if channel == "sms":
            expect(page.locator("#meter")).to_contain_text("3 条短信")
            page.locator("#reply").fill("一" * 300)
            expect(page.locator("#meter")).to_have_class(re.compile("over"))
        page.locator("#reply").fill("收到")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#thread li.operator")).to_contain_text("收到", timeout=WAIT)

    assert _sent(desk.database) == ["收到"]
    if channel in platforms.PLATFORMS:
        assert platforms.carried(channel, desk.database, "收到")[-1] == "收到"


def test_an_answer_and_a_sum_go_into_the_reply(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead", desk_ids=(OWN,))
    said = "2024年3月入职，2026年10月被辞退，一个月八千块，没有理由就赶我走，要赔我经济补偿"
    ticket = desk.seeded.open("T-TERM", "web", facts={"matter": said}).ticket.id
    with desk.page(lead.cookie) as page:
        page.goto(f"/desk/tickets/{ticket}")
        answer = page.locator("details.answer").first
        expect(answer).to_be_visible(timeout=WAIT)
        answer.locator("summary").click()
        answer.get_by_role("button", name="只插一句话").click()
        assert page.locator("#reply").input_value()
        page.locator("[data-beside]").first.click()
        expect(page.locator("#summing")).to_be_visible(timeout=WAIT)
        page.locator("#summing button").click()
        expect(page.locator("#suggestions .text, #suggestions .hint").first).to_be_visible(timeout=WAIT)


def test_transfer_and_merge(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    moved = desk.seeded.open().ticket
    with desk.page(lead.cookie) as page:
        page.goto(f"/desk/tickets/{moved.id}")
        page.keyboard.press("t")
        page.get_by_label("转给哪个台").select_option(OTHER)
        page.get_by_label("为什么转").fill("单位在吴江")
        page.get_by_role("button", name="转过去").click()
        expect(page.locator("#tickethead")).to_contain_text("吴江区", timeout=WAIT)
        assert _state(desk.database, moved.id).desk_id == OTHER
        first = desk.seeded.open().ticket
        second = desk.seeded.again(first)
        page.goto(f"/desk/tickets/{second.id}")
        page.locator("#more summary").click()
        page.get_by_role("button", name="并到另一张").click()
        page.locator("#merge-number").fill(first.number)
        page.get_by_role("button", name="并过去").click()
        page.wait_for_url(re.compile(rf"/desk/tickets/{first.id}$"), timeout=WAIT)
        assert _state(desk.database, second.id).merged_into == first.id


def test_a_call_takes_few_keys(
    desk: DeskBrowser, logged_in: Callable[..., Operator], record_property: Callable[[str, object], None]
) -> None:
    """Counted in key presses; Chinese words as the letters that an input method takes for them."""
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    with desk.page(lead.cookie) as page:
        page.goto("/desk")
        page.locator("body").press("n")
        page.wait_for_url(re.compile("/desk/new$"))
        keys = 1
        for words, letters in (
            ("13800000000", 11),
            (None, 1),
            (None, 1),
            ("昆山", 8),
            ("某某电子厂", 14),
            ("厂里三个月没发工资，老板说没钱", 44),
        ):
            if words:
                page.keyboard.insert_text(words)
            keys += letters
            page.keyboard.press("Tab")
            keys += 1 if words else 0
        expect(page.locator("#category")).not_to_have_value("", timeout=WAIT)
        page.keyboard.press("Tab")  # people: one is right
        page.keyboard.press("Tab")  # the category was found
        page.keyboard.press("Space")  # he agrees
        keys += 3
        page.keyboard.press("Control+Enter")
        keys += 2
        page.wait_for_url(re.compile("opened=1"), timeout=WAIT)
        expect(page.locator(".readback")).to_contain_text("查询码")

    assert keys <= MOST_KEYS
    record_property("measured", f"{keys} keys for an ordinary call")


def test_the_duty_officer_acknowledges_and_reports(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    number = desk.seeded.alert(OWN, "red", "某某建设 多人讨薪")
    with desk.page(lead.cookie) as page:
        page.goto("/desk/alerts")
        page.get_by_role("button", name="我看到了").click()
        expect(page.locator("#alert, #board")).to_contain_text("已看", timeout=WAIT)
        page.goto(f"/desk/alerts/{number}")
        page.get_by_label("报给了谁").fill("市总值班室")
        page.get_by_role("button", name="记下上报").click()
        expect(page.locator(".steps")).to_contain_text("市总值班室", timeout=WAIT)
