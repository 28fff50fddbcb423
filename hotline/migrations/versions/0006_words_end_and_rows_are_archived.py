"""Words end, finished rows are archived."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, kit.db.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("conversation", moment("wiped_at", nullable=True))
    op.create_table(
        "forgetting",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        moment("since"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "inbox_archive",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        moment("received_at"),
        moment("finished_at"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "outbox_archive",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        moment("created_at"),
        moment("finished_at"),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("possibly_twice", sa.Boolean(), nullable=False),
        sa.Column("deliveries", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("inbox_archive", "outbox_archive"):
        op.create_index(f"ix_{table}_conversation_id", table, ["conversation_id"])
        op.create_index(f"ix_{table}_finished_at", table, ["finished_at"])


def downgrade() -> None:
    op.drop_table("outbox_archive")
    op.drop_table("inbox_archive")
    op.drop_table("forgetting")
    op.drop_column("conversation", "wiped_at")
