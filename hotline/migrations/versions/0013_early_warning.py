"""Early warning: alerts with their steps and tasks, signs that can be counted, employers that are visited."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = kit.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=True),
        sa.Column("desk_id", sa.String(length=64), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.String(length=24), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("settled", sa.JSON(), nullable=False),
        sa.Column("first_known_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("report_by", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alert_board", "alert", ["state", "level"])
    op.create_index("alert_subject", "alert", ["subject", "state"])
    op.create_index("ix_alert_desk_id", "alert", ["desk_id"])
    op.create_index("ix_alert_report_by", "alert", ["report_by"])

    op.create_table(
        "warning_cursor",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "watched_employer",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("employer_key", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_watched_employer_employer_key", "watched_employer", ["employer_key"])

    op.create_table(
        "alert_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alert.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("alert_id", "seq"),
    )
    op.create_table(
        "alert_task",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alert.id"],
        ),
        sa.PrimaryKeyConstraint("alert_id", "text"),
    )
    op.create_table(
        "ticket_sign",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("sign", sa.String(length=24), nullable=False),
        sa.Column("employer_key", sa.String(length=60), nullable=False),
        sa.Column("industry", sa.String(length=24), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket_id", "sign"),
    )
    op.create_index("sign_employer", "ticket_sign", ["employer_key", "sign", "at"])
    op.create_index("sign_when", "ticket_sign", ["sign", "at"])


def downgrade() -> None:
    for table in ("ticket_sign", "alert_task", "alert_event", "watched_employer", "warning_cursor", "alert"):
        op.drop_table(table)
