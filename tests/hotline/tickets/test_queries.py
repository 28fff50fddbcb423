"""Lists: what a viewer may see, pages that neither skip nor repeat, and finding sealed words."""

from sqlalchemy import select

from hotline.tickets import access, queries, words
from hotline.tickets import service as tickets
from hotline.tickets.queries import Filter
from hotline.tickets.tables import TicketEventRow, TicketRow, TicketWordRow
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
        assert words.holding("啊") is None


def test_a_code_cannot_be_guessed(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        ticket = opened(session)
        wrong = next(code for code in ("2222", "3333") if code != ticket.code)
        assert tickets.prove(session, ticket.number, ticket.code) is not None
        for _ in range(5):
            assert tickets.prove(session, ticket.number, wrong) is None
        assert tickets.prove(session, ticket.number, ticket.code) is None
