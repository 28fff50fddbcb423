"""Tests the promises in full and writes docs/PROMISES.md: promise, test, measured result, date, commit.

`make promises` runs all of them; `scripts/promises.py P3 P5` only those, and keeps the other rows. `--short` takes the
few rounds of every test run (each row says how many there were). `--check` says what is wrong with the page: a promise
without a row, a test that failed, a page older than thirty days.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "promises"
PAGE = ROOT / "docs" / "PROMISES.md"
OLDEST = timedelta(days=30)
# A browser's event loop breaks other tests that run one, so the groups are processes of their own.
GROUPS = ("not rasa and not browser", "rasa and not browser", "browser")
NOTHING_SELECTED = 5
HEAD = """# Promises

Written by `make promises` from what its tests measured; every run of the tests holds a short form of them.
`make promises-bite` breaks each one on purpose and expects its test to notice ([how](tasks/add-a-promise.md)).

| promise | says | test | measured | held | date | commit |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    promise: str
    says: str
    test: str
    measured: str
    held: str
    day: str
    commit: str

    def __str__(self) -> str:
        cells = (self.promise, self.says, self.test, self.measured, self.held, self.day, self.commit)
        return f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"


def promises() -> dict[str, dict[str, object]]:
    known: dict[str, dict[str, object]] = yaml.safe_load((FOLDER / "promises.yml").read_text(encoding="utf-8"))
    return known


def files_of(promise: str) -> list[str]:
    own = sorted(FOLDER.glob(f"test_p{int(promise[1:]):02d}_*.py"))
    also = promises()[promise].get("also", [])
    assert isinstance(also, list)
    return [*(path.relative_to(ROOT).as_posix() for path in own), *map(str, also)]


def rows_on_the_page() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    if PAGE.exists():
        for line in PAGE.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if re.fullmatch(r"P\d+", cells[0].strip()) and len(cells) == 7:
                found.setdefault(cells[0], []).append(Row(*cells))
    return found


def run(chosen: list[str], *, is_full: bool) -> dict[str, list[Row]]:
    """The chosen promises' rows, measured now: one a test function."""
    files = sorted({name for promise in chosen for name in files_of(promise)})
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        environment = {**os.environ, "GONGYOU_PROMISE_RESULTS": str(results)}
        environment["GONGYOU_PROMISES"] = "full" if is_full else ""
        for group in GROUPS if files else ():
            command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-m", group, *files]
            done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
            if done.returncode not in (0, 1, NOTHING_SELECTED):
                raise SystemExit(f"pytest ended with {done.returncode}")
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    entries = [json.loads(line) for line in lines]
    return {promise: _rows(promise, entries) for promise in chosen}


def _rows(promise: str, entries: list[dict[str, object]]) -> list[Row]:
    says, mine = str(promises()[promise]["says"]), files_of(promise)
    today, commit = date.today().isoformat(), _commit()  # noqa: DTZ011
    by_test: dict[str, list[dict[str, object]]] = {}
    for entry in entries:
        name = str(entry["test"]).partition("[")[0]
        if name.partition("::")[0] in mine:
            by_test.setdefault(name, []).append(entry)
    made = []
    for name, runs in by_test.items():
        outcomes = {str(entry["outcome"]) for entry in runs}
        held = "no" if "failed" in outcomes else "skipped" if outcomes == {"skipped"} else "yes"
        said = dict.fromkeys(str(words) for entry in runs for words in entry["measured"])  # type: ignore[attr-defined]
        shown = name.removeprefix("tests/promises/").replace("::", " ")
        passed = sum(entry["outcome"] == "passed" for entry in runs)
        made.append(Row(promise, says, shown, "; ".join(said) or f"{passed} cases passed", held, today, commit))
    return made


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def write(rows: dict[str, list[Row]]) -> None:
    lines = [str(row) for promise in promises() for row in rows.get(promise, [])]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def complaints() -> list[str]:
    rows = rows_on_the_page()
    oldest = date.today() - OLDEST  # noqa: DTZ011
    found = []
    for promise in promises():
        mine = rows.get(promise, [])
        if not any(row.held == "yes" for row in mine):
            found.append(f"{promise} has no row with a passed test: make promises")
        found += [f"{promise}: {row.test} did not hold" for row in mine if row.held == "no"]
        found += [
            f"{promise}: measured on {row.day}, too long ago" for row in mine if date.fromisoformat(row.day) < oldest
        ]
        found += [f"{promise} has no test" for _ in [0] if not files_of(promise)]
    return found


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        found = complaints()
        print("\n".join(found) or "docs/PROMISES.md is complete and fresh")
        return bool(found)
    chosen = [name for name in sys.argv[1:] if name != "--short"] or list(promises())
    rows = {**rows_on_the_page(), **run(chosen, is_full="--short" not in sys.argv)}
    write(rows)
    return any(row.held == "no" for promise in chosen for row in rows[promise])


if __name__ == "__main__":
    sys.exit(main())
