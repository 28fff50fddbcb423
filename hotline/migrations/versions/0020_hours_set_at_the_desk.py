"""A desk's hours may be set on its page; who did it stands beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("hours_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("desk", "hours_by")
