"""The served base: swapped as one after an edit, cheap between looks, the same in two processes."""

import time
from datetime import date
from pathlib import Path

import pytest

from hotline.policy.current import Current, counter
from hotline.policy.records import import_files, publish, save_draft
from kit.db import Database
from tests.hotline.policy.conftest import card

ON = date(2026, 11, 21)


@pytest.fixture
def imported(sqlite: Database, data: Path) -> Database:
    with sqlite.transaction() as session:
        import_files(session, data)
    return sqlite


def edit_first(database: Database) -> None:
    with database.transaction() as session:
        body = card("wages.first", "老板拖欠工资", "改过的。")
        publish(session, save_draft(session, "cards/wages/first.yml", body, "甲"), "乙")


def test_an_edit_is_served_and_found_at_the_next_look(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
    here, there = Current(database, look_every=0), Current(database, look_every=0)
    before = here.knowledge()
    there.knowledge()
    with database.transaction() as session:
        body = card("wages.first", "高温津贴", "改过的。", "高温津贴怎么领")
        publish(session, save_draft(session, "cards/wages/first.yml", body, "甲"), "乙")
    started = time.perf_counter()
    after = here.knowledge()
    assert time.perf_counter() - started < 1
    assert after.base.card("wages.first").answer.strip() == "改过的。"
    assert after.index.search("高温津贴", on=ON)[0].card == "wages.first"
    assert before.base.card("wages.first").answer.strip() == "先去劳动监察投诉。"
    fresh = Current(database).knowledge()
    for asked in ("高温津贴", "没签合同"):
        found = [[(h.card, h.score) for h in k.index.search(asked, on=ON)] for k in (after, there.knowledge(), fresh)]
        assert found[0] == found[1] == found[2]


def test_between_looks_nothing_is_asked_of_the_database(imported: Database) -> None:
    current = Current(imported, look_every=1000)
    held = current.knowledge()
    edit_first(imported)
    assert current.knowledge() is held


def test_a_new_card_and_a_retired_card(imported: Database) -> None:
    current = Current(imported, look_every=0)
    current.knowledge()
    with imported.transaction() as session:
        new = card("hours.third", "夜班补贴", "有的地方有。", "夜班补贴")
        old = card("wages.first", "老板拖欠工资", "旧。", "老板拖欠工资").replace(
            "status: published", "status: retired"
        )
        publish(session, save_draft(session, "cards/hours/third.yml", new, "甲"), "乙")
        publish(session, save_draft(session, "cards/wages/first.yml", old, "甲"), "乙")
    index = current.knowledge().index
    assert {entry.id for entry in index.entries} == {"hours.third", "contract.second"}


def test_a_changed_list_of_words_is_cut_by_at_once(imported: Database, data: Path) -> None:
    """After any change the index is as one built anew; here none of its rows may stay."""
    current = Current(imported, look_every=0)
    current.knowledge()
    with imported.transaction() as session:
        words = (data / "words" / "empty.txt").read_text(encoding="utf-8") + "拖欠\n拖欠工资\n"
        publish(session, save_draft(session, "words/empty.txt", words, "甲"), "乙")
    found, anew = (
        [(hit.card, hit.score) for hit in one.knowledge().index.search("老板拖欠工资多久了", on=ON)]
        for one in (current, Current(imported))
    )
    assert found == anew


def test_a_process_says_what_it_answers_from(imported: Database) -> None:
    current = Current(imported, look_every=0)
    assert current.serves() is None
    current.knowledge()
    edit_first(imported)
    with imported.reading() as session:
        changed = counter(session).last
    assert current.serves() == changed


def test_without_an_import_the_shipped_files_are_served(sqlite: Database) -> None:
    assert len(Current(sqlite).base().versions) > 100
