"""Every page of the desk at three widths: drawn whole, readable by machine, nothing cut off. With
GONGYOU_SCREENSHOTS=1 the pictures under docs/screenshots are taken anew."""

import os
import subprocess
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from starlette.routing import compile_path

from hotline.console import app, operators
from hotline.tickets import desks
from kit.db import Database
from kit.settings import ROOT
from tests.browser import ordinary_day
from tests.browser.desk import DeskBrowser
from tests.browser.ordinary_day import CARD
from tests.support import page_checks
from tests.support.desk import Operator
from tests.support.desk_fixtures import application, configured, desk_url, fast_passwords, knowledge, logged_in
from tests.support.desk_fixtures import browser as http_browser
from tests.support.desk_tickets import OWN, Tickets

__all__ = ["application", "configured", "desk_url", "fast_passwords", "knowledge", "logged_in"]
pytestmark = pytest.mark.browser
browser = http_browser
SIZES = {"wide": (1366, 768), "tablet": (820, 1100), "phone": (390, 844)}
PICTURES = ROOT / "docs" / "screenshots"
MOST_BYTES = 100_000
WAIT = 60_000
# A group of pages -> whose they are and their addresses; those in PICTURED are kept as pictures, too.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "desk": (
        "lead",
        {
            "queue": "/desk?view=desk",
            "ticket": "/desk/tickets/1",
            "call": "/desk/new",
            "sum": "/desk/tickets/5",
            "conversations": "/desk/conversations",
            "conversation": "/desk/conversations/{conversation}",
            "alerts": "/desk/alerts",
            "alert": "/desk/alerts/1",
            "file": "/desk/tickets/1/file",
            "account": "/desk/account",
        },
    ),
    "duty": (
        "lead",
        {
            "alarms": "/desk/alarms",
            "rota": "/desk/rota",
            "rota-desk": f"/desk/rota/{OWN}",
            "stuck": "/desk/stuck",
            "health": "/desk/health",
            "help": "/desk/help",
        },
    ),
    "knowledge": (
        "editor",
        {
            "knowledge": "/desk/knowledge",
            "found": "/desk/knowledge?q=老板跑了工资没发",
            "missed": "/desk/knowledge?view=missed",
            "stale": "/desk/knowledge?view=stale",
            "unverified": "/desk/knowledge?view=unverified",
            "calendars": "/desk/knowledge?kind=calendar",
            "record": f"/desk/knowledge/record?path={CARD}",
            "version": "/desk/knowledge/versions/{version}",
            "edit": f"/desk/knowledge/edit?path={CARD}",
            "calendar": "/desk/knowledge/edit?path=calendars/2026.yml",
        },
    ),
    "documents": (
        "editor",
        {
            "documents": "/desk/documents",
            "document": "/desk/documents/1",
            "document-draft": "/desk/documents/drafts/{draft}",
        },
    ),
    "figures": (
        "lead",
        {
            "reports": "/desk/reports",
            "report-wide": "/desk/reports?report=clocks",
            "exports": "/desk/exports",
            "canned": "/desk/canned",
            "hours": "/desk/hours",
            "hours-desk": f"/desk/hours/{OWN}",
        },
    ),
    "accounts": ("security", {"operators": "/desk/operators", "tokens": "/desk/tokens"}),
    "systems": ("system", {"hooks": "/desk/hooks", "hook": "/desk/hooks/1", "settings": "/desk/settings"}),
    "audit": ("auditor", {"audit": "/desk/audit?verify=1"}),
}
BEFORE = ("/desk/login", "/desk/first", "/desk/second-factor")
# What is read by GET and is no page: streams, files, and the parts that a page of PAGES fetches into itself.
NO_PAGE = {
    *("/desk/stream", "/desk/second-factor.png", "/desk/rota/file"),
    *("/desk/tickets/{ticket:int}/suggestions", "/desk/tickets/{ticket:int}/sums/{kind}"),
}
PICTURED = (
    *("queue", "ticket", "call", "conversations", "alerts", "alert", "file", "account", "alarms", "rota", "rota-desk"),
    *("knowledge", "record", "version", "edit", "documents", "reports", "exports", "operators", "tokens", "audit"),
    *("hooks", "help"),
)
# 256 colours are enough for a page and take a third of the room; Rasa's environment has a library that can.
SMALLER = """import sys; from PIL import Image; path = sys.argv[1]
Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)"""
HOSTILE = '<script>document.title="broken"</script><img src=x onerror=alert(1)> {{7*7}} =HYPERLINK("x") \u202e]]>'


@pytest.fixture
def desk(chromium: Browser, sqlite: Database, desk_url: str) -> Iterator[DeskBrowser]:
    seeded = Tickets(sqlite)
    seeded.all_kinds()
    seeded.open("T-WAGE", "wechat", phone="13800000000")
    seeded.alert(OWN, "red", "某某建设 多人讨薪")
    seeded.alert(OWN, "yellow", "某某电子厂 拖欠工资")
    seeded.export(OWN)
    ordinary_day.fill(sqlite)
    made = DeskBrowser(chromium, desk_url, sqlite, seeded, [])
    yield made
    assert made.errors == []


def _settled(page: Page, name: str) -> None:
    """As an operator sees it: connected, with what comes after the page."""
    if page.locator("#live").count():
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
    if name == "ticket":
        expect(page.locator("details.answer").first).to_be_visible(timeout=WAIT)
        page.locator("details.answer summary").first.click()
    if name == "sum":
        page.locator("[data-beside]").first.click()
        expect(page.locator("#summing")).to_be_visible(timeout=WAIT)
    if name == "call":
        page.get_by_label("电话").fill("13800000000")
        page.get_by_label("在哪上班").fill("昆山")
        page.get_by_label("什么事").fill("老板拖欠工资三个月，第一步怎么做")
        expect(page.locator("#found")).to_contain_text("同一个人", timeout=WAIT)


@pytest.mark.parametrize("group", PAGES)
def test_every_page_is_in_order(group: str, desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    """Each page is loaded once and looked at in three widths."""
    role, pages = PAGES[group]
    operator = logged_in(role, desk_ids=(desks.ROOT,) if role == "lead" else ())
    numbers = ordinary_day.fill_for(group, desk)
    wrong = {}
    with desk.page(operator.cookie, SIZES["wide"]) as page:
        for name, path in pages.items():
            page.set_viewport_size(_size("wide"))
            opened = page.goto(path.format(**numbers))
            assert opened is not None and opened.ok, path
            _settled(page, name)
            for size in SIZES:
                page.set_viewport_size(_size(size))
                if os.environ.get("GONGYOU_SCREENSHOTS") and name in PICTURED:
                    _take(page, f"desk-{name}-{size}.png")
                found = page_checks.problems(page, is_narrower=size != "wide")
                if found:
                    wrong[name, size] = found

    assert wrong == {}


def test_no_page_of_the_desk_is_left_out() -> None:
    named = {"conversation": "one", "draft": 1, "version": 1}
    paths = [path.format(**named) for _, pages in PAGES.values() for path in pages.values()]
    seen = [urlsplit(path).path for path in (*paths, *BEFORE)]
    readable = {one.path for one in app.PAGES if one.method == "GET"}
    left_out = {path for path in readable - NO_PAGE if not any(compile_path(path)[0].match(one) for one in seen)}

    assert left_out == set()
    assert readable >= NO_PAGE


def _size(name: str) -> ViewportSize:
    width, height = SIZES[name]
    return {"width": width, "height": height}


def _take(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / name)
    subprocess.run([ROOT / ".envs/rasa/bin/python", "-c", SMALLER, PICTURES / name], check=True)


def test_the_pictures_in_the_docs_are_small() -> None:
    taken = list(PICTURES.glob("desk-*.png"))

    assert len(taken) == len(PICTURED) * len(SIZES)
    assert [path.name for path in taken if path.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize("path", BEFORE)
def test_the_pages_before_the_desk_are_in_order(
    path: str, desk: DeskBrowser, logged_in: Callable[..., Operator]
) -> None:
    with desk.database.transaction() as session:
        token = operators.invite(session, role="operator", by="shell")
    with desk.page() as page:
        page.goto(f"/desk/first?token={token}" if path != "/desk/login" else path)
        if path == "/desk/second-factor":
            page.get_by_label("登录名").fill("xin")
            page.get_by_label("姓名").fill("新人")
            page.get_by_label("密码").fill("a long calm sentence")
            page.keyboard.press("Enter")
            page.wait_for_url("**/second-factor")
        assert page_checks.problems(page) == {}


def test_what_people_write_is_shown_and_never_run(desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    """P23 at the desk: in a worker's words, an employer's name, a note, a canned search; through the live row too."""
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    with desk.page(lead.cookie) as page:
        page.goto("/desk?view=desk")
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
        made = desk.seeded.open("T-WAGE", "web", facts={"matter": HOSTILE, "employer": HOSTILE[:60]}).ticket
        expect(page.locator(f"#ticket-{made.id}")).to_contain_text("{{7*7}}", timeout=WAIT)
        page.goto(f"/desk/tickets/{made.id}")
        page.locator("#noting summary").click()
        page.locator("#note").fill(HOSTILE)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#thread li.note")).to_contain_text("<script>", timeout=WAIT)
        page.goto(f"/desk/tickets/{made.id}/file")
        assert "{{7*7}}" in page.locator("article").inner_text()
        assert page.locator("main img, main script").count() == 0
        assert page.title() != "broken"


def test_first_load_is_small_and_later_ones_are_smaller(
    desk: DeskBrowser, logged_in: Callable[..., Operator], record_property: Callable[[str, object], None]
) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    with desk.page(lead.cookie) as page:
        weights: list[int] = []
        page.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"]))
        page.goto("/desk/tickets/1")
        expect(page.locator("details.answer").first).to_be_visible(timeout=WAIT)
        first = sum(weights)

    assert first < 300_000
    record_property("measured", f"first load of a ticket {first / 1000:.0f} kB")
