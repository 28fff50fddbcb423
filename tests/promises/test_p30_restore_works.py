"""P30 (and the backups of P28): a backup made while the house is running comes back on a new machine, on both engines;
who was deleted after it stays deleted, and nothing of him can be read in the older backup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from hotline import audit, people
from hotline.backups import archive
from hotline.people import keys
from kit import settings
from kit.db import Base, Database
from kit.settings import make_private
from tests.support.postgres import fresh_database
from tests.support.restoring import gongyou
from tests.support.whole_person import CANARY, left_in_files, left_in_tables, seed

GROWN = ("audit_record", "erasure_applied")  # deletions of other tests are in the same ledger


@dataclass
class House:
    database: Database
    backups: Path
    keys: Path

    def back_up(self) -> Path:
        return archive.make(self.database, self.backups, self.keys, settings.settings().data)


@dataclass
class Elsewhere:
    """Another machine: an empty folder, an empty database."""

    data: Path
    url: str

    def database(self) -> Database:
        return Database(self.url or f"sqlite:///{self.data / 'gongyou.db'}")

    def restore(self, house: House, *more: str) -> str:
        done = gongyou(
            self.data,
            "restore",
            str(house.backups),
            "--keys",
            str(house.keys),
            "--verify",
            *more,
            database_url=self.url,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    settings.secret("hash")
    return House(database, tmp_path / "backups", tmp_path / "elsewhere" / "gongyou.keys")


@pytest.fixture
def elsewhere(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    if database.is_sqlite:
        yield Elsewhere(tmp_path / "new machine", "")
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield Elsewhere(tmp_path / "new machine", url)


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        count = select(func.count())
        return {name: session.scalar(count.select_from(table)) or 0 for name, table in Base.metadata.tables.items()}


def test_everything_comes_back_on_a_new_machine(
    house: House, elsewhere: Elsewhere, record_property: Callable[[str, object], None]
) -> None:
    seed(house.database)
    with house.database.transaction() as session:
        audit.record(session, "operator:1", "ticket.noted", "ticket:1")
    seen = sorted(left_in_tables(house.database))
    before = {name: count for name, count in counts(house.database).items() if name not in GROWN}

    kept = settings.settings().data / "evidence" / "ab" / "abfile"
    make_private(kept.parent)
    kept.write_text("s1.sealed", encoding="ascii")
    house.back_up()
    said = elsewhere.restore(house)

    record_property("measured", f"{sum(before.values())} rows of {len(before)} tables back, audit verified")
    after = elsewhere.database()
    assert "verified" in said
    assert (elsewhere.data / "evidence" / "ab" / "abfile").read_text(encoding="ascii") == "s1.sealed"
    assert {name: count for name, count in counts(after).items() if name not in GROWN} == before
    assert sorted(left_in_tables(after)) == seen
    if not after.is_sqlite:  # new rows go on after the old ones
        with after.transaction() as session:
            assert people.new_person(session) > 1
    after.close()


def test_a_backup_is_closed_and_its_keys_are_elsewhere(house: House, tmp_path: Path) -> None:
    seed(house.database)
    made = house.back_up()

    raw = made.read_bytes()
    assert CANARY.encode() not in raw
    assert all(one["wrapped"].encode() not in raw for one in keys.store().wrapped())
    assert made.stat().st_mode & 0o077 == house.keys.stat().st_mode & 0o077 == 0
    assert left_in_files(house.backups) == []


def test_who_is_deleted_after_the_backup_stays_deleted(house: House, elsewhere: Elsewhere) -> None:
    person = seed(house.database)
    house.back_up()
    with house.database.transaction() as session:
        people.erase(session, person.id)
    archive.write_keys(house.keys, settings.secrets_file(settings.settings()))

    said = elsewhere.restore(house)

    after = elsewhere.database()
    assert "deletions replayed, 0 rows" not in said
    assert left_in_tables(after) == []
    after.close()


def test_the_ledger_alone_is_enough_when_the_file_of_keys_is_older(house: House, elsewhere: Elsewhere) -> None:
    person = seed(house.database)
    house.back_up()
    with house.database.transaction() as session:
        people.erase(session, person.id)

    elsewhere.restore(house, "--ledger", str(settings.settings().data / "keys" / "erasures.jsonl"))

    after = elsewhere.database()
    assert left_in_tables(after) == []
    with after.reading() as session:
        assert session.execute(text("SELECT count(*) FROM person WHERE key_id IS NOT NULL")).scalar() == 0
    after.close()


def test_nothing_of_a_deleted_person_opens_in_the_older_backup(house: House) -> None:
    """By hand, with every key that is left: the whole stream, row by row."""
    person = seed(house.database)
    made = house.back_up()
    with house.database.transaction() as session:
        people.erase(session, person.id)

    from hotline.backups import rows, stream

    opened, closed = [], 0
    with made.open("rb") as file:
        header = file.readline()
        key = keys.store().find(f"backup.{json.loads(header)['id']}")
        assert key is not None
        for line in stream.lines(file, key, header):
            said = json.loads(line)
            if "table" in said:
                table = Base.metadata.tables[said["table"]]
            elif "r" in said or "k" in said:
                row = rows._opened(said, table)
                closed += row is None
                opened.append(str(row))
    assert closed >= len(people.register().tables) - 3
    assert not [row for row in opened if CANARY in row]


@pytest.mark.parametrize("damage", ["cut", "flip", "swap"])
def test_a_damaged_backup_is_refused_whole(house: House, tmp_path: Path, damage: str) -> None:
    seed(house.database)
    made = house.back_up()
    raw = bytearray(made.read_bytes())
    if damage == "cut":
        raw = raw[:-40]
    elif damage == "flip":
        raw[len(raw) // 2] ^= 1
    else:
        raw[-60:-30], raw[-30:] = raw[-30:], raw[-60:-30]
    made.write_bytes(raw)

    target = tmp_path / "target"
    done = gongyou(target, "restore", str(house.backups), "--keys", str(house.keys))
    assert done.returncode != 0
    assert "take another" in done.stderr


def test_data_that_are_there_are_not_overwritten(house: House, tmp_path: Path) -> None:
    house.back_up()
    target = tmp_path / "target"
    assert gongyou(target, "restore", str(house.backups), "--keys", str(house.keys)).returncode == 0

    again = gongyou(target, "restore", str(house.backups), "--keys", str(house.keys))

    assert again.returncode != 0
    assert "has tables already" in again.stderr
