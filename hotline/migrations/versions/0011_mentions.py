"""Operators named in notes."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "desk_mention",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("operator_id", ID, sa.ForeignKey("operator.id"), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("by_operator", ID, nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", kit.db.UtcDateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_desk_mention_operator_id", "desk_mention", ["operator_id"])


def downgrade() -> None:
    op.drop_table("desk_mention")
