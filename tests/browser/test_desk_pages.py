"""Every page of the desk at three widths: drawn whole, readable by machine, nothing cut off. With
GONGYOU_SCREENSHOTS=1 the pictures under docs/screenshots are taken anew."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.mailbox.tables import InboxRow, OutboxRow
from hotline import rota
from hotline.console import operators
from hotline.hooks.tables import HookRow
from hotline.rota import Shift
from hotline.tickets import desks
from kit import clock
from kit.db import Database
from kit.settings import ROOT
from tests.browser.desk import DeskBrowser
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
MOST_BYTES = 150_000
WAIT = 20_000
# A group of pages -> whose they are and their addresses; those in PICTURED are kept as pictures, too.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "desk": (
        "lead",
        {
            "queue": "/desk?view=desk",
            "ticket": "/desk/tickets/1",
            "call": "/desk/new",
            "conversations": "/desk/conversations",
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
    "systems": ("system", {"hooks": "/desk/hooks", "hook": "/desk/hooks/1"}),
}
PICTURED = (
    *("queue", "ticket", "call", "conversations", "alerts", "alert", "file", "account", "alarms", "rota", "rota-desk"),
    *("hooks", "help"),
)
HOSTILE = '<script>document.title="broken"</script><img src=x onerror=alert(1)> {{7*7}} =HYPERLINK("x") \u202e]]>'


@pytest.fixture
def desk(chromium: Browser, sqlite: Database, desk_url: str) -> Iterator[DeskBrowser]:
    seeded = Tickets(sqlite)
    seeded.all_kinds()
    seeded.open("T-WAGE", "wechat", phone="13800000000")
    seeded.alert(OWN, "red", "某某建设 多人讨薪")
    seeded.alert(OWN, "yellow", "某某电子厂 拖欠工资")
    seeded.export(OWN)
    _filled(sqlite, seeded)
    made = DeskBrowser(chromium, desk_url, sqlite, seeded, [])
    yield made
    assert made.errors == []


def _filled(database: Database, seeded: Tickets) -> None:
    """What the pages of the house show on an ordinary day; whoever is named here does not exist."""
    with database.transaction() as session:
        number = operators.create(
            session, login="zhang", name="张接线", password="a long calm sentence", role="operator", desk_ids=(OWN,)
        )
        shifts = [
            Shift(OWN, "08:30", "17:30", number, None, (1, 2, 3, 4, 5)),
            Shift(OWN, "17:30", "08:30", 1, number, (1, 2)),
        ]
        rota.replace(session, OWN, shifts, by="system")
        rota.set_phone(session, number, "sms", "13800000000", by="system")
        session.add(
            HookRow(id=1, url="https://made-up.example/in", secret="-", kinds=["closed"], created_at=clock.now())
        )
        session.get_one(InboxRow, 1).state = "buried"
        session.get_one(OutboxRow, 1).state = "undeliverable"


def _settled(page: Page, name: str) -> None:
    """As an operator sees it: connected, with what comes after the page."""
    if page.locator("#live").count():
        expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=WAIT)
    if name == "ticket":
        expect(page.locator("details.answer").first).to_be_visible(timeout=WAIT)
        page.locator("details.answer summary").first.click()
    if name == "call":
        page.get_by_label("电话").fill("13800000000")
        page.get_by_label("在哪上班").fill("昆山")
        page.get_by_label("什么事").fill("厂里三个月没发工资，老板说没钱")
        expect(page.locator("#found")).to_contain_text("同一个人", timeout=WAIT)


@pytest.mark.parametrize("group", PAGES)
def test_every_page_is_in_order(group: str, desk: DeskBrowser, logged_in: Callable[..., Operator]) -> None:
    """Each page is loaded once and looked at in three widths."""
    role, pages = PAGES[group]
    operator = logged_in(role, desk_ids=(desks.ROOT,) if role == "lead" else ())
    wrong = {}
    with desk.page(operator.cookie, SIZES["wide"]) as page:
        for name, path in pages.items():
            page.set_viewport_size(_size("wide"))
            opened = page.goto(path)
            assert opened is not None and opened.ok, path
            _settled(page, name)
            for size in SIZES:
                page.set_viewport_size(_size(size))
                if os.environ.get("GONGYOU_SCREENSHOTS") and name in PICTURED:
                    _take(page, f"desk-{name}-{size}.png")
                found = page_checks.problems(page, with_axe=size == "wide")
                if found:
                    wrong[name, size] = found

    assert wrong == {}


def _size(name: str) -> ViewportSize:
    width, height = SIZES[name]
    return {"width": width, "height": height}


def _take(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / name)


def test_the_pictures_in_the_docs_are_small() -> None:
    taken = list(PICTURES.glob("desk-*.png"))

    assert len(taken) == len(PICTURED) * len(SIZES)
    assert [path.name for path in taken if path.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize("path", ["/desk/login", "/desk/first", "/desk/second-factor"])
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
