"""People, their sealed fields and what they said yes to."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = kit.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("erased_at", Moment, nullable=True),
        sa.Column("restricted_at", Moment, nullable=True),
        sa.Column("is_child", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_id"),
    )
    op.create_table(
        "person_conversation",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_index("ix_person_conversation_person_id", "person_conversation", ["person_id"])
    op.create_table(
        "person_field",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("blind", sa.String(length=64), nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id", "field"),
    )
    op.create_index("person_blind", "person_field", ["field", "blind"])
    op.create_table(
        "consent",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_conversation_id", "consent", ["conversation_id"])
    op.create_index("ix_consent_person_id", "consent", ["person_id"])


def downgrade() -> None:
    for table in ("consent", "person_field", "person_conversation", "person"):
        op.drop_table(table)
