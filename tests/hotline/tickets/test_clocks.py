"""When clocks begin again, stand still and end; P20 holds the arithmetic."""

import pytest

from hotline.tickets import clocks
from hotline.tickets import service as tickets
from kit.db import Database
from tests.hotline.tickets.support import at, conversation, import_desks, opened

CLOSING = {"result": "解决了", "feedback_date": "2026-11-30", "feedback_result": "已责令支付"}


def running(database: Database, ticket_id: int) -> set[str]:
    with database.reading() as session:
        return {one.kind for one in clocks.of(session, ticket_id) if one.done_at is None}


def test_the_first_act_of_a_person_ends_its_clock_and_another_desk_begins_it_again(sqlite: Database) -> None:
    import_desks(sqlite)
    with at("2026-11-30 10:00"):
        with sqlite.transaction() as session:
            ticket = opened(session, talk=conversation(session))
        assert running(sqlite, ticket.id) == {"first_act", "update", "close"}
        with sqlite.transaction() as session:
            tickets.message_in(session, ticket.id, "还有一件事", inbox_id=1)
        assert "first_act" in running(sqlite, ticket.id)
        with sqlite.transaction() as session:
            version = tickets.get(session, ticket.id).version
            claimed = tickets.claim(session, ticket.id, 1, version=version)
        assert "first_act" not in running(sqlite, ticket.id)
        with sqlite.transaction() as session:
            tickets.transfer(session, ticket.id, "CN-32-05-09", by=1, reason="单位在吴江", version=claimed.version)
        assert "first_act" in running(sqlite, ticket.id)


@pytest.mark.parametrize(
    ("category", "after"), [("T-WAGE", set()), ("T-LAYOFF", {"call_back", "revisit:7", "revisit:30"})]
)
def test_a_closed_ticket_has_only_what_was_promised_for_afterwards(
    sqlite: Database, category: str, after: set[str]
) -> None:
    with at("2026-11-30 10:00"):
        with sqlite.transaction() as session:
            ticket = opened(session, talk=conversation(session), category=category)
            tickets.reply(session, ticket.id, 1, "办好了", key="r")
            tickets.close(session, ticket.id, "operator:1", "办了", fields=CLOSING)
        assert running(sqlite, ticket.id) == after
        if after:
            with sqlite.transaction() as session:
                tickets.call_back(session, ticket.id, 2, "问过了，满意", satisfied=True)
            assert "call_back" not in running(sqlite, ticket.id)
            assert "revisit:7" in running(sqlite, ticket.id)


def test_a_worker_who_is_not_satisfied_starts_everything_again(sqlite: Database) -> None:
    with at("2026-11-30 10:00"):
        with sqlite.transaction() as session:
            ticket = opened(session, talk=conversation(session))
            tickets.reply(session, ticket.id, 1, "办好了", key="r")
            tickets.close(session, ticket.id, "operator:1", "办了", fields=CLOSING)
        with sqlite.transaction() as session:
            tickets.rate(session, ticket.id, 2)
        assert running(sqlite, ticket.id) == {"first_act", "update", "close", "call_back"}


@pytest.mark.parametrize(
    ("category", "matter", "facts", "priority"),
    [
        ("T-WAGE", "欠我工资", {}, "P2"),
        ("T-WAGE", "老板跑了，人去楼空", {}, "P1"),
        ("T-WAGE", "欠我们工资", {"people": 12}, "P1"),
        ("T-WAGE-SITE", "工地不给钱", {"people": 5}, "P1"),
        ("T-INJURY", "手压伤了", {"reported": "没报"}, "P1"),
        ("T-SAFETY", "正在打人，保安打人了", {}, "P0"),
        ("T-SAFETY", "上个月保安打人了", {}, "P2"),
        ("T-AID-LIFE", "没钱吃饭了", {"short_of_food": "有困难"}, "P1"),
        ("T-SUGGEST", "建议多开一个窗口", {}, "P3"),
        ("T-CRISIS", "不想活了", {}, "P0"),
    ],
)
def test_how_urgent(sqlite: Database, category: str, matter: str, facts: dict[str, object], priority: str) -> None:
    with at("2026-11-30 10:00"), sqlite.transaction() as session:
        ticket = opened(session, category=category, facts={"matter": matter, **facts})
        assert ticket.priority == priority
        assert tickets.thread(session, ticket.id)[0].body["why"]["priority"]
