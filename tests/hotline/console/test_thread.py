"""The thread of a ticket as the operator reads it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine

from hotline.tickets import desks, escalation
from kit import clock
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets


def test_every_reminder_says_of_what_and_to_whom(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    with time_machine.travel(datetime(2026, 11, 9, 1, tzinfo=clock.now().tzinfo), tick=False):  # a Monday morning
        made = seeded.open(desk=OWN)
    for hours in range(1, 30):
        with time_machine.travel(datetime(2026, 11, 9, 1, tzinfo=clock.now().tzinfo) + timedelta(hours=hours)):
            escalation.run(sqlite)
    page = logged_in("lead", desk_ids=(desks.ROOT,)).get(f"/desk/tickets/{made.ticket.id}")

    shown = " ".join(page.split())
    assert "提醒</span>：首次处理，提醒组长" in shown
    assert "first_act" not in page
