"""Alembic's entry: runs on the connection that `kit.db.Database` gives it, so that every pragma holds here too."""

from __future__ import annotations

from alembic import context

import hotline.migrations.every_table  # noqa: F401
from kit.db import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
