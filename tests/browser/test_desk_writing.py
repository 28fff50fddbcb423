"""What an operator has typed is never lost, whatever happens to the ticket meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from hotline.tickets import service as tickets
from tests.browser.desk import DeskBrowser, desk, fill_closing
from tests.support.desk import Operator
from tests.support.desk_fixtures import application, configured, desk_url, fast_passwords, knowledge, logged_in
from tests.support.desk_fixtures import browser as http_browser
from tests.support.desk_tickets import OWN

__all__ = ["application", "configured", "desk", "desk_url", "fast_passwords", "knowledge", "logged_in"]
pytestmark = pytest.mark.browser
browser = http_browser
WAIT = 60_000


def test_a_draft_survives_a_reload_and_two_who_write_see_each_other(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    first, second = (logged_in(role, desk_ids=(OWN,)) for role in ("operator", "lawyer"))
    ticket = desk.seeded.open().ticket.id
    with desk.page(first.cookie) as mine, desk.page(second.cookie) as theirs:
        mine.goto(f"/desk/tickets/{ticket}")
        theirs.goto(f"/desk/tickets/{ticket}")
        expect(theirs.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
        mine.locator("#reply").press_sequentially("写到一半的话")
        expect(theirs.locator("#typing")).to_contain_text("operator同志 也在写回复", timeout=WAIT)
        mine.reload()
        expect(mine.locator("#reply")).to_have_value("写到一半的话", timeout=WAIT)


def test_a_window_stays_open_when_the_ticket_changes_or_something_is_missing(
    desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    lead = logged_in("lead", desk_ids=(OWN,))
    ticket = desk.seeded.open("T-CONTRACT").ticket.id
    with desk.database.transaction() as session:
        tickets.told_by_phone(session, ticket, lead.id, "电话里说了怎么办")
    with desk.page(lead.cookie) as page:
        page.goto(f"/desk/tickets/{ticket}")
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
        page.locator("body").press("x")
        closing = page.locator("#closing")
        closing.locator("textarea").first.fill("电话联系了单位，已补签")
        closing.get_by_role("heading", name="办结").click()  # no field has the focus any more
        with desk.database.transaction() as session:
            tickets.note(session, ticket, lead.id, "查过企业信息")
        expect(page.locator("#thread")).to_contain_text("查过企业信息", timeout=WAIT)
        closing.get_by_role("button", name="办结").click()
        expect(page.locator("#toast .bad").first).to_be_visible(timeout=WAIT)
        expect(closing.locator("textarea").first).to_have_value("电话联系了单位，已补签")
        fill_closing(closing)
        expect(closing.get_by_role("button", name="办结")).to_be_enabled(timeout=WAIT)
        closing.get_by_role("button", name="办结").click()
        expect(page.locator("#tickethead")).to_contain_text("已办结", timeout=WAIT)
