"""Questions that no card answered, and reminders of deadlines."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, kit.db.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "policy_miss",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(length=64), nullable=False, unique=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        moment("at"),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("normal", sa.String(length=200), nullable=False),
        sa.Column("card", sa.String(length=200)),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=16)),
    )
    for name in ("at", "conversation_id", "normal"):
        op.create_index(f"ix_policy_miss_{name}", "policy_miss", [name])
    op.create_table(
        "reminder",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(length=32), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("ticket_id", ID, sa.ForeignKey("ticket.id")),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        moment("asked_at"),
        moment("finished_at", nullable=True),
        sa.UniqueConstraint("conversation_id", "what", "deadline", "days_before"),
    )
    op.create_index("ix_reminder_ticket_id", "reminder", ["ticket_id"])
    op.create_index("reminder_due", "reminder", ["state", "due_on"])


def downgrade() -> None:
    for name in ("reminder", "policy_miss"):
        op.drop_table(name)
