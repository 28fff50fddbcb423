"""A lead asks a worker on his own channel whether his ticket may join the collective case; nothing joins by that."""

from collections.abc import Callable

from sqlalchemy import select

from bot.mailbox.tables import OutboxRow
from hotline.tickets import service as tickets
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OWN, Tickets

FACTS = {"matter": "厂里拖了三个月工资没发", "employer": "某某电子厂"}


def test_the_button_asks_and_waits_for_his_yes(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    first, second = (seeded.open("T-WAGE", "wechat", facts=FACTS).ticket for _ in range(2))
    lead = logged_in("lead", desk_ids=(OWN,))
    case = lead.press(f"/desk/tickets/{first.id}/case", version=str(first.version))
    page = lead.get(case)
    assert f'action="{case}/invite"' in page

    lead.send(f"{case}/invite", page, number=second.number)
    with sqlite.reading() as session:
        said = [row.body for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))][-1]
        assert tickets.get(session, second.id).master_id is None
    assert "某某电子厂" in said["text"]
    assert [button["title"] for button in said["buttons"]] == ["愿意一起办", "单独办"]
