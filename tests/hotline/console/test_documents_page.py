"""A document is pasted by one person, put in force by another, and only then found by its meaning."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from hotline import audit
from hotline.policy import documents
from hotline.policy.current import Current
from kit import clock
from kit.db import Database
from tests.support.desk import Operator

NAME = "关于做好职工代表大会工作的通知"
TEXT = """关于做好职工代表大会工作的通知
昆山市总工会〔2026〕3号
一、每个企业的职工代表大会每年至少要开一次，开会之前把议题告诉代表。
二、会上定下来的事要贴出来，让每个职工看得到。
昆山市总工会
2026年11月2日
"""


def pasted(editor: Operator, text: str = TEXT) -> str:
    answer = editor.send("/desk/documents", name=NAME, text=text)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path


def test_a_second_person_puts_it_in_force(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    editor, lead = logged_in("editor"), logged_in("lead")
    draft = pasted(editor)
    page = editor.get(draft)
    assert "昆山市总工会〔2026〕3号" in page
    assert "2026-11-02" in page
    assert "每年至少要开一次" in page
    assert editor.send(f"{draft}/publish").status_code == 409
    with sqlite.reading() as session:
        assert documents.every(session) == []

    assert lead.send(f"{draft}/publish").status_code == 303
    with sqlite.reading() as session:
        [held] = documents.every(session)
        assert (held.title, held.region) == (NAME, "CN-32-05-83")
        assert audit.records(session, act="document.published")[0].actor == f"operator:{lead.id}"
    hits = Current(sqlite).knowledge().passages.search("职代会多久开一次", None, on=clock.today(), k=3)
    assert "每年至少要开一次" in "".join(hits[0].entry.lines)
    assert "每年至少要开一次" in editor.get(f"/desk/documents/{held.id}")
    assert editor.http.get(draft).status_code == 404


def test_the_same_text_is_not_taken_twice(sqlite: Database, logged_in: Callable[..., Operator]) -> None:
    editor, lead = logged_in("editor"), logged_in("lead")
    lead.send(f"{pasted(editor)}/publish")

    assert "已经有了" in editor.send("/desk/documents", name=NAME, text=TEXT).text


@pytest.mark.parametrize("text", ["", "太短"])
def test_what_is_no_document_is_refused(logged_in: Callable[..., Operator], text: str) -> None:
    assert logged_in("editor").send("/desk/documents", name=NAME, text=text).status_code == 409


def test_a_draft_for_comment_says_so_and_can_be_thrown_away(
    sqlite: Database, logged_in: Callable[..., Operator]
) -> None:
    editor = logged_in("editor")
    draft = pasted(editor, TEXT.replace("的通知", "的通知（征求意见稿）"))
    assert "不算数" in editor.get(draft)

    editor.send(f"{draft}/discard")
    with sqlite.reading() as session:
        assert documents.drafts(session) == []
