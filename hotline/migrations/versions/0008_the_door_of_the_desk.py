"""The door of the desk: invitations, the second factor, sessions that are listed, drafts and canned replies."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, kit.db.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.drop_table("first_link")
    op.execute("DELETE FROM desk_session")
    with op.batch_alter_table("operator") as operator:
        operator.add_column(sa.Column("desk_ids", sa.JSON(), nullable=False, server_default="[]"))
        operator.add_column(sa.Column("totp_secret", sa.String(length=200), nullable=False, server_default=""))
        operator.add_column(moment("totp_since", nullable=True))
        operator.add_column(sa.Column("totp_last_step", sa.Integer(), nullable=False, server_default="0"))
        operator.add_column(sa.Column("recovery", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("desk_session") as login:
        login.add_column(sa.Column("is_pending", sa.Boolean(), nullable=False, server_default=sa.false()))
        login.add_column(sa.Column("agent", sa.String(length=120), nullable=False, server_default=""))
    op.create_table(
        "desk_invitation",
        sa.Column("token_hash", sa.String(length=64), primary_key=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("desk_ids", sa.JSON(), nullable=False),
        sa.Column("invited_by", sa.String(length=64), nullable=False),
        moment("expires_at"),
    )
    op.create_table(
        "desk_draft",
        sa.Column("operator_id", ID, sa.ForeignKey("operator.id"), primary_key=True),
        sa.Column("ticket_id", ID, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(length=8), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        moment("at"),
    )
    op.create_index("ix_desk_draft_ticket_id", "desk_draft", ["ticket_id"])
    op.create_table(
        "desk_canned_reply",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("desk_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        moment("updated_at"),
    )


def downgrade() -> None:
    op.drop_table("desk_canned_reply")
    op.drop_table("desk_draft")
    op.drop_table("desk_invitation")
    with op.batch_alter_table("desk_session") as login:
        for name in ("agent", "is_pending"):
            login.drop_column(name)
    with op.batch_alter_table("operator") as operator:
        for name in ("recovery", "totp_last_step", "totp_since", "totp_secret", "desk_ids"):
            operator.drop_column(name)
    op.create_table(
        "first_link",
        sa.Column("token_hash", sa.String(length=64), primary_key=True),
        moment("expires_at"),
    )
