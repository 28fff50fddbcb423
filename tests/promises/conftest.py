"""Writes what each test of a promise measured, for docs/PROMISES.md (scripts/promises.py reads it).

A test says what it measured with pytest's own `record_property("measured", "200 kills, 0 lost")`.
"""

import json
import os
from pathlib import Path

import pytest

from tests.support.desk_fixtures import application, browser, configured, desk_url, fast_passwords, knowledge, logged_in

__all__ = ["application", "browser", "configured", "desk_url", "fast_passwords", "knowledge", "logged_in"]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    results = os.environ.get("GONGYOU_PROMISE_RESULTS")
    is_the_end = report.when == "call" or (report.when == "setup" and report.outcome != "passed")
    if not results or not is_the_end:
        return
    measured = [str(value) for name, value in report.user_properties if name == "measured"]
    line = {"test": report.nodeid, "outcome": report.outcome, "measured": measured}
    with Path(results).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
