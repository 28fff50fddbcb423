"""Duties have one holder at a time."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_lease",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("every", sa.Float(), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("until", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_run_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("duty_lease")
