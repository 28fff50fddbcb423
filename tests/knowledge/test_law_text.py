"""Law texts: made-up ones for every trap, and the whole folder of real ones where there is one."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.law_text import LawTextError, parse_law

PLAIN = """# 测试劳动条例

2001年2月3日 测试委员会第1次会议通过
2012年5月6日 测试委员会第9次会议修正

<!-- INFO END -->

## 第一章 总则

第一条 为了测试，制定本条例。

第二条 依照第一条办理。
第一条第二款所说的情形除外。
第十四条第三款规定的情形，也除外。

（一）第一种；

（二）第二种。

第二条之一 后来加上的。

第三条　　本条例自2001年7月1日起施行。

附件：表格
第四条 不是条文。
"""
DECISION = """---
title: 测试大会关于测试的决定
date: '2024-09-13'
effective_date: '2025-01-01'
tags:
  - 决定
---

**测试大会关于测试的决定**

> （2024年9月13日测试大会通过）

为了测试，决定如下：

一、同意测试。

二、批准《测试办法》。

测试部关于测试的办法

坚持以测试为指导，制定本办法。

- **第一条**　　从2025年1月1日起测试。

- **第二条**　　可以自愿测试。

  国家支持测试。
"""


def test_articles_headings_and_references() -> None:
    (law,) = parse_law(PLAIN)
    assert law.title == "测试劳动条例"
    assert [a.number for a in law.articles] == ["1", "2", "2之一", "3"]
    assert law.gaps == ()
    second = law.article("2")
    assert second is not None
    assert second.paragraphs == (
        "依照第一条办理。",
        "第一条第二款所说的情形除外。",
        "第十四条第三款规定的情形，也除外。",
        "（一）第一种；",
        "（二）第二种。",
    )


def test_an_amended_text_does_not_say_since_when_it_holds() -> None:
    (law,) = parse_law(PLAIN)
    assert (law.adopted, law.effective) == (date(2012, 5, 6), None)
    (first,) = parse_law(PLAIN.replace("2012年5月6日 测试委员会第9次会议修正\n", ""))
    assert (first.adopted, first.effective) == (date(2001, 2, 3), date(2001, 7, 1))


def test_a_decision_that_carries_a_regulation_is_two_instruments() -> None:
    decision, regulation = parse_law(DECISION)
    assert decision.title == "测试大会关于测试的决定" and [a.number for a in decision.articles] == ["1", "2"]
    assert regulation.title == "测试部关于测试的办法" and [a.number for a in regulation.articles] == ["1", "2"]
    assert regulation.effective == decision.effective == date(2025, 1, 1)
    assert "批准《测试办法》" in decision.articles[1].text and "坚持" not in decision.articles[1].text


def test_text_from_a_word_file_without_spaces_after_the_number() -> None:
    (law,) = parse_law("测试规定\n第一条为了测试。\n第二条用人单位应当测试。\n第三条规定的除外。\n第三条其他。\n")
    assert [a.number for a in law.articles] == ["1", "2", "3"]
    assert law.articles[1].paragraphs == ("用人单位应当测试。", "第三条规定的除外。")


def test_a_part_of_a_code_may_begin_anywhere() -> None:
    (law,) = parse_law("# 测试法典\n\n第四百六十三条 一。\n\n第四百六十四条 二。\n\n第四百六十六条 四。\n")
    assert law.gaps == (465,)


def test_a_number_of_issue_is_found() -> None:
    (law,) = parse_law("测试院关于\n\n测试问题的解释（二）\n\n**测释〔2025〕12号**\n\n- **第一条**　　一。\n")
    assert law.number == "测释〔2025〕12号" and law.title == "测试院关于测试问题的解释（二）"


def test_no_law_is_said_so() -> None:
    with pytest.raises(LawTextError, match=r"notes\.txt: no article"):
        parse_law("今天天气不错", "notes.txt")


def test_every_real_text_splits_without_a_gap(laws_folder: Path) -> None:
    for path in sorted(laws_folder.glob("*.md")):
        found = parse_law(path.read_text(encoding="utf-8"), path.name)
        assert len(found) == (2 if "决定及国务院办法" in path.name else 1), path.name
        for law in found:
            numbers = [article.number for article in law.articles]
            assert law.title and law.adopted and not law.gaps, path.name
            assert len(set(numbers)) == len(numbers) and all(a.paragraphs for a in law.articles), path.name
