"""Names of one employer, written differently, and names of two that look alike."""

import pytest

from knowledge.employer_names import find, key, why_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州市XX电子有限公司", "XX电子"),
        ("XX电子", "XX厂"),
        ("昆山恒达精密机械有限公司", "恒达"),
        ("江苏省苏州市吴中区鸿运服装厂", "鸿运服装"),
        ("美团外卖", "美团众包"),
        ("恒达（昆山）电子有限公司", "恒达电子厂"),
    ],
)
def test_one_employer(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert why_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("恒达电子", "恒达餐饮"), ("苏州电子厂", "无锡电子厂"), ("恒达电子", "鸿运电子"), ("饿了么", "美团")],
)
def test_two_employers(one: str, other: str) -> None:
    assert why_same(one, other) is None


def test_the_reason_says_what_was_left_out() -> None:
    assert why_same("苏州市恒达电子有限公司", "恒达厂") == "去掉“苏州市”、“电子”、“有限公司”、“厂”以后都是“恒达”"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我在昆山恒达电子厂上班，欠我两个月工资", "昆山恒达电子厂"),
        ("投诉苏州鸿运服装有限公司拖欠工资", "苏州鸿运服装有限公司"),
        ("给美团跑单，车祸了", "美团"),
        ("我们厂三个月没发工资", ""),
        ("公司不签合同", ""),
        ("老板欠钱不还", ""),
    ],
)
def test_the_employer_in_a_sentence(text: str, name: str) -> None:
    assert find(text) == name
