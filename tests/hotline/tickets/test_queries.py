"""Lists: what a viewer may see, pages that neither skip nor repeat, and finding sealed words."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.tickets import access, queries, rarest, words
from hotline.tickets import service as tickets
from hotline.tickets.queries import Filter
from hotline.tickets.tables import TicketEventRow, TicketRow, TicketWordRow
from kit import clock
from kit.db import Database
from tests.hotline.tickets.support import conversation, import_desks, opened

ALL = access.Viewer(1, "lead", None)


def test_pages_neither_skip_nor_repeat(database: Database) -> None:
    with database.transaction() as session:
        made = {opened(session, key=f"k{n}", category=("T-WAGE", "T-SUGGEST")[n % 2]).id for n in range(23)}
    for sort in ("urgent", "newest", "oldest", "updated"):
        seen, cursor = [], ""
        with database.reading() as session:
            for _ in range(9):
                page = queries.find(session, Filter(sort=sort, limit=5, cursor=cursor), ALL)  # type: ignore[arg-type]
                seen += [line.id for line in page.lines]
                cursor = page.next
                if not cursor:
                    break
        assert sorted(seen) == sorted(made), sort


def test_an_operator_sees_his_desks_and_a_lead_those_below(sqlite: Database) -> None:
    import_desks(sqlite)
    with sqlite.transaction() as session:
        here = opened(session, key="k1")
        there = opened(session, key="k2", facts={"place": "CN-32-05-09"})
        operator = access.viewer(session, 5, "operator", ["CN-32-05-83"])
        lead = access.viewer(session, 6, "lead", ["CN-32-05"])

        assert [line.id for line in queries.find(session, Filter(), operator).lines] == [here.id]
        assert {line.id for line in queries.find(session, Filter(), lead).lines} == {here.id, there.id}
        assert access.may(operator, "read", here)
        assert not access.may(operator, "read", there)
        assert access.may(operator, "read", there, copied=["CN-32-05-83"])
        assert not access.may(operator, "close", there, copied=["CN-32-05-83"])
        assert not access.may(operator, "alert.read")
        assert access.may(lead, "alert.lower")
        assert not access.may(access.Viewer(1, "auditor", None), "reply", here)


def test_what_is_delicate_belongs_to_whoever_handles_it(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        ticket = opened(session, category="T-HARASS", facts={"matter": "被领导骚扰"})
        colleague, handler = access.Viewer(5, "operator", None), access.Viewer(6, "operator", None)
        assert access.may(colleague, "claim", ticket)
        held = tickets.claim(session, ticket.id, 6, version=ticket.version)

        assert access.may(handler, "read", held)
        assert not access.may(colleague, "read", held)
        assert queries.find(session, Filter(), colleague).lines == ()
        assert [line.id for line in queries.find(session, Filter(view="mine"), handler).lines] == [ticket.id]


def test_sealed_words_are_found_and_not_readable(database: Database) -> None:
    with database.transaction() as session:
        ticket = opened(session, talk=conversation(session), facts={"matter": "恒达电子厂冲床压了手指"})
        tickets.message_in(session, ticket.id, "我的材料在B栋203", inbox_id=1)
    with database.reading() as session:
        for asked in ("压了手指", "冲床", "203", ticket.number):
            found = queries.find(session, Filter(view="all", words=asked), ALL)
            assert [line.id for line in found.lines] == [ticket.id], asked
        assert queries.find(session, Filter(view="all", words="手指冲床"), ALL).lines == ()
        stored = str(session.execute(select(TicketEventRow.body)).all()) + str(
            session.scalars(select(TicketRow.summary)).all()
        )
        assert "手指" not in stored
        assert session.scalars(select(TicketWordRow.word).limit(1)).first() not in (None, 0)
        assert words.holding("啊") == []


def test_a_code_cannot_be_guessed(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        ticket = opened(session)
        wrong = next(code for code in ("2222", "3333") if code != ticket.code)
        assert tickets.prove(session, ticket.number, ticket.code) is not None
        for _ in range(5):
            assert tickets.prove(session, ticket.number, wrong) is None
        assert tickets.prove(session, ticket.number, ticket.code) is None


ASKED = (
    Filter(view="all"),
    Filter(view="all", words="两个月工资", sort="updated"),
    Filter(view="all", words="护士"),
    Filter(view="closed", region="CN-32-05", sort="newest"),
    Filter(view="all", category="T-WAGE", channel="web", priority="P2"),
    Filter(view="all", employer="恒达电子厂", sort="oldest"),
    Filter(view="all", since=clock.now() - timedelta(hours=1), owner=5),
    Filter(view="alerts"),
    Filter(view="desk", words="工资"),
)


@pytest.mark.parametrize("common", [0, 1, 5, 10_000])
def test_a_list_holds_the_same_whatever_it_is_found_by(
    database: Database, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walked along its order, or from the rarest of what was asked."""
    monkeypatch.setattr(rarest, "COMMON", common)
    import_desks(database)
    with database.transaction() as session:
        talk = conversation(session)
        made = [_one_of_many(session, n, talk) for n in range(24)]
        viewers = (ALL, access.viewer(session, 5, "operator", ["CN-32-05-83"]))
        for wanted, viewer in itertools.product(ASKED, viewers):
            found = [line.id for line in queries.find(session, wanted, viewer).lines]
            expected = {one.id for one in made if _is_shown(session.get_one(TicketRow, one.id), wanted, viewer)}
            assert set(found) == expected and len(found) == len(expected), (wanted, viewer)


def _one_of_many(session: Session, n: int, talk: str) -> tickets.Ticket:
    matter = ("恒达电子厂拖欠我两个月工资", "我被辞退了", "护士加班没有工资")[n % 3]
    place = ("CN-32-05-83", "CN-32-05-09", "CN-22-24-01", None)[n % 4]
    made = opened(
        session,
        key=f"k{n}",
        talk=talk if n % 2 else None,
        category=("T-WAGE", "T-TERM")[n % 5 == 0],
        facts={"matter": matter, "place": place},
    )
    if n % 4 == 1:
        tickets.claim(session, made.id, 5, version=made.version)
    if n % 6 == 0:
        tickets.withdraw(session, made.id)
    if n % 7 == 0:
        session.get_one(TicketRow, made.id).alert_id = 1
    return made


def _is_shown(row: TicketRow, wanted: Filter, viewer: access.Viewer) -> bool:
    """The same in plain words, without the database."""
    matter = ("恒达电子厂拖欠我两个月工资", "我被辞退了", "护士加班没有工资")[int(row.key[1:]) % 3]
    is_open = row.state in ("open", "waiting")
    in_view = {"all": True, "closed": row.state == "closed", "alerts": row.alert_id is not None, "desk": is_open}
    asked = {
        "category": row.category == wanted.category,
        "channel": row.channel == wanted.channel,
        "priority": row.priority == wanted.priority,
        "region": (row.region or "").startswith(wanted.region),
        "employer": row.employer == wanted.employer,
        "words": wanted.words in matter,
        "owner": row.owner_id == wanted.owner,
    }
    mine = viewer.desk_ids is None or row.desk_id in viewer.desk_ids
    mine = mine or (wanted.view in ("all", "closed") and row.owner_id == viewer.id)
    seen = wanted.view != "alerts" or viewer.sees_alerts
    return mine and seen and in_view[wanted.view] and all(asked[name] for name in asked if getattr(wanted, name))


def test_a_long_list_is_walked_along_its_order(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What most tickets fulfil is not collected and sorted before the first page is shown."""
    monkeypatch.setattr(rarest, "COMMON", 1)
    with sqlite.transaction() as session:
        for n in range(3):
            opened(session, key=f"k{n}")
        for wanted in (one for one in ASKED if one.view in ("all", "closed") and one.words != "护士" and not one.owner):
            query = queries.asked_for(session, wanted, ALL)
            written = str(query.compile(session.connection(), compile_kwargs={"literal_binds": True}))
            shown = written.replace("LIMIT ?", "LIMIT -1")  # "no limit" is the one value that stays a parameter
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {shown}").all()
            assert not any("TEMP B-TREE" in str(step) for step in plan), (wanted, plan)
