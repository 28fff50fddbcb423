"""Deletions that these data have seen, and links to a worker's own copy."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Moment = kit.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasure_applied",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "erased_conversation",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "copy_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_copy_link_conversation_id", "copy_link", ["conversation_id"])


def downgrade() -> None:
    for table in ("copy_link", "erased_conversation", "erasure_applied"):
        op.drop_table(table)
