"""P2: an acknowledged message survives a power cut with the PRAGMAs of kit.db; with synchronous=NORMAL it does not."""

import random
import sqlite3
from pathlib import Path

import apsw
import pytest

from kit.db import SQLITE_PRAGMAS
from tests.support.power import PowerlessDisk
from tests.support.promise import Record, count

CUTS = count(20, 200)
STORE = (
    "INSERT INTO inbox (channel, account, external_id, conversation_id, body, body_hash, received_at, run_at, state, "
    "attempts, crashes, fence, error) VALUES ('telegram', '', ?, 'c', ?, '', '', '', 'new', 0, 0, 0, '')"
)


@pytest.fixture(scope="module")
def schema(migrated_sqlite: Path) -> list[str]:
    """Our own table and its indexes, as the migrations make them."""
    with sqlite3.connect(migrated_sqlite) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'inbox' AND sql IS NOT NULL")
        found = [row[0] for row in rows]
    connection.close()
    return found


def one_cut(folder: Path, schema: list[str], synchronous: str, seed: int) -> tuple[int, int, str]:
    """Store until the plug is pulled; returns how many were acknowledged, how many are lost, and SQLite's check."""
    chance = random.Random(seed)
    path = folder / f"{synchronous}-{seed}.db"
    disk = PowerlessDisk(f"{synchronous}-{seed}")
    connection = apsw.Connection(str(path), vfs=f"{synchronous}-{seed}")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # no shared memory on this disk
    for name, value in {**SQLITE_PRAGMAS, "synchronous": synchronous, "foreign_keys": "OFF"}.items():
        connection.execute(f"PRAGMA {name}={value}")
    connection.execute("PRAGMA wal_autocheckpoint=20")
    for statement in schema:
        connection.execute(statement)
    acknowledged = []
    for number in range(chance.randint(5, 60)):
        connection.execute("BEGIN IMMEDIATE")
        for each in range(chance.randint(1, 4)):  # a group commit
            connection.execute(STORE, (f"{number}-{each}", "x" * chance.randint(50, 2000)))
            acknowledged.append(f"{number}-{each}")
        connection.execute("COMMIT")
    left = disk.cut(chance)
    connection.close()
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-journal")):
        file.unlink(missing_ok=True)
        if file in left:
            file.write_bytes(left[file])
    return (len(acknowledged), *_after(path, acknowledged))


def _after(path: Path, acknowledged: list[str]) -> tuple[int, str]:
    connection = sqlite3.connect(path)
    try:
        check = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
        stored = {row[0] for row in connection.execute("SELECT external_id FROM inbox")}
    except sqlite3.DatabaseError as error:
        check, stored = str(error), set()
    finally:
        connection.close()
    return len(set(acknowledged) - stored), check


def test_with_our_pragmas_nothing_is_lost_and_nothing_is_corrupt(
    tmp_path: Path, schema: list[str], record_property: Record
) -> None:
    results = [one_cut(tmp_path, schema, SQLITE_PRAGMAS["synchronous"], seed) for seed in range(CUTS)]

    assert sum(acknowledged for acknowledged, _, _ in results) > CUTS * 10
    assert [lost for _, lost, _ in results if lost] == []
    assert {check for _, _, check in results} == {"ok"}
    record_property("measured", f"{CUTS} cuts, {sum(a for a, _, _ in results)} acknowledged, 0 lost, 0 corrupt")


def test_the_test_bites(tmp_path: Path, schema: list[str], record_property: Record) -> None:
    results = [one_cut(tmp_path, schema, "NORMAL", seed) for seed in range(CUTS)]

    assert sum(lost > 0 for _, lost, _ in results) > CUTS / 4
    record_property("measured", f"synchronous=NORMAL loses in {sum(lost > 0 for _, lost, _ in results)} of {CUTS} cuts")
