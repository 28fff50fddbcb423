"""Moves a database to the newest schema; each migration is one transaction on both engines."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kit.db import Database

HERE = Path(__file__).parent


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return made


def upgrade(database: Database, revision: str = "head") -> None:
    with database.writer.connect() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.upgrade(made, revision)
        connection.commit()


def downgrade(database: Database, revision: str) -> None:
    with database.writer.connect() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.downgrade(made, revision)
        connection.commit()


def present(database: Database) -> str | None:
    """The revision that a database has now."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The one head; two heads are an error of ours and raise here."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise RuntimeError("hotline/migrations/versions holds no migration")
    return head
