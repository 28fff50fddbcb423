"""The rota, alarms, webhooks, tokens and exports that wait for a second person."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, kit.db.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _rota_and_alarms()
    _hooks()
    _api()


def _rota_and_alarms() -> None:
    op.create_table(
        "rota_shift",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("desk_id", sa.String(64), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("begins", sa.String(5), nullable=False),
        sa.Column("ends", sa.String(5), nullable=False),
        sa.Column("operator_id", Id, nullable=False),
        sa.Column("deputy_id", Id, nullable=True),
    )
    op.create_index("ix_rota_shift_desk_id", "rota_shift", ["desk_id"])
    op.create_table(
        "duty_phone",
        sa.Column("operator_id", Id, primary_key=True, autoincrement=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
    )
    op.create_table(
        "alarm",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(60), nullable=False, unique=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("desk_id", sa.String(64), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        moment("at"),
        moment("next_at", nullable=True),
        moment("acknowledged_at", nullable=True),
        sa.Column("acknowledged_by", Id, nullable=True),
    )
    op.create_index("alarm_next", "alarm", ["acknowledged_at", "next_at"])
    op.create_index("ix_alarm_desk_id", "alarm", ["desk_id"])
    op.create_table(
        "alarm_call",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("alarm_id", Id, sa.ForeignKey("alarm.id"), nullable=False),
        moment("at"),
        sa.Column("desk_id", sa.String(64), nullable=False),
        sa.Column("operator_id", Id, nullable=True),
        sa.Column("as_what", sa.String(8), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
    )
    op.create_index("ix_alarm_call_alarm_id", "alarm_call", ["alarm_id"])


def _hooks() -> None:
    op.create_table(
        "hook",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=False),
        moment("old_until", nullable=True),
        sa.Column("seen", Id, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        moment("created_at"),
    )
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("hook_id", Id, sa.ForeignKey("hook.id"), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        moment("next_at"),
        moment("at"),
    )
    op.create_index("hook_due", "hook_delivery", ["state", "next_at"])
    op.create_index("ix_hook_delivery_hook_id", "hook_delivery", ["hook_id"])
    op.create_table(
        "hook_call",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", sa.String(40), sa.ForeignKey("hook_delivery.id"), nullable=False),
        moment("at"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
    )
    op.create_index("ix_hook_call_delivery_id", "hook_call", ["delivery_id"])


def _api() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("operator_id", Id, sa.ForeignKey("operator.id"), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        moment("created_at"),
        moment("expires_at", nullable=True),
        moment("revoked_at", nullable=True),
        moment("last_used_at", nullable=True),
    )
    op.create_table(
        "export_request",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        moment("at"),
        sa.Column("approved_by", Id, nullable=True),
        moment("approved_at", nullable=True),
        moment("taken_at", nullable=True),
    )


def downgrade() -> None:
    for table in (
        *("export_request", "api_token", "hook_call", "hook_delivery", "hook"),
        *("alarm_call", "alarm", "duty_phone", "rota_shift"),
    ):
        op.drop_table(table)
