"""Imported laws and documents: kept by day, found by article, searchable with their source."""

from datetime import date
from pathlib import Path

import pytest

from hotline.policy.current import Current
from hotline.policy.readers import ReaderError
from hotline.policy.texts import article_text, import_document, import_laws
from kit.db import Database
from knowledge.loader import shipped
from knowledge.regions import load_tree
from tests.knowledge.test_documents import NOTICE

OLD = "# 中华人民共和国劳动合同法\n\n2007年6月29日 通过\n\n第一条 旧的。\n\n第二条 本法自2008年1月1日起施行。\n"
NEW = "---\ntitle: 劳动合同法\neffective_date: '2013-07-01'\n---\n第一条 新的。\n\n第二条 还是这样。\n"


def test_an_article_is_shown_as_it_held_on_the_day(database: Database, tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.md").write_text(NEW, encoding="utf-8")
    (tmp_path / "other.md").write_text(OLD.replace("劳动合同法", "没登记的法"), encoding="utf-8")
    (tmp_path / "gap.md").write_text(OLD.replace("第二条 本法", "第三条 本法"), encoding="utf-8")
    (tmp_path / "none.txt").write_text("没有条文", encoding="utf-8")
    for _ in range(2):
        with database.transaction() as session:
            reports = {one.file: one for one in import_laws(session, shipped(), tmp_path)}
    assert reports["old.md"].laws == reports["new.md"].laws == ("labor_contract_law",)
    assert reports["other.md"].unregistered == ("中华人民共和国没登记的法",)
    assert "2 are missing" in reports["gap.md"].problem and "no article" in reports["none.txt"].problem
    with database.reading() as session:
        for day, words in ((date(2010, 1, 1), "旧的。"), (date(2020, 1, 1), "新的。")):
            found = article_text(session, "labor_contract_law", "1", day)
            assert found is not None and found.paragraphs == (words,)
        assert article_text(session, "labor_contract_law", "1", date(2007, 1, 1)) is None
        assert article_text(session, "labor_contract_law", "9", date(2020, 1, 1)) is None


def test_a_document_is_found_with_its_source(sqlite: Database, tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    text = NOTICE.replace("测试市", "苏州市") + "（二）推动企业建立职工代表大会制度，每年至少开一次会。\n"
    path.write_text(text, encoding="utf-8")
    current = Current(sqlite, look_every=0)
    current.knowledge()
    for _ in range(2):
        with sqlite.transaction() as session:
            import_document(session, load_tree(), path)
    hit = current.knowledge().passages.search("职工代表大会多久开一次", region="CN-32-05", on=date(2032, 1, 1))[0]
    assert hit.entry.title == "关于印发《苏州市总工会2031年工作要点》的通知" and hit.entry.region == "CN-32-05"


def test_a_hostile_document_changes_nothing(sqlite: Database, tmp_path: Path) -> None:
    path = tmp_path / "bad.docx"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ReaderError), sqlite.transaction() as session:
        import_document(session, load_tree(), path)


def test_the_real_laws_import_under_their_ids(sqlite: Database, laws_folder: Path) -> None:
    with sqlite.transaction() as session:
        reports = import_laws(session, shipped(), laws_folder)
        assert [one.problem for one in reports if one.problem] == []
        assert article_text(session, "criminal_law", "276之一", date(2026, 1, 1)) is not None
        assert article_text(session, "civil_code", "1165", date(2026, 1, 1)) is not None


def test_the_real_documents_import(sqlite: Database, documents_folder: Path) -> None:
    with sqlite.transaction() as session:
        found = [import_document(session, load_tree(), path) for path in sorted(documents_folder.glob("*.txt"))]
    assert len(found) == 5 and all(document.passages for document in found)
