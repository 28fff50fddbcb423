"""Long lists follow the order they are shown in; clocks that run are found without those that are done."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PENDING = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_index("ticket_urgent", "ticket", ["priority", "opened_at"])
    op.create_index("ticket_opened", "ticket", ["opened_at"])
    op.create_index("ticket_channel", "ticket", ["channel", "opened_at"])
    op.create_index("clock_pending", "ticket_clock", ["kind", "due_at"], postgresql_where=PENDING, sqlite_where=PENDING)


def downgrade() -> None:
    op.drop_index("clock_pending", "ticket_clock")
    op.drop_index("ticket_channel", "ticket")
    op.drop_index("ticket_opened", "ticket")
    op.drop_index("ticket_urgent", "ticket")
