"""Numbers that identify a person are masked before anything is stored; sums and dates stay."""

import pytest

from bot.masking import mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我电话13800000000", "我电话138******00"),
        ("身份证 11010519491231002X", "身份证 ******************"),
        ("卡号6222 0212 3456 7890 123别扣", "卡号***********************别扣"),
        ("欠我123456元，2024年3月15日到2026年10月31日", "欠我123456元，2024年3月15日到2026年10月31日"),
        ("工单20261121-0042-7", "工单20261121-0042-7"),
        ("电话１３８００００００００", "电话１３８******００"),
    ],
)
def test_masking(text: str, shown: str) -> None:
    assert mask(text) == shown
    assert len(mask(text)) == len(text)


def test_a_phone_that_was_asked_for_is_kept() -> None:
    assert mask("13800000000", keep_phone=True) == "13800000000"
