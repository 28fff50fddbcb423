"""The other half of a day at the desk: a card by two people, figures and files taken out, the rota, other systems."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from hotline import rota
from hotline.policy import records
from hotline.policy.desk import record
from tests.browser.desk import DeskBrowser, desk
from tests.support.desk import Operator
from tests.support.desk_fixtures import application, configured, desk_url, fast_passwords, knowledge, logged_in
from tests.support.desk_fixtures import browser as http_browser
from tests.support.desk_tickets import OWN

__all__ = ["application", "configured", "desk", "desk_url", "fast_passwords", "knowledge", "logged_in"]
pytestmark = pytest.mark.browser
browser = http_browser
WAIT = 60_000
CARD = "cards/wages/arrears_first_step.yml"
SHORT = "工资没发，先要一份欠条，再去劳动监察投诉。"


def test_a_card_is_written_by_one_person_and_published_by_another(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    with desk.database.transaction() as session:
        records.import_files(session)
    editor, lead = logged_in("editor"), logged_in("lead")
    with desk.page(editor.cookie) as page:
        page.goto("/desk/knowledge?kind=card")
        page.locator(f'a[href$="{CARD}"]').click()
        page.get_by_role("link", name="改", exact=True).click()
        page.get_by_label("短答").fill(SHORT)
        page.get_by_role("button", name="存成草稿").click()
        expect(page.locator(".compare ins").first).to_contain_text(SHORT, timeout=WAIT)
        page.get_by_label("工友会问的话").fill("老板跑了工资没发")
        page.get_by_role("button", name="试", exact=True).click()
        expect(page.get_by_role("heading", name="拿一句话试试")).to_be_visible(timeout=WAIT)
        page.get_by_role("button", name="请同事复核").click()
        expect(page.locator(".tag.review")).to_be_visible(timeout=WAIT)
        expect(page.get_by_role("button", name="复核通过，发布")).to_have_count(0)
    with desk.page(lead.cookie) as page:
        page.goto("/desk/knowledge")
        page.locator("tbody a").first.click()
        page.get_by_role("button", name="复核通过，发布").click()
        expect(page.locator(".tag.published")).to_be_visible(timeout=WAIT)

    with desk.database.reading() as session:
        held = record(session, CARD).in_force
    assert held is not None and SHORT in held.body


def _downloaded(page: Page, name: str, folder: Path) -> list[list[str]]:
    """The rows of the workbook that a button gives."""
    with page.expect_download(timeout=WAIT) as coming:
        page.get_by_role("button", name=name).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    sheet = load_workbook(path).active
    assert sheet is not None
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def test_figures_and_tickets_go_into_files(
    desk: DeskBrowser, logged_in: Callable[..., Operator], tmp_path: Path
) -> None:
    for words in ("三个月没发工资", "没签合同"):
        desk.seeded.open("T-WAGE", phone="13800000000", facts={"matter": words})
    asker, lead = logged_in("lead", login="asks", desk_ids=(OWN,)), logged_in("lead", desk_ids=(OWN,))
    with desk.page(asker.cookie) as page:
        page.goto("/desk/reports")
        assert len(_downloaded(page, "存成 Excel", tmp_path)) > 1
        page.goto("/desk?view=desk")
        page.get_by_role("link", name="导出", exact=True).last.click()
        masked = _downloaded(page, "存成 Excel", tmp_path)
        assert len(masked) == 3
        assert masked[1][-1] == "138****0000"
        page.locator("#asking summary").click()
        page.get_by_label("为什么要带").fill("仲裁委要名册")
        page.get_by_role("button", name="申请").click()
        expect(page.locator("#mine")).to_contain_text("等另一位班长批", timeout=WAIT)
        with desk.page(lead.cookie) as theirs:
            theirs.goto("/desk/exports")
            theirs.locator("#others").get_by_role("button", name="同意").click()
            expect(theirs.locator("#others")).to_have_count(0, timeout=WAIT)
        page.reload()
        clear = _downloaded(page, "取 Excel", tmp_path)
        assert {row[-1] for row in clear[1:]} == {"13800000000"}


def test_a_lead_writes_the_rota(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    lead = logged_in("lead", desk_ids=(OWN,))
    with desk.page(lead.cookie) as page:
        page.goto("/desk/rota")
        expect(page.locator("tr.nobody").first).to_contain_text("没有排班")
        page.locator(f'a[href="/desk/rota/{OWN}"]').click()
        page.get_by_label("第1个班哪些天").fill("1-7")
        page.get_by_label("第1个班从几点").fill("00:00")
        page.get_by_label("第1个班到几点").fill("24:00")
        page.get_by_label("第1个班值班").select_option("lead")
        page.get_by_role("button", name="存", exact=True).click()
        expect(page.locator(".week")).not_to_contain_text("没有人", timeout=WAIT)
        page.get_by_label("号码或网址").fill("13800000000")
        page.get_by_role("button", name="改", exact=True).click()
        expect(page.locator("main")).to_contain_text("138****0000", timeout=WAIT)

    with desk.database.reading() as session:
        assert len(rota.shifts(session, OWN)) == 1
        assert rota.phone(session, lead.id) == rota.Phone("sms", "13800000000")


def test_a_document_is_read_from_a_file_and_shown_in_passages(
    desk: DeskBrowser, logged_in: Callable[..., Operator], tmp_path: Path
) -> None:
    path = tmp_path / "编的通知.txt"
    path.write_text(
        "关于做好维权工作的通知\n编的总工会〔2026〕3号\n一、各级工会要把每件事办实，办完告诉本人，一件也不落下。\n2026年11月2日\n",
        encoding="utf-8",
    )
    editor = logged_in("editor")
    with desk.page(editor.cookie) as page:
        page.goto("/desk/documents")
        page.locator("#file").set_input_files(path)
        expect(page.get_by_label("正文")).to_have_value(re.compile("一件也不落下"))
        page.get_by_role("button", name="存下").click()
        expect(page.locator(".passages")).to_contain_text("一件也不落下", timeout=WAIT)
        expect(page.locator(".said")).to_contain_text("2026-11-02")
        expect(page.get_by_role("button", name="看过了")).to_have_count(0)


def test_a_token_is_shown_once(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    logged_in("operator", login="twelve")
    with desk.page(logged_in("security").cookie) as page:
        page.goto("/desk/tokens")
        page.get_by_label("给哪个系统").fill("12345转办")
        page.get_by_label("以哪个账号的身份").select_option("twelve")
        page.get_by_role("button", name="做一个令牌").click()
        expect(page.locator(".good .mono")).to_have_text(re.compile("^gy_"), timeout=WAIT)
        page.goto("/desk/tokens")
        expect(page.locator(".good .mono")).to_have_count(0)
        expect(page.locator("tbody")).to_contain_text("12345转办")
