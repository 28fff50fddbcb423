"""What people said leads to its card: read from the training sentences, kept when the card is edited."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from hotline.policy.current import Current
from hotline.policy.heard import heard
from hotline.policy.records import import_files, publish, save_draft
from kit.db import Database
from tests.hotline.policy.conftest import card

ON = date(2026, 11, 21)
SENTENCES = """
version: "3.1"
nlu:
- intent: wages
  metadata:
    card: wages.first
  examples: |
    - 工头跑路没影了
    - 年底一分都没见着
- intent: wages
  examples: |
    - 这句谁都能答
"""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, tuple[str, ...]]:
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "wages.yml").write_text(SENTENCES, encoding="utf-8")
    found = heard(folder)
    monkeypatch.setattr("hotline.policy.entries.heard", lambda: found)
    return found


def test_only_sentences_with_a_card_are_heard(said: Mapping[str, tuple[str, ...]]) -> None:
    assert said == {"wages.first": ("工头跑路没影了", "年底一分都没见着")}


@pytest.mark.usefixtures("said")
def test_a_card_that_the_desk_edits_keeps_what_was_heard(database: Database, data: Path) -> None:
    with database.transaction() as session:
        import_files(session, data)
    current = Current(database, look_every=0)
    assert current.knowledge().index.search("工头跑路没影了", on=ON)[0].card == "wages.first"
    with database.transaction() as session:
        body = card("wages.first", "高温津贴", "改过的。", "高温津贴怎么领")
        publish(session, save_draft(session, "cards/wages/first.yml", body, "甲"), "乙")
    after = current.knowledge()
    assert after.base.card("wages.first").answer.strip() == "改过的。"
    assert after.index.search("工头跑路没影了", on=ON)[0].card == "wages.first"
    assert "工头跑路没影了" not in after.base.card("wages.first").ask
