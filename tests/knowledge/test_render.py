"""What a worker reads on each channel."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.loader import shipped
from knowledge.pages import LIMITS, cut, utf8_bytes, utf16_units
from knowledge.render import Citation, article_words, render
from tests.knowledge.sample import sample

DAY = date(2026, 11, 21)


def text_of(card: str, channel: str = "web", region: str | None = None, on: date = DAY, part: str = "full") -> str:
    base = sample()
    return render(base, base.card(card, region=region), region=region, on=on, channel=channel, part=part).text


def test_the_answer_comes_first_and_then_everything_else_in_order() -> None:
    text = text_of("wages.owed")
    order = [
        "能要回来",
        "下一步：\n1. ",
        "2. 打12351",
        "留好这些证据",
        "期限：一年内申请仲裁",
        "找谁：",
        "依据：《劳动合同法》",
        "要注意",
        "适用：全国，2026年11月21日",
    ]
    places = [text.index(part) for part in order]
    assert text.startswith("能要回来") and places == sorted(places)
    assert "第30条第1款、第85条" in text


def test_a_place_gets_its_own_line_and_address() -> None:
    text = text_of("wages.minimum", region="CN-32-05-83")
    assert "每月1500元" in text
    assert "江苏最低工资标准（测试数）用的是江苏省2024年1月1日起的数" in text
    base = sample()
    card = replace(base.card("wages.owed"), region="CN")
    assert "测试路1号，电话0512-00000000" in render(base, card, region="CN-32-05", on=DAY, channel="web").text


def test_a_missing_figure_is_said_and_reported() -> None:
    base = sample()
    card = base.card("wages.minimum")
    there = render(base, card, region="CN-22", on=DAY, channel="web")
    assert "当地的数还没收录，请拨12333问" in there.text
    assert there.missing == ("minimum_wage.hourly",) and not there.needs_region
    nowhere = render(base, card, region=None, on=DAY, channel="web")
    assert nowhere.needs_region and "告诉我你在哪个城市" in nowhere.text


def test_what_is_not_checked_or_checked_long_ago_is_said() -> None:
    assert "以当地最新规定为准，请拨打12333核实" in text_of("wages.minimum")
    assert "上次核对是" not in text_of("wages.owed")
    assert "上次核对是2026年11月1日" in text_of("wages.owed", on=date(2027, 9, 1))
    soon = text_of("wages.minimum", region="CN-32-05", on=date(2027, 3, 15))
    assert "上次核对是2026年11月1日" in soon, "a minimum wage is looked at again sooner than a card"


def test_a_rule_not_yet_in_force_says_from_when() -> None:
    base = sample()
    rendered = render(base, base.card("contract.unsigned"), region=None, on=DAY, channel="web")
    assert rendered.text.startswith("注意：下面说的规定2027年3月1日起才施行")
    assert rendered.expired_notice is not None


def test_parts_for_shorter_and_which_law() -> None:
    assert text_of("wages.owed", part="short").startswith("先留证据，再找劳动监察投诉，拿不准打12351")
    assert text_of("wages.owed", part="law").startswith("依据：《劳动合同法》第30条第1款、第85条")
    assert text_of("wages.owed", part="steps").startswith("下一步：")
    with pytest.raises(ValueError, match="full"):
        text_of("wages.owed", part="all")


def test_an_sms_stands_alone_and_offers_the_rest() -> None:
    base = sample()
    card = base.card("wages.owed")
    first = render(base, card, region=None, on=DAY, channel="sms")
    assert first.text.startswith("先留证据") and "下一步：把工资条拍下来" in first.text and "12333" in first.text
    assert "回复“更多”看全文" in first.text and first.has_more
    whole = [render(base, card, region=None, on=DAY, channel="sms", page=n).text for n in range(2, first.pages + 1)]
    assert all(utf16_units(text) <= 201 for text in (first.text, *whole))
    assert "能要回来" in whole[0] and "适用：全国" in whole[-1]


def test_pages_never_cut_inside_a_sentence() -> None:
    sentence = "这是一句有二十来个字的测试用的话，说完了。"
    text = "\n".join(sentence * 7 for _ in range(12))
    pages = cut(text, LIMITS["wechat"])
    assert len(pages) > 1 and all(utf8_bytes(page) <= 2000 for page in pages)
    assert all("。\n（" in page for page in pages)
    assert "".join(page[: page.rindex("\n（")] for page in pages).count(sentence) == 84
    assert "回复“更多”" in pages[0] and "回复“更多”" not in pages[-1]


def test_article_words() -> None:
    assert article_words(Citation("刑法", "276之一", None, "")) == "第276条之一"
    assert article_words(Citation("劳动合同法", "47", 2, "")) == "第47条第2款"


@pytest.mark.parametrize("region", [None, "CN-32-05-83", "CN-22-24-01"])
def test_every_shipped_card_renders_on_every_channel(region: str | None) -> None:
    base = shipped()
    for card in base.versions.values():
        for channel, limit in LIMITS.items():
            first = render(base, card, region=region, on=DAY, channel=channel)
            pages = [first.text] + [
                render(base, card, region=region, on=DAY, channel=channel, page=n).text
                for n in range(2, first.pages + 1)
            ]
            assert all(limit is None or limit.measure(page) <= limit.size for page in pages), card.id
            assert all("{{" not in page and page.strip() for page in pages), card.id


def test_every_shipped_card_with_figures_renders_on_each_day_that_one_changes() -> None:
    base = shipped()
    days = {day for param in base.params.values() for day in param.values} | {
        day for fact in base.facts.values() for day in fact.values
    }
    for card in base.versions.values():
        if "param(" not in card.answer and "region(" not in card.answer:
            continue
        for day in sorted(days):
            if card.in_force.covers(day):
                for region in ("CN-11-05", "CN-32-05-83", "CN-22-24-01"):
                    assert render(base, card, region=region, on=day, channel="web").text
