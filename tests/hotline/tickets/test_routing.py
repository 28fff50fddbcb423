"""Where a ticket goes: the place, the industry, the employer's own union; up the tree when a level does not take it."""

from pathlib import Path

import pytest

from hotline.tickets import desks, queries, routing
from hotline.tickets import service as tickets
from hotline.tickets.routing import Matter
from hotline.tickets.tables import DeskRow
from kit.db import Database
from tests.hotline.tickets.support import conversation, import_desks, opened

KUNSHAN, WUZHONG = "CN-32-05-83", "CN-32-05-06"


@pytest.fixture
def tree(sqlite: Database) -> Database:
    import_desks(sqlite)
    own = (
        DeskRow(id="street", parent=KUNSHAN, region=KUNSHAN, kind="street", title="花桥站", names=["花桥"]),
        DeskRow(id="tower", parent="street", region=KUNSHAN, kind="building", title="大厦站", names=["示例大厦"]),
        DeskRow(id="build", parent=WUZHONG, region=WUZHONG, kind="industry", title="建筑", industries=["construction"]),
    )
    with sqlite.transaction() as session:
        session.add_all(own)
    return sqlite


@pytest.mark.parametrize(
    ("matter", "desk"),
    [
        (Matter(KUNSHAN, "legal", "T-WAGE"), KUNSHAN),
        (Matter(KUNSHAN, "aid", "T-AID-LIFE", text="住在花桥"), "street"),
        (Matter(KUNSHAN, "legal", "T-WAGE", text="住在花桥"), KUNSHAN),  # a station has no lawyers
        (Matter(KUNSHAN, "general", "T-UNION-JOIN", text="在示例大厦上班"), "tower"),
        (Matter(KUNSHAN, "general", "T-OTHER", text="花桥的厂", people=6), KUNSHAN),  # five and more go up
        (Matter(WUZHONG, "legal", "T-WAGE-SITE", industry="construction"), "build"),
        (Matter(KUNSHAN, "legal", "T-GROUP", people=30), "CN-32-05"),  # thirty and more are the city's
        (Matter("CN-32-05", "legal", "T-WAGE", text="在工业园区上班"), "CN-32-05.sip"),
        (Matter("CN-32-05", "legal", "T-WAGE"), "CN-32-05"),
        (Matter("CN-22-24-01", "legal", "T-WAGE"), "CN-22-24-01"),
        (Matter("CN-44-03", "legal", "T-WAGE"), "CN"),  # no desk there: the centre, never nobody
        (Matter(None, "legal", "T-WAGE"), "CN"),
    ],
)
def test_the_desk(tree: Database, matter: Matter, desk: str) -> None:
    with tree.transaction() as session:
        routed = routing.route(session, matter)
        assert (routed.desk.id, bool(routed.why)) == (desk, True)


def test_a_migrant_has_one_number_and_two_unions(tree: Database) -> None:
    with tree.transaction() as session:
        facts = {"home": "CN-22-24-01", "home_consent": True}
        ticket = opened(session, talk=conversation(session), category="T-XREGION", facts=facts)
        without = opened(session, key="k2", category="T-XREGION", facts={**facts, "home_consent": False})

        assert ticket.desk_id == KUNSHAN
        assert queries.copied(session, ticket.id) == {"CN-22-24-01": "home"}
        assert queries.copied(session, without.id) == {}


def test_a_desk_that_is_gone_leaves_its_tickets_to_the_one_above(tree: Database, tmp_path: Path) -> None:
    with tree.transaction() as session:
        ticket = opened(session, category="T-AID-LIFE", facts={"street": "花桥"})
        assert ticket.desk_id == "street"
        done = desks.import_files(session)
        assert "street" in done.closed
        assert tickets.get(session, ticket.id).desk_id == KUNSHAN


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "- {id: a, parent: nobody, region: CN-32, kind: city, title: 甲}\n", encoding="utf-8"
    )
    with pytest.raises(desks.BadDesk, match="nobody"):
        desks.read(tmp_path)
    (tmp_path / "x.yml").write_text("- {id: a, region: CN-99, kind: city, title: 甲}\n", encoding="utf-8")
    with pytest.raises(desks.BadDesk, match="CN-99"):
        desks.read(tmp_path)
