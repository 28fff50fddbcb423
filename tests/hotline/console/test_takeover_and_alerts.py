"""Stepping into a conversation and out again; the alerts board of the duty officer."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.mailbox.tables import ConversationRow, OutboxRow
from hotline.console.alerts import by_district
from hotline.tickets import desks
from hotline.tickets import service as tickets
from hotline.warnings import alerts
from kit.db import Database
from tests.support.desk import Operator
from tests.support.desk_tickets import OTHER, OWN, Tickets


@pytest.fixture
def seeded(sqlite: Database) -> Tickets:
    made = Tickets(sqlite)
    made.desks()
    return made


def _said(database: Database, conversation: str) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow.body).filter_by(conversation_id=conversation).order_by(OutboxRow.seq))
        return [body["text"] for body in rows]


def _owner(database: Database, conversation: str) -> str:
    with database.reading() as session:
        return session.get_one(ConversationRow, conversation).owner


def test_stepping_in_tells_who_speaks_and_giving_back_says_how_far_it_got(
    seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    with sqlite.transaction() as session:
        conversation = seeded.conversation(session, "web", "机器人答得不对")
    lead = logged_in("lead", desk_ids=(desks.ROOT,))
    assert "机器人答得不对" in lead.get("/desk/conversations")
    page = lead.get(f"/desk/conversations/{conversation}")
    ticket = lead.send(f"/desk/conversations/{conversation}/take", page).headers["location"]

    assert _owner(sqlite, conversation) == "person"
    assert _said(sqlite, conversation)[-1] == "我是工会的接线员lead同志，接下来由我来回你。"
    lead.press(f"{ticket}/give-back", text="已登记，周五答复")
    assert _owner(sqlite, conversation) == "bot"
    assert "周五答复" in _said(sqlite, conversation)[-1]


def test_only_one_person_steps_in(seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    with sqlite.transaction() as session:
        conversation = seeded.conversation(session, "web", "有人吗")
    first, second = (logged_in(role, desk_ids=(desks.ROOT,)) for role in ("lead", "operator"))
    pages = [one.get(f"/desk/conversations/{conversation}") for one in (first, second)]

    assert first.send(f"/desk/conversations/{conversation}/take", pages[0]).status_code == 303
    assert second.send(f"/desk/conversations/{conversation}/take", pages[1]).status_code == 409
    assert _said(sqlite, conversation).count("我是工会的接线员lead同志，接下来由我来回你。") == 1


def test_a_conversation_without_a_place_is_the_centres(
    seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    with sqlite.transaction() as session:
        conversation = seeded.conversation(session, "web", "只说了一句")
    district = logged_in("operator", desk_ids=(OWN,))

    assert "只说了一句" not in district.get("/desk/conversations")
    assert district.http.get(f"/desk/conversations/{conversation}").status_code == 404


def test_claiming_while_he_is_there_introduces_the_operator(
    seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    made = seeded.open(desk=OWN)
    operator = logged_in("operator", desk_ids=(OWN,))
    operator.press(f"/desk/tickets/{made.ticket.id}/claim", version=str(made.ticket.version))

    assert "接下来由我来回你" in _said(sqlite, made.conversation)[-1]
    assert _owner(sqlite, made.conversation) == "person"


def test_the_board_shows_the_reporting_clock_and_every_act_with_its_minute(
    seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    number = seeded.alert(OWN, "red", "某某建设 多人讨薪")
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    board = lead.get("/desk/alerts")
    assert "某某建设 多人讨薪" in board
    assert "上报 剩" in board
    page = lead.get(f"/desk/alerts/{number}")
    lead.send(f"/desk/alerts/{number}/acknowledge", page)
    lead.send(f"/desk/alerts/{number}/report", lead.get(f"/desk/alerts/{number}"), to="市总值班室")
    with sqlite.reading() as session:
        version = alerts.get(session, number).version
    refused = lead.send(f"/desk/alerts/{number}/lower", page, level="blue", reason="错", version=str(version))
    assert refused.status_code == 409
    lead.send(f"/desk/alerts/{number}/lower", page, level="blue", reason="现场看过，人已散去", version=str(version))
    shown = lead.get(f"/desk/alerts/{number}")

    assert "市总值班室" in shown
    assert "现场看过，人已散去" in shown
    with sqlite.reading() as session:
        assert alerts.get(session, number).color == "blue"


def test_an_empty_desk_is_red_on_the_board(
    seeded: Tickets, sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    lead = logged_in("lead", desk_ids=("CN-32-05",))
    assert "没有人在岗" in lead.get("/desk/alerts")
    with sqlite.transaction() as session:
        tickets.note_presence(session, 1)
    assert "现在有人在岗" in lead.get("/desk/alerts")


def test_the_districts_stand_by_colour_and_persons_with_a_bar_each(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    seeded = Tickets(sqlite)
    seeded.desks()
    for desk, level, title in ((OWN, "blue", "一"), (OWN, "yellow", "二"), (OTHER, "red", "三")):
        seeded.alert(desk, level, title)
    with sqlite.reading() as session:
        worst, next_one = by_district(alerts.board(session, None, closed=False))

    assert (worst.region, next_one.region) == (OTHER, OWN)
    assert next_one.persons == 24
    assert worst.bar == [("red", 0.0, 50.0)]
    assert next_one.bar == [("yellow", 0.0, 50.0), ("blue", 50.0, 50.0)]
    assert '<rect class="yellow" x="0.0" width="50.0"' in logged_in("lead").get("/desk/alerts")
