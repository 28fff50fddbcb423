"""A year's holidays as a form: a line a day or a run of days, and back to a text that loads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hotline.console.errors import Refused
from hotline.console.visit import Form
from knowledge.errors import DataError
from knowledge.strict import parse_yaml

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:到|至|~|～|—)\s*(\d{4}-\d{2}-\d{2}))?\s*(\S.*)?")
LONGEST_RUN = 31
NAMED = {"statutory": "法定节假日（有三倍工资的那几天）", "days_off": "放假（连着的周末也写进来）"}
DAYS = "workdays"
FIELDS = {**NAMED, DAYS: "补班的周末"}


def fields_of(body: str, year: str) -> dict[str, str]:
    """What stands in the form: the text in force, or an empty year."""
    try:
        held = parse_yaml(body, "放假安排") if body.strip() else {}
    except DataError as wrong:
        raise Refused(str(wrong)) from wrong
    shown = {name: "\n".join(_runs(held.get(name) or {})) for name in NAMED}
    days = "\n".join(str(day) for day in held.get(DAYS) or ())
    return {"year": year, "source": str(held.get("source", "")), **shown, DAYS: days}


def _runs(held: Mapping[date, str]) -> list[str]:
    """Days that follow each other under one name make one line."""
    runs: list[tuple[date, date, str]] = []
    for day, name in sorted(held.items()):
        if runs and runs[-1][1] + timedelta(days=1) == day and runs[-1][2] == name:
            runs[-1] = (runs[-1][0], day, name)
        else:
            runs.append((day, day, name))
    return [f"{first} {name}" if first == last else f"{first} 到 {last} {name}" for first, last, name in runs]


def body_of(form: Form, year: str) -> str:
    """The year's text from the form."""
    source = "".join(form.needed("source", "写明照哪份通知，要有文号", 200).splitlines())
    lines = [f"year: {year}", f"source: {_quoted(source)}"]
    for name in NAMED:
        days = _days(form.text(name, 4000), needs_name=True)
        lines.append(f"{name}:" if days else f"{name}: {{}}")
        lines += [f"  {day}: {_quoted(words)}" for day, words in sorted(days.items())]
    days = _days(form.text(DAYS, 2000), needs_name=False)
    lines.append(f"{DAYS}:" if days else f"{DAYS}: []")
    lines += [f"  - {day}" for day in sorted(days)]
    return "\n".join(lines) + "\n"


def _days(written: str, *, needs_name: bool) -> dict[date, str]:
    found: dict[date, str] = {}
    for line in filter(None, map(str.strip, written.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None or bool(match[3]) != needs_name:
            said = "2027-02-05 到 2027-02-13 春节" if needs_name else "2027-02-14"
            raise Refused(f"“{line[:40]}”这一行读不出来，写成 {said} 这样")
        first, last = _day(match[1]), _day(match[2] or match[1])
        if not 0 <= (last - first).days < LONGEST_RUN:
            raise Refused(f"“{line[:40]}”这一行的两个日子不对")
        for ahead in range((last - first).days + 1):
            found[first + timedelta(days=ahead)] = match[3] or ""
    return found


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as wrong:
        raise Refused(f"没有 {written} 这一天") from wrong


def _quoted(words: Any) -> str:
    """As YAML takes any words."""
    return "'" + str(words).replace("'", "''") + "'"
