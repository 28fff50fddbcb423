"""P3: when the disk is full, the database locked or away, the platform hears 503, repeats, and nothing is lost."""

import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError

from bot.mailbox.tables import InboxRow
from hotline.migrations import run
from kit.db import Database
from tests.support.asgi import Caller
from tests.support.postgres import Postgres, PostgresMissing
from tests.support.promise import Record, count
from tests.support.stack import wait_for
from tests.support.workers import door

MESSAGES = count(40, 400)
WORDS = "老板三个月没发工资" * 40


class Platform:
    """Sends each message once; remembers what was acknowledged and what was refused."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.acknowledged: set[str] = set()
        self.refused: set[str] = set()
        self.others: set[int] = set()

    def send(self, number: int) -> None:
        status = self._caller.post("/hooks/telegram/secret", content=f"{number} w{number % 9} {WORDS}".encode())
        {200: self.acknowledged, 503: self.refused}.get(status.status_code, self.others).add(str(number))  # type: ignore[arg-type]

    def send_all(self, numbers: range) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.send, numbers))

    def repeat(self) -> None:
        """What a platform does with whatever was not answered by 200."""
        again, self.refused = self.refused, set()
        for number in sorted(again, key=int):
            self.send(int(number))


def stored(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(InboxRow.external_id)))


def check(platform: Platform, database: Database, total: int) -> str:
    """Something was refused, nothing acknowledged is missing; and after the repeats nothing at all is."""
    assert platform.others == set()
    assert platform.refused
    assert platform.acknowledged <= stored(database)
    words = f"{len(platform.acknowledged)} acknowledged, {len(platform.refused)} refused"
    platform.repeat()
    assert platform.refused == set()
    assert stored(database) == {str(number) for number in range(total)}
    return f"{words}, 0 lost"


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A tmpfs of sixteen megabytes, where root may mount one."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True)
        if mounted.returncode:
            pytest.skip("needs the right to mount a small tmpfs")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def test_the_disk_is_full(small_disk: Path, migrated_sqlite: Path, record_property: Record) -> None:
    path = small_disk / "gongyou.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    ballast = small_disk / "ballast"
    free = 16 * 1024 * 1024 - path.stat().st_size
    ballast.write_bytes(b"x" * (free - 400_000))
    database = Database(f"sqlite:///{path}")
    platform = Platform(door(database))
    platform.send_all(range(MESSAGES * 6))
    assert platform.acknowledged <= stored(database)
    assert platform.refused
    ballast.unlink()  # the administrator makes room
    record_property("measured", f"disk full: {check(platform, database, MESSAGES * 6)}")
    database.close()


def test_the_database_may_not_grow(sqlite: Database, record_property: Record) -> None:
    limit = [0]

    @event.listens_for(sqlite.writer, "connect")
    def _bound(connection: sqlite3.Connection, _record: object) -> None:
        if limit[0]:
            connection.execute(f"PRAGMA max_page_count={limit[0]}")

    with sqlite.writer.connect() as connection:
        limit[0] = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) + 30
    sqlite.writer.dispose()
    platform = Platform(door(sqlite))
    platform.send_all(range(MESSAGES * 3))
    limit[0] = 1_000_000
    sqlite.writer.dispose()
    record_property("measured", f"max_page_count: {check(platform, sqlite, MESSAGES * 3)}")


def test_the_database_is_locked_for_longer_than_the_platform_waits(
    sqlite: Database, tmp_path: Path, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.receive.STORE_WITHIN", 3.0)  # as shipped
    locker = sqlite3.connect(tmp_path / "test.db", check_same_thread=False, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    platform = Platform(door(sqlite))
    platform.send_all(range(8))
    assert platform.acknowledged == set()
    locker.execute("COMMIT")
    locker.close()
    record_property("measured", f"locked: {check(platform, sqlite, 8)}")


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_postgresql_stops_and_comes_back(record_property: Record) -> None:
    """A server of this test's own, because stopping the shared one would fail the others."""
    with tempfile.TemporaryDirectory(prefix="gongyou-p3-", ignore_cleanup_errors=True) as folder:
        try:
            server = Postgres(Path(folder))
        except PostgresMissing as missing:
            pytest.skip(f"needs package postgresql: {missing}")
        with server:
            database = Database(server.url)
            run.upgrade(database)
            platform = Platform(door(database))
            sending = threading.Thread(target=platform.send_all, args=(range(MESSAGES * 2),))
            sending.start()
            wait_for(lambda: bool(platform.acknowledged), 60, "it works at first")
            server.stop("immediate")
            sending.join(120)
            platform.send_all(range(MESSAGES * 2, MESSAGES * 2 + 8))
            time.sleep(count(0, 50))
            server.start()
            wait_for(lambda: _answers(database), 60, "PostgreSQL is back")
            record_property("measured", f"PostgreSQL stopped: {check(platform, database, MESSAGES * 2 + 8)}")
            database.close()


def _answers(database: Database) -> bool:
    try:
        stored(database)
    except SQLAlchemyError:
        return False
    return True
