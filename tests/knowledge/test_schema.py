"""The Base: cards by place and day, laws by any name, offices and lines by place."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from knowledge.errors import NotInForce, UnknownCard, UnknownLaw, UnknownOffice
from tests.knowledge.sample import sample

DAY = date(2026, 11, 21)


def test_a_region_s_own_card_is_served_there_and_below() -> None:
    base = sample()
    assert base.card("wages.owed", region="CN-32-05", on=DAY).region == "CN-32"
    assert base.card("wages.owed", region="CN-22", on=DAY).region == "CN"
    assert base.card("wages.owed", on=DAY).region == "CN"
    assert [card.id for card in base.cards(on=DAY)] == ["wages.minimum", "wages.owed"]


def test_a_card_that_is_not_there_or_not_yet_in_force_says_which() -> None:
    base = sample()
    with pytest.raises(UnknownCard):
        base.card("wages.none", on=DAY)
    with pytest.raises(NotInForce) as raised:
        base.card("contract.unsigned", on=DAY)
    assert raised.value.since == date(2027, 3, 1)
    assert base.find_card("contract.unsigned", on=DAY) is None
    assert base.card("contract.unsigned").id == "contract.unsigned"


@pytest.mark.parametrize(
    "name", ["labor_contract_law", "劳动合同法", "《中华人民共和国劳动合同法》", "《劳动合同法》", " 劳动合同法 "]
)
def test_a_law_is_found_by_any_of_its_names(name: str) -> None:
    assert sample().law(name).id == "labor_contract_law"


def test_a_notice_is_found_by_its_number() -> None:
    assert sample().law("测发[2004]1号").short == "最低工资规定"
    with pytest.raises(UnknownLaw):
        sample().law("没有这部法")


def test_offices_and_lines_climb_to_the_parent() -> None:
    base = sample()
    assert [one.id for one in base.find_offices("union", "CN-32-05-83")] == ["CN-32-05.union_line"]
    assert [one.id for one in base.find_offices("union", "CN-22")] == ["CN.12351"]
    assert base.find_offices("court", "CN-22") == []
    assert base.phone("12351", "CN-32-05-83") == "0512-00000000"
    assert base.phone("12351") == "12351"
    assert base.phone("12333", "CN-32-05") == "12333"
    with pytest.raises(UnknownOffice):
        base.phone("12313")


def test_nothing_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        sample().card("wages.owed").title = "别的"  # type: ignore[misc]
