"""P13: P1 and P3 to P10 are tested on SQLite and on PostgreSQL alike; two claims never meet on one row on either."""

import ast
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.mailbox import inbox
from kit import clock
from kit.db import Database
from tests.support.promise import Record, count
from tests.support.workers import door

FOLDER = Path(__file__).parent
ON_BOTH = (1, 3, 4, 5, 6, 7, 8, 9, 10)
MESSAGES = count(60, 600)


@pytest.mark.parametrize("number", ON_BOTH)
def test_the_promise_has_tests_on_both(number: int) -> None:
    (path,) = FOLDER.glob(f"test_p{number:02d}_*.py")
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    tests = [node for node in functions if node.name.startswith("test_")]
    asked = {argument.arg for node in tests for argument in node.args.args}
    words = path.read_text(encoding="utf-8")
    assert "database" in asked or ("postgres" in words and {"sqlite", "engine"} & asked)


def test_no_row_is_claimed_twice_and_none_is_left(database: Database, record_property: Record) -> None:
    caller = door(database)
    for number in range(MESSAGES):
        caller.post("/hooks/telegram/secret", content=f"{number} worker-{number} hello".encode())
    taken: list[int] = []
    lock = threading.Lock()

    def claim_all(_: int) -> None:
        while True:
            with database.transaction() as session:
                found = inbox.claim(session, now=clock.now(), lease=600, limit=3)
            if not found:
                return
            with lock:
                taken.extend(row.inbox_id for row in found)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(claim_all, range(4)))
    claim_all(0)
    assert len(taken) == len(set(taken)) == MESSAGES
    engine = "SQLite" if database.is_sqlite else "PostgreSQL"
    record_property("measured", f"{engine}: {MESSAGES} rows claimed by 4, none twice")
