"""An editor turns a passage into the beginning of a card."""

import datetime as dt

import pytest
import yaml

from hotline.policy import drafts
from hotline.policy.errors import UnknownRecord
from hotline.policy.tables import DocumentRow, PassageRow
from kit import clock
from kit.db import Database
from knowledge.loader import shipped

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def passage(database: Database) -> str:
    with database.transaction() as session:
        document = DocumentRow(
            title="测试市总工会关于夏季送清凉的通知",
            number="测工〔2026〕1号",
            issuer="测试市总工会",
            issued=dt.date(2026, 6, 1),
            region="CN-32-05",
            is_draft=False,
            items=[],
            digest="0" * 64,
            file_name="test.txt",
            created_at=clock.now(),
        )
        session.add(document)
        session.flush()
        row = PassageRow(document_id=document.id, ordinal=2, heading="送清凉", text="七月起送清凉。", digest="1" * 64)
        session.add(row)
        return f"document.{document.id}.2"


def test_a_passage_becomes_a_draft_that_cites_its_document(database: Database, passage: str) -> None:
    with database.reading() as session:
        text = drafts.from_passage(session, shipped(), passage, "aid.summer_help", TODAY)
    card = yaml.safe_load(text)

    assert (card["id"], card["status"], card["region"]) == ("aid.summer_help", "draft", "CN-32-05")
    assert card["refs"] == [{"act": "测工〔2026〕1号", "published": dt.date(2026, 6, 1)}]
    assert "七月起送清凉" in text
    assert "七月起送清凉" not in card["answer"]


@pytest.mark.parametrize(("name", "card"), [("document.9.9", "aid.x"), ("nonsense", "aid.x")])
def test_an_unknown_passage_says_where_to_look(database: Database, name: str, card: str) -> None:
    with database.reading() as session, pytest.raises(UnknownRecord, match="policy search"):
        drafts.from_passage(session, shipped(), name, card, TODAY)


def test_a_wrong_card_id_lists_the_topics(database: Database, passage: str) -> None:
    with database.reading() as session, pytest.raises(UnknownRecord, match="wages"):
        drafts.from_passage(session, shipped(), passage, "summer", TODAY)
