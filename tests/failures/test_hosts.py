"""Several hosts, and what breaks between them: nothing acknowledged is lost, nothing is answered twice."""

import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.mailbox.tables import InboxRow
from hotline.health import snapshot
from hotline.policy.current import counter
from hotline.policy.records import import_files, publish, save_draft
from kit import clock
from kit.db import Database
from kit.duties import DutyRow
from knowledge.loader import DATA
from tests.failures.conftest import Talk, Town, until_alive
from tests.support.hosts import App, running
from tests.support.promise import count
from tests.support.stack import wait_for

pytestmark = [pytest.mark.hosts, pytest.mark.postgres, pytest.mark.slow]

AWAY = count(3, 60)  # seconds
REACHES = 30.0  # seconds; five are promised
SAID = 90.0
DAYS = "params/annual_leave/days_from_10_years.yml"


def holders(town: Town) -> set[str]:
    database = Database(town.url)
    try:
        with database.reading() as session:
            return set(session.scalars(select(DutyRow.holder)))
    finally:
        database.close()


def test_a_conversation_goes_on_across_hosts(town: Town) -> None:
    one, two = town.apps
    talk = Talk(one)
    for number in range(6):
        talk.send_until_taken()
        talk.move(two if number % 2 == 0 else one)
    talk.check()


def test_the_database_goes_away(town: Town) -> None:
    """Platforms and pages are told to come again, and the page says so in plain words."""
    talk = Talk(town.apps[0])
    talk.send_until_taken()
    with town.postgres.away():
        ends = time.monotonic() + AWAY
        while time.monotonic() < ends:
            assert not talk.send()
            time.sleep(0.5)
    for _ in range(3):
        talk.send_until_taken()
    talk.check()

    said = [words for words in talk.refusals if "message" in words]
    assert said
    assert all("请" in words for words in said)


def test_a_host_is_cut_off_from_the_database(town: Town) -> None:
    """Packets vanish between one gateway and the database: it refuses within seconds, the other host goes on."""
    one, two = town.apps
    away, here = Talk(one), Talk(two)
    for talk in (away, here):
        talk.send_until_taken()
    # Only the way to the database is cut: workers still reach the host.
    with town.network.hosts[0].blocked(one.host):
        wait_for(lambda: not away.send(), 120, "the cut-off host refuses")
        began = time.monotonic()
        assert not away.send()
        assert time.monotonic() - began < 60
        here.send_until_taken()
        here.check()
    away.send_until_taken()
    away.check()


def test_a_change_of_the_policy_base_reaches_every_host(town: Town) -> None:
    """A figure is published in the database; both hosts work with it, and both say so on the administrators' page."""
    database = Database(town.url)
    with database.transaction() as session:
        import_files(session, DATA)
    before = (DATA / DAYS).read_text(encoding="utf-8")
    try:
        for days in (11, 10):
            with database.transaction() as session:
                draft = save_draft(session, DAYS, before.replace("value: 10", f"value: {days}"), "甲")
                publish(session, draft, "乙")
            began = time.monotonic()
            for app in town.apps:
                wait_for(lambda app=app, days=days: leave_at(app) == days, REACHES, f"{app.url} counts {days} days")
            print(f"worked with everywhere after {time.monotonic() - began:.1f} s")
            with database.reading() as session:
                last = counter(session).last
            wait_for(lambda last=last: served(database) == {last}, SAID, lambda: f"both say it: {served(database)}")
            print(f"said everywhere after {time.monotonic() - began:.1f} s")
    finally:
        database.close()


def leave_at(app: App) -> float:
    asked = {"join_date": "2026-01-01", "total_work_years": 12, "continuous_12_months": True}
    answer = httpx.post(f"{app.url}/api/calculators/annual_leave_entitlement", json=asked, timeout=30, trust_env=False)
    return float(answer.json()["result"]["entitled_days"])


def served(database: Database) -> set[int | None]:
    """What the living say; whoever was killed in another test falls silent after a while."""
    with database.reading() as session:
        known = snapshot.take(session, clock.now()).processes
    return {one.about["policy_version"] for one in known if not one.is_silent}


def test_a_host_is_gone(town: Town) -> None:
    """Power off, while it holds messages and perhaps the duties: the other one takes both over."""
    one, two = town.apps
    talk = Talk(one)
    for _ in range(3):
        talk.send_until_taken()
    with one.host.cut(), one.dead():  # the cable first, so that nobody hears of its end
        talk.move(two)
        talk.check()
        wait_for(lambda: len(holders(town)) == 1, 180, lambda: f"one host has all duties: {holders(town)}")
    until_alive(one)


def test_a_host_whose_clock_is_ten_minutes_ahead(town: Town) -> None:
    """It neither takes others' messages from them nor makes its own wait."""
    fast = town.app(13, skewed=600)
    with running(fast):
        until_alive(fast)
        through_it, beside_it = Talk(fast), Talk(town.apps[0])
        for _ in range(4):
            through_it.send_until_taken()
            beside_it.send_until_taken()
        through_it.check()
        beside_it.check()
    database = Database(town.url)
    with database.reading() as session:
        latest = session.scalars(select(InboxRow).order_by(InboxRow.id.desc()).limit(8)).all()
        times = [row.received_at for row in latest]
    database.close()

    assert max(times) - min(times) < timedelta(minutes=5)
    assert [row.crashes for row in latest] == [0] * 8
