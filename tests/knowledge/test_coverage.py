"""The page of coverage says the same twice and knows what nobody answers."""

from collections import Counter

from knowledge.coverage import (
    MOST_MERGES,
    PAGE,
    SourceRow,
    leaf_cards,
    merges,
    missing_leaves,
    missing_rows,
    page,
    source_rows,
)
from knowledge.loader import shipped
from tests.knowledge.sample import sample

LEAVES = {"wages/owed": "wages.owed", "wages/none-such": "wages.none_such"}
MERGED = {"wages/owed": "同一件事"}
ROWS = [
    SourceRow("A01", "热线", "ROUTE", at="desk", reason="坐席端"),
    SourceRow("A02", "中心", "ANSWER", cards=("wages.none_such",)),
    SourceRow("A03", "工资", "ANSWER", cards=("wages.owed",)),
]


def test_leaves_and_rows_without_an_answer_are_named() -> None:
    assert missing_leaves(sample(), LEAVES) == ["wages/none-such"]
    assert [row.id for row in missing_rows(sample(), ROWS)] == ["A02"]


def test_the_page_is_the_same_each_time() -> None:
    text = page(sample(), LEAVES, MERGED, ROWS)
    assert text == page(sample(), LEAVES, MERGED, ROWS)
    assert "| wages/owed | wages.owed | 同一件事 |" in text and "| wages/none-such | 没有 | – |" in text
    assert "| A01 | 热线 | ROUTE | desk（坐席端） |" in text and "劳动合同法第30条第1款" in text


def test_the_registers_hold_every_row() -> None:
    assert len(leaf_cards()) == 304
    assert len(source_rows()) == 199


def test_a_card_of_two_questions_has_a_reason_and_few_may_be() -> None:
    shared = [card for card, times in Counter(leaf_cards().values()).items() if times > 1]
    assert {leaf_cards()[leaf] for leaf in merges()} == set(shared)
    assert sum(Counter(leaf_cards().values())[card] - 1 for card in shared) == len(merges()) <= MOST_MERGES
    assert all(len(reason) > 15 for reason in merges().values())


def test_every_question_and_every_row_is_answered_and_the_page_says_so() -> None:
    assert missing_leaves(shipped(), leaf_cards()) == []
    assert missing_rows(shipped(), source_rows()) == []
    assert PAGE.read_text(encoding="utf-8") == page(shipped(), leaf_cards(), merges(), source_rows()), (
        "python -m knowledge.coverage"
    )
