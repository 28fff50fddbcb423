"""The policy base: records, versions, law texts, documents, answers."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("card", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "card"),
    )
    with op.batch_alter_table("policy_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_answer_card"), ["card"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_answer_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "policy_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "policy_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("issuer", sa.String(length=100), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=250), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "policy_law_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("law", sa.String(length=80), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("first_article", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("adopted", sa.Date(), nullable=True),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(length=250), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("law", "effective", "first_article"),
    )
    with op.batch_alter_table("policy_law_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_law_text_law"), ["law"], unique=False)

    op.create_table(
        "policy_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
    )
    with op.batch_alter_table("policy_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_record_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_record_kind"), ["kind"], unique=False)

    op.create_table(
        "policy_passage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["policy_document.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    with op.batch_alter_table("policy_passage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_passage_document_id"), ["document_id"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("valid_from", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["policy_record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("record_id", "number"),
    )
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_version_status"), ["status"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_version_status"))

    op.drop_table("policy_version")
    with op.batch_alter_table("policy_passage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_passage_document_id"))

    op.drop_table("policy_passage")
    with op.batch_alter_table("policy_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_record_kind"))
        batch_op.drop_index(batch_op.f("ix_policy_record_key"))

    op.drop_table("policy_record")
    with op.batch_alter_table("policy_law_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_law_text_law"))

    op.drop_table("policy_law_text")
    op.drop_table("policy_document")
    op.drop_table("policy_change")
    with op.batch_alter_table("policy_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_answer_conversation_id"))
        batch_op.drop_index(batch_op.f("ix_policy_answer_card"))

    op.drop_table("policy_answer")
