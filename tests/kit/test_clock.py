"""Days are days in China whatever the machine's zone is (DESIGN decision 11)."""

import os
import subprocess
import sys

import pytest
import time_machine

from kit import clock


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_today_is_the_date_in_shanghai(zone: str) -> None:
    script = (
        "import time_machine, datetime as d\n"
        "from kit import clock\n"
        "with time_machine.travel(d.datetime(2026, 11, 21, 16, 30, tzinfo=d.timezone.utc), tick=False):\n"
        "    print(clock.today(), clock.now().tzinfo)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["2026-11-22", "UTC"]


def test_local_shows_the_clock_in_china() -> None:
    with time_machine.travel("2026-11-21T16:30:00Z", tick=False):
        assert clock.local(clock.now()).hour == 0
