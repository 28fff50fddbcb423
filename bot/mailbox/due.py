"""Which rows of a mailbox a worker may take: the one question that inbox and outbox ask alike."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from bot.mailbox.tables import InboxRow, OutboxRow


def is_due(rows: type[InboxRow] | type[OutboxRow], still_open: Sequence[str]) -> ColumnElement[bool]:
    """Its time has come (`now` is a parameter) or its worker is gone, and nothing of its conversation is before it.

    Made once for a statement that is kept: every worker asks several times a second, and writing the statement down
    each time took longer than the database does.
    """
    earlier = aliased(rows)
    before = select(earlier.id).where(
        earlier.conversation_id == rows.conversation_id, earlier.id < rows.id, earlier.state.in_(still_open)
    )
    is_free = or_(
        and_(rows.state == "new", rows.run_at <= bindparam("now")),
        and_(rows.state == "taken", rows.lease_until < bindparam("now")),
    )
    return and_(is_free, ~before.exists())
