"""Files and the desk: what import, editing, review, conflicts and export do to what workers are told."""

from pathlib import Path

import pytest
from sqlalchemy import select

from hotline.policy.answers import recall, record_answer
from hotline.policy.current import build_base
from hotline.policy.errors import NotAllowed, WrongData
from hotline.policy.records import (
    bodies,
    conflicts,
    export,
    find_record,
    import_files,
    keep_desk,
    publish,
    save_draft,
    submit,
    versions_of,
)
from hotline.policy.tables import VersionRow
from kit.db import Database
from tests.hotline.policy.conftest import card

FIRST = "cards/wages/first.yml"


def edited(answer: str) -> str:
    return card("wages.first", "老板拖欠工资", answer, "老板拖欠工资")


def test_import_is_idempotent_and_a_dry_run_writes_nothing(database: Database, data: Path) -> None:
    with database.transaction() as session:
        planned = import_files(session, data, dry_run=True)
        assert FIRST in planned.added and session.scalars(select(VersionRow)).all() == []
    with database.transaction() as session:
        assert import_files(session, data).added == planned.added
    with database.transaction() as session:
        again = import_files(session, data)
        assert not again.changes_answers and again.exit_code == 0 and set(again.unchanged) == set(planned.added)
        assert build_base(session).card("wages.first").answer.strip() == "先去劳动监察投诉。"


def test_a_changed_file_becomes_a_new_version_and_the_old_one_is_kept(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
    (data / FIRST).write_text(edited("改过的答案。"), encoding="utf-8")
    with database.transaction() as session:
        assert import_files(session, data).changed == (FIRST,)
        rows = versions_of(session, find_record(session, "card", "wages.first").id)
        assert [(row.number, row.status, row.source) for row in rows] == [
            (2, "published", "file"),
            (1, "retired", "file"),
        ]
        assert build_base(session).card("wages.first").answer.strip() == "改过的答案。"


def test_what_the_desk_published_is_still_served_after_the_next_start(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        draft = save_draft(session, FIRST, edited("工作台改的。"), "甲")
        submit(session, draft)
        with pytest.raises(NotAllowed, match="somebody else"):
            publish(session, draft, "甲")
        publish(session, draft, "乙")
    with database.transaction() as session:
        assert import_files(session, data).exit_code == 0
        assert build_base(session).card("wages.first").answer.strip() == "工作台改的。"


def test_when_both_changed_the_desk_stays_and_an_editor_chooses(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        publish(session, save_draft(session, FIRST, edited("工作台改的。"), "甲"), "乙")
    (data / FIRST).write_text(edited("文件改的。"), encoding="utf-8")
    for _ in range(2):
        with database.transaction() as session:
            report = import_files(session, data)
            assert (report.conflicts, report.exit_code) == ((FIRST,), 3)
            assert build_base(session).card("wages.first").answer.strip() == "工作台改的。"
            assert len(conflicts(session)) == 1
    with database.transaction() as session:
        keep_desk(session, conflicts(session)[0][1].id, "乙")
    with database.transaction() as session:
        assert import_files(session, data).exit_code == 0 and conflicts(session) == []


def test_choosing_the_file_puts_it_in_force(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        publish(session, save_draft(session, FIRST, edited("工作台改的。"), "甲"), "乙")
    (data / FIRST).write_text(edited("文件改的。"), encoding="utf-8")
    with database.transaction() as session:
        import_files(session, data)
        publish(session, conflicts(session)[0][1].id, "乙")
        assert build_base(session).card("wages.first").answer.strip() == "文件改的。"


def test_a_draft_on_the_desk_is_not_overtaken_by_a_file(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        save_draft(session, FIRST, edited("还在写。"), "甲")
    (data / FIRST).write_text(edited("文件改的。"), encoding="utf-8")
    with database.transaction() as session:
        assert import_files(session, data).conflicts == (FIRST,)
        assert build_base(session).card("wages.first").answer.strip() == "先去劳动监察投诉。"


def test_a_broken_file_changes_nothing(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
    (data / FIRST).write_text(edited("好的。") + "surprise: 1\n", encoding="utf-8")
    (data / "cards/contract/second.yml").write_text(
        card("contract.second", "没签合同", "新的。", "没签合同"), encoding="utf-8"
    )
    with pytest.raises(WrongData, match="surprise"), database.transaction() as session:
        import_files(session, data)
    with database.reading() as session:
        assert build_base(session).card("contract.second").answer.strip() == "可以要二倍工资。"
    with pytest.raises(WrongData), database.transaction() as session:
        save_draft(session, FIRST, "id: [", "甲")


def test_figures_and_lists_are_versions_too(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        kinds = {
            find_record(session, kind, key).kind for kind, key in (("list", "words.labour"), ("law", "laws.labor_law"))
        }
        assert kinds == {"list", "law"}
        path = "params/test/limit.yml"
        row = "{value: 3, ref: {law: labor_contract_law, article: '47', paragraph: 2}}"
        body = f"title: 测试上限\nunit: month\nvalues:\n  2008-01-01: {row}\n"
        publish(session, save_draft(session, path, body, "甲"), "乙")
        assert find_record(session, "parameter", "test.limit").path == path
        assert "test.limit" in build_base(session).params


def test_export_imports_back_to_the_same_thing(database: Database, data: Path, tmp_path: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        publish(session, save_draft(session, FIRST, edited("工作台改的。"), "甲"), "乙")
        assert export(session, tmp_path / "out") == len(bodies(session))
        report = import_files(session, tmp_path / "out")
        assert not report.changes_answers and report.exit_code == 0
        before = bodies(session)
    assert {p: (tmp_path / "out" / p).read_text(encoding="utf-8") for p in before} == before


def test_recall_names_who_got_the_old_text(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
        old = build_base(session).card("wages.first").version
        for _ in range(2):
            record_answer(session, "conversation-1", "message-1", "wages.first", old)
        assert recall(session, build_base(session), "wages.first") == []
        publish(session, save_draft(session, FIRST, edited("改正。"), "甲"), "乙")
        base = build_base(session)
        record_answer(session, "conversation-2", "message-2", "wages.first", base.card("wages.first").version)
        assert [one.conversation for one in recall(session, base, "wages.first")] == ["conversation-1"]


def test_a_file_that_left_the_program_leaves_the_base_unless_the_desk_edited_it(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data, complete=True)
        publish(session, save_draft(session, FIRST, edited("工作台改的。"), "甲"), "乙")
    (data / FIRST).unlink()
    second = "cards/contract/second.yml"
    moved = data / "cards/contract/renamed.yml"
    (data / second).rename(moved)
    moved.write_text(moved.read_text(encoding="utf-8").replace("contract.second", "contract.renamed"), encoding="utf-8")
    with database.transaction() as session:
        report = import_files(session, data, complete=True)
        assert (report.removed, report.missing) == ((second,), (FIRST,))
        assert {id for id, _ in build_base(session).versions} == {"wages.first", "contract.renamed"}
    moved.rename(data / second)
    (data / second).write_text(card("contract.second", "没签合同", "回来了。", "没签合同"), encoding="utf-8")
    with database.transaction() as session:
        assert import_files(session, data, complete=True).changed == (second,)
        assert {id for id, _ in build_base(session).versions} == {"wages.first", "contract.second"}
