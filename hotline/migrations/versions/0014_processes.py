"""The processes that run, on whichever host."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_seen",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("roles", sa.String(60), nullable=False),
        sa.Column("started_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_process_seen_seen_at", "process_seen", ["seen_at"])


def downgrade() -> None:
    op.drop_table("process_seen")
