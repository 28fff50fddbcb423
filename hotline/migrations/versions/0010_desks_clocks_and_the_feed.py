"""Desks, clocks, links, the feed and the blind index; what lists need to know of a ticket."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = kit.db.UtcDateTime(timezone=True)
FILLED: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (  # name, type, what the rows that exist get
    ("channel", sa.String(length=16), ""),
    ("category_group", sa.String(length=16), "general"),
    ("summary", sa.String(length=600), ""),
    ("people_count", sa.Integer(), "1"),
    ("place", sa.String(length=120), ""),
    ("employer", sa.String(length=120), ""),
    ("employer_key", sa.String(length=60), ""),
    ("site_key", sa.String(length=60), ""),
    ("industry", sa.String(length=24), ""),
    ("grid", sa.String(length=32), ""),
    ("wrong_codes", sa.Integer(), "0"),
)
EMPTY: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("person_id", ID),
    ("region", sa.String(length=16)),
    ("home_region", sa.String(length=16)),
    ("desk_id", sa.String(length=64)),
    ("avoid_id", ID),
    ("master_id", ID),
    ("merged_into", ID),
    ("alert_id", ID),
    ("satisfaction", sa.Integer()),
    ("codes_locked_until", MOMENT),
    ("first_act_at", MOMENT),
    ("waiting_since", MOMENT),
)
INDEXES = (
    ("ix_ticket_alert_id", ("alert_id",)),
    ("ix_ticket_master_id", ("master_id",)),
    ("ix_ticket_merged_into", ("merged_into",)),
    ("ix_ticket_person_id", ("person_id",)),
    ("ix_ticket_site_key", ("site_key",)),
    ("ticket_category", ("category", "opened_at")),
    ("ticket_desk_queue", ("desk_id", "state", "priority", "opened_at")),
    ("ticket_employer", ("employer_key", "opened_at")),
    ("ticket_queue", ("state", "priority", "opened_at")),
    ("ticket_region", ("region", "opened_at")),
    ("ticket_updated", ("updated_at",)),
)


def upgrade() -> None:
    _desks()
    _clocks()
    _feed_and_words()
    for name, kind, filled in FILLED:
        op.add_column("ticket", sa.Column(name, kind, nullable=False, server_default=filled))
    for name, kind in EMPTY:
        op.add_column("ticket", sa.Column(name, kind, nullable=True))
    for name, columns in INDEXES:
        op.create_index(name, "ticket", list(columns))
    op.add_column("ticket_event", sa.Column("ref", sa.String(length=120), nullable=True))
    op.create_index("ticket_event_ref", "ticket_event", ["ticket_id", "ref"], unique=True)
    op.execute("UPDATE ticket SET desk_id = 'CN'")


def _desks() -> None:
    op.create_table(
        "desk",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("industries", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("hours", sa.String(length=11), nullable=False),
        sa.Column("days_off", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_parent", "desk", ["parent"])
    op.create_index("ix_desk_region", "desk", ["region"])
    op.create_table(
        "ticket_desk",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("desk_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "desk_id"),
    )
    op.create_index("ix_ticket_desk_desk_id", "ticket_desk", ["desk_id"])


def _clocks() -> None:
    op.create_table(
        "ticket_clock",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("left_seconds", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "kind"),
    )
    op.create_index("clock_next", "ticket_clock", ["next_at"])
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "other_id"),
    )


def _feed_and_words() -> None:
    op.create_table(
        "desk_feed",
        sa.Column("seq", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("alert_id", ID, nullable=True),
        sa.Column("desk_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_desk_feed_ticket_id", "desk_feed", ["ticket_id"])
    op.create_table(
        "ticket_word",
        sa.Column("word", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("word", "ticket_id"),
    )


def downgrade() -> None:
    op.drop_index("ticket_event_ref", "ticket_event")
    op.drop_column("ticket_event", "ref")
    for name, _ in INDEXES:
        op.drop_index(name, "ticket")
    for column in (*FILLED, *EMPTY):
        op.drop_column("ticket", str(column[0]))
    for table in ("ticket_word", "desk_feed", "ticket_link", "ticket_clock", "ticket_desk", "desk"):
        op.drop_table(table)
