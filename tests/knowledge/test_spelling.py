"""Slips, full-width forms and traditional characters become one spelling, and every place can be found again."""

import pytest

from knowledge.spelling import plain, with_origin


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("老版不发公资", "老板不发工资"),
        ("公司不交社宝,天天加搬", "公司不交社保,天天加班"),
        ("工商认定怎么弄", "工伤认定怎么弄"),
        ("老闆拖欠薪資怎麼辦", "老板拖欠薪资怎么办"),
        ("ＡＢＣ１２３", "abc123"),
        ("怎么办？？？！！！", "怎么办?!"),
        ("欠我10000元", "欠我10000元"),
        ("哈哈哈哈哈", "哈哈"),
        ("不发钱😭😭", "不发钱"),
        ("去工商局举报", "去工商局举报"),
        ("  \n ", ""),
        ("", ""),
    ],
)
def test_plain(typed: str, meant: str) -> None:
    assert plain(typed) == meant
    assert plain(meant) == meant


def test_a_place_is_given_back_in_the_workers_own_text() -> None:
    typed = "😭我在東莞！！！老版欠我３０００元"
    found = with_origin(typed)

    for word, own in (("东莞", "東莞"), ("老板", "老版"), ("3000元", "３０００元")):
        start = found.text.index(word)
        first, last = found.span(start, start + len(word))
        assert typed[first:last] == own
    assert len(found.origin) == len(found.text) + 1
