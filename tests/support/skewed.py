"""Runs `python -m commands` on a machine whose clock is wrong: `python -m tests.support.skewed SECONDS serve ...`."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    astray = timedelta(seconds=int(sys.argv.pop(1)))
    with time_machine.travel(datetime.now(UTC) + astray, tick=True):
        runpy.run_module("commands", run_name="__main__", alter_sys=True)
