"""Claims look at open rows only, however many are done."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state IN ('new', 'taken')")


def upgrade() -> None:
    op.create_index("inbox_open", "inbox", ["id"], postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)


def downgrade() -> None:
    op.drop_index("inbox_open", "inbox")
