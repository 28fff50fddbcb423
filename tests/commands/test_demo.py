"""The demo's month: it fills, it is marked as made up, it sends nothing, and it leaves the clock as it was."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.mailbox.tables import ConversationRow, OutboxRow
from commands import demo
from hotline.tickets.tables import TicketRow
from hotline.warnings import alerts
from kit import clock
from kit.db import Database


def test_a_month_of_made_up_tickets(sqlite: Database) -> None:
    before = clock.now()
    made = demo.fill(sqlite)

    assert made == sum(story["times"] for story in demo.read_yaml(demo.FILE)["stories"])
    assert timedelta() <= clock.now() - before < timedelta(minutes=20)
    with sqlite.reading() as session:
        counted = session.execute(select(TicketRow.state, func.count()).group_by(TicketRow.state))
        states = {row[0]: row[1] for row in counted}
        assert states["closed"] > 20
        assert states["open"] > 20
        assert states["waiting"] > 0
        employers = set(session.scalars(select(TicketRow.employer).where(TicketRow.employer != "")))
        assert all("示例" in name for name in employers)
        assert set(session.scalars(select(ConversationRow.channel))) == {"web"}
        assert set(session.scalars(select(OutboxRow.state))) == {"sent"}
        assert any(alert.title.endswith("制衣厂") and alert.level >= 3 for alert in alerts.board(session, None))
        assert (session.scalar(select(func.min(TicketRow.opened_at))) or before) < before - timedelta(days=20)
