"""The migrated schema is the one that the code declares, on both engines, and there is one head."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import hotline.migrations.every_table  # noqa: F401
from hotline.migrations import run
from kit.db import Base, Database


def test_migrations_make_the_schema_of_the_code(database: Database) -> None:
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_there_is_one_head(database: Database) -> None:
    assert run.present(database) == run.newest()
