"""Search: by meaning, by words, by article; filtered by topic, region and day; the same in every process."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from knowledge.citations import Cited, LawNames, article_number, chinese_number
from knowledge.encoder import E5, Vectors
from knowledge.search import Entry, Index

ON = date(2026, 11, 21)
LAWS = LawNames(
    {
        "labor_contract_law": ["劳动合同法", "中华人民共和国劳动合同法"],
        "labor_contract_regulation": ["劳动合同法实施条例"],
        "criminal_law": ["刑法"],
    }
)


def entry(name: str, *lines: str, **more: object) -> Entry:
    base = Entry(name, "card", name.split(".", maxsplit=1)[0], "CN", lines[0], lines)
    return replace(base, **more)  # type: ignore[arg-type]


CARDS = [
    entry("wages.arrears", "老板拖欠工资怎么办", "干了三个月没给钱", "包工头不发工资跑了", "工地欠薪找谁要"),
    entry("hours.overtime", "加班费怎么算", "周末加班给几倍工资", "天天赶工到半夜没有加班费"),
    entry(
        "termination.unlawful",
        "公司违法辞退赔多少",
        "无缘无故开除我",
        "把我炒了赔不赔",
        cites=(("labor_contract_law", "87"),),
    ),
    entry(
        "contract.double",
        "没签劳动合同两倍工资",
        "一直不签合同",
        "没合同能要双倍吗",
        cites=(("labor_contract_law", "82"),),
    ),
    entry("women.pregnant", "怀孕了公司让我走人", "怀孕被调岗降薪", "产假工资怎么发"),
    entry("insurance.not_enrolled", "公司不给交社保", "没有五险怎么办", "入职一年没缴社会保险"),
]


class Meaning:
    """A stand-in for the model: texts of one theme lie together."""

    name = "meaning"
    themes = ("工资欠薪不发给钱wage", "加班赶工", "辞退开除炒", "合同双倍", "怀孕产假", "社保五险")

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([[1.0 + sum(c in theme for c in text) for theme in self.themes] for text in texts])
        rows = np.pad(rows, ((0, 0), (0, 384 - rows.shape[1]))).astype(np.float32)
        found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

    encode_passage = encode_query


def test_words_find_the_card_and_say_why() -> None:
    hit = Index.of(CARDS, laws=LAWS).search("公司不交社保", on=ON)[0]
    assert hit.card == "insurance.not_enrolled" and hit.vector_score is None
    assert 0 < hit.score <= 1 and "社保" in hit.why


@pytest.mark.parametrize(
    ("asked", "card"),
    [("老扳拖欠工资", "wages.arrears"), ("拖久工资", "wages.arrears"), ("公司不给交社宝", "insurance.not_enrolled"),
     ("俺的血汗钱被工头赖账了", "wages.arrears"), ("老板把我炒鱿鱼了", "termination.unlawful")],
)  # fmt: skip
def test_typos_and_sayings_are_understood_without_a_model(asked: str, card: str) -> None:
    assert Index.of(CARDS, laws=LAWS).search(asked, on=ON)[0].card == card


@pytest.mark.parametrize(
    "asked", ["劳动合同法87条", "劳动合同法第八十七条怎么说", "《中华人民共和国劳动合同法》第87条", "第87条"]
)
def test_an_article_finds_what_cites_it(asked: str) -> None:
    hit = Index.of(CARDS, laws=LAWS).search(asked, on=ON)[0]
    assert hit.card == "termination.unlawful" and "第87条" in hit.why


def test_a_line_said_word_for_word_comes_first() -> None:
    hit = Index.of(CARDS, encoder=Meaning(), laws=LAWS).search(
        "怀孕被调岗降薪", Meaning().encode_query(["加班"])[0], on=ON
    )[0]
    assert hit.card == "women.pregnant" and hit.score >= 0.9


def test_meaning_outweighs_words() -> None:
    index = Index.of(CARDS, encoder=Meaning(), laws=LAWS)
    hits = index.search("wage 欠", Meaning().encode_query(["wage 欠薪不发给钱"])[0], on=ON)
    assert hits[0].card == "wages.arrears" and hits[0].vector_score is not None and hits[0].vector_score > 0.5
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_topic_region_and_day_filter() -> None:
    local = entry("wages.arrears", "苏州欠薪找谁", "苏州老板拖欠工资", region="CN-32-05")
    ended = entry("wages.old", "老板拖欠工资旧规定", "老板拖欠工资", until=date(2020, 1, 1))
    index = Index.of([*CARDS, local, ended], laws=LAWS)
    assert [h.entry.region for h in index.search("拖欠工资", on=ON) if h.card == "wages.arrears"] == ["CN"]
    inside = [h for h in index.search("拖欠工资", region="CN-32-05-83", on=ON) if h.card == "wages.arrears"]
    assert [h.entry.region for h in inside] == ["CN-32-05"]
    assert "wages.old" not in [h.card for h in index.search("老板拖欠工资", on=ON)]
    assert "wages.old" in [h.card for h in index.search("老板拖欠工资", on=date(2019, 1, 1))]
    assert {h.entry.topic for h in index.search("工资", topic="hours", on=ON)} == {"hours"}


def test_passages_of_a_place_are_found_without_naming_it() -> None:
    passage = entry("doc1.3", "苏州市总工会要求企业依法缴纳社会保险", kind="passage", region="CN-32-05")
    index = Index.of([passage], laws=LAWS)
    for region in (None, "CN-32", "CN-32-05-83"):
        assert index.search("社会保险", region=region, on=ON)[0].kind == "passage"
    assert index.search("社会保险", region="CN-44", on=ON) == []


def test_a_changed_card_is_found_at_once_and_the_old_index_stays() -> None:
    index = Index.of(CARDS, encoder=Meaning(), laws=LAWS)
    changed = replace(CARDS[1], lines=("高温津贴什么时候发", "高温补贴标准", "四十度还让干活"), title="高温津贴")
    after = index.updated([changed], ["women.pregnant"], encoder=Meaning())
    assert after.search("高温津贴", on=ON)[0].card == "hours.overtime"
    assert "women.pregnant" not in {e.id for e in after.entries} and len(index) == len(after) + 1
    assert "高温津贴什么时候发" not in {line for e in index.entries for line in e.lines}


def test_a_fresh_process_gives_the_same_scores_as_one_that_was_updated() -> None:
    grown = Index.of(CARDS[:3], encoder=Meaning(), laws=LAWS).updated(reversed(CARDS[3:]), encoder=Meaning())
    fresh = Index.of(CARDS, encoder=Meaning(), laws=LAWS)
    for asked in ("拖欠工资", "加班", "劳动合同法82条"):
        vector = Meaning().encode_query([asked])[0]
        pairs = [[(h.card, h.score) for h in index.search(asked, vector, on=ON)] for index in (grown, fresh)]
        assert pairs[0] == pairs[1]


def test_nothing_in_common_finds_nothing() -> None:
    assert Index.of(CARDS, laws=LAWS).search("zzz", on=ON) == []
    assert Index.of([], laws=LAWS).search("工资", on=ON) == []


def test_the_real_model_understands_other_words_and_english() -> None:
    encoder = E5()
    index = Index.of(CARDS, encoder=encoder, laws=LAWS)
    for asked, card in (
        ("boss refuses to pay my salary", "wages.arrears"),
        ("I am pregnant and they fired me", "women.pregnant"),
        ("干完活老板玩失踪不给结账", "wages.arrears"),
    ):
        assert index.search(asked, encoder.encode_query([asked])[0], on=ON)[0].card == card, asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("劳动合同法实施条例第二十五条", [Cited("labor_contract_regulation", "25")]),
        ("刑法276条之一怎么判", [Cited("criminal_law", "276之一")]),
        ("《劳动合同法》第四十七条第二款", [Cited("labor_contract_law", "47", 2)]),
        ("劳动合同法说了啥", [Cited("labor_contract_law", None)]),
        ("欠我三条裤子", []),
        ("第一百二十一条", [Cited(None, "121")]),
    ],
)
def test_citations_in_a_sentence(text: str, expected: list[Cited]) -> None:
    assert LAWS.find(text) == expected


def test_numbers() -> None:
    assert [chinese_number(n) for n in ("十", "十四", "二百七十六", "一千零八十", "１２", "一〇三")] == [
        10,
        14,
        276,
        1080,
        12,
        103,
    ]
    assert article_number("二百七十六", "一") == "276之一"
