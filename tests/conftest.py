"""Fixtures that every test may use."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

# Secrets and keys of the tests live in a folder of their own, never in this clone's var/.
_data = tempfile.TemporaryDirectory(prefix="gongyou-tests-", ignore_cleanup_errors=True)
os.environ.setdefault("GONGYOU_DATA", _data.name)

from bot.gateway import receive  # noqa: E402
from hotline.migrations import run  # noqa: E402
from kit.db import Database  # noqa: E402
from tests.support.chromium import chromium, playwright  # noqa: E402, F401


@pytest.fixture(scope="session", autouse=True)
def patient_doors() -> None:
    """A machine that is slow for three seconds is no failure of ours; what tests that bound sets its own."""
    receive.STORE_WITHIN = 60.0


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    database = Database(f"sqlite:///{path}")
    run.upgrade(database)
    with database.writer.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "test.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    from tests.support.postgres import Postgres, PostgresMissing

    given = os.environ.get("GONGYOU_TEST_POSTGRES")
    if given:
        yield given
        return
    # Not in pytest's own folder: another session on this machine tidies that one up while we use it.
    with tempfile.TemporaryDirectory(prefix="gongyou-postgres-", ignore_cleanup_errors=True) as folder:
        try:
            server = Postgres(Path(folder))
        except PostgresMissing as missing:
            pytest.skip(f"needs package postgresql: {missing}")
        with server:
            yield server.url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """The name of a migrated empty database, made once and copied for each test."""
    from tests.support.postgres import fresh_database

    with fresh_database(postgres_url) as url:
        database = Database(url)
        run.upgrade(database)
        database.close()
        yield url.rpartition("/")[2]


@pytest.fixture
def postgres(postgres_url: str, migrated_postgres: str) -> Iterator[Database]:
    from tests.support.postgres import fresh_database

    with fresh_database(postgres_url, copy_of=migrated_postgres) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both engines (promise P13)."""
    made: Database = request.getfixturevalue(request.param)
    return made


def _shared(setting: str, folder: str) -> Path:
    """A folder of real texts that are not part of the project; the test is skipped where there is none."""
    path = Path(os.environ.get(setting, ROOT.parent / "shared" / folder))
    if not path.is_dir():
        pytest.skip(f"no folder of real texts: set {setting}")
    return path


@pytest.fixture
def laws_folder() -> Path:
    return _shared("GONGYOU_TEST_LAWS", "laws")


@pytest.fixture
def documents_folder() -> Path:
    return _shared("GONGYOU_TEST_DOCUMENTS", "source_documents")
