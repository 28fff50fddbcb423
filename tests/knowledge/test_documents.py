"""Official documents: what they say of themselves, their points, and passages cut where sentences end."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.documents import DocumentError, parse_document

NOTICE = """[image: seal.jpg]
测工〔2031〕6号

关于印发《测试市总工会
2031年工作要点》的通知

各区总工会：

现将要点印发给你们，请结合实际贯彻落实。

测 试 市 总 工 会
2031年2月15日

测试市总工会2031年工作要点

一、做好测试工作
1.广泛开展测试，努力做到处处测试。
2.继续测试。
二、总结
（一）写报告。
"""
PAGE = """【测试】中共测试市委关于做好测试工作的意见

日期：2035-03-17 14:55 信息来源：未知

(2034年4月11日)

当前，测试正在深入开展，取得了成绩，也有不足。
"""


def test_a_notice_says_who_when_and_what() -> None:
    document = parse_document(NOTICE)
    assert document.title == "关于印发《测试市总工会2031年工作要点》的通知"
    assert (document.number, document.issuer) == ("测工〔2031〕6号", "测试市总工会")
    assert document.issued == date(2031, 2, 15) and not document.draft
    assert [(i.label, i.above) for i in document.items] == [
        ("一", ()),
        ("1", ("一",)),
        ("2", ("一",)),
        ("二", ()),
        ("（一）", ("二",)),
    ]


def test_the_day_of_the_web_page_is_not_the_day_of_the_document() -> None:
    document = parse_document(PAGE)
    assert document.issued == date(2034, 4, 11) and document.number is None
    assert (document.title, document.issuer) == ("中共测试市委关于做好测试工作的意见", "中共测试市委")
    assert "日期" not in "".join(p.text for p in document.passages)


def test_days_in_chinese_figures() -> None:
    assert parse_document(PAGE.replace("2034年4月11日", "二〇三四年十一月二十三日")).issued == date(2034, 11, 23)


def test_passages_end_with_sentences_and_doubles_are_left_out() -> None:
    sentence = "这是第{}个关于测试工作的长句子，写它是为了让一段话长到需要切开的程度为止。"
    text = (
        PAGE + "".join(sentence.format(n) for n in range(40)) + "\n" + "重复的一段话，说了两遍，应当只留下一遍。\n" * 2
    )
    document = parse_document(text)
    assert len(document.passages) > 3
    assert all(len(p.text) <= 580 and p.text.endswith("。") for p in document.passages)
    again = parse_document(text, known=[p.digest for p in document.passages])
    assert again.passages == () and again.digest == document.digest


def test_an_empty_scan_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"scan\.pdf: no text"):
        parse_document("\n \n", "scan.pdf")


def test_the_five_source_documents(documents_folder: Path) -> None:
    expected = {
        "000": (date(2010, 11, 17), "苏发〔2010〕59号", "中共苏州市委"),
        "001": (date(2014, 9, 1), "延州会办发〔2014〕7号", "延边州总工会办公室"),
        "002": (date(2010, 12, 29), None, "苏州市总工会"),
        "003": (date(2008, 2, 15), "苏工〔2008〕6号", "苏州市总工会"),
        "004": (date(2014, 4, 11), None, "中共北京市委"),
    }
    for path in sorted(documents_folder.glob("*.txt")):
        document = parse_document(path.read_text(encoding="utf-8"), path.name)
        assert (document.issued, document.number, document.issuer) == expected[path.name[:3]], path.name
        assert document.items and all(15 < len(p.text) <= 580 for p in document.passages)
        assert document.draft is path.name.startswith("001")
