"""One message is enough: every crisis line alarms by the rules alone, no look-alike does; the set is older."""

import pytest
import yaml

from actions.signs import plain, sign_in
from kit.settings import ROOT

LINES = yaml.safe_load((ROOT / "tests" / "questions" / "crisis.yml").read_text(encoding="utf-8"))


def test_the_set_is_large_enough() -> None:
    labels = [line["label"] for line in LINES]

    assert labels.count("crisis") >= 150
    assert labels.count("lookalike") >= 150


def test_every_crisis_line_alarms() -> None:
    assert [line["text"] for line in LINES if line["label"] == "crisis" and sign_in(line["text"]) != "alarm"] == []


def test_no_look_alike_alarms() -> None:
    alarmed = [line["text"] for line in LINES if line["label"] == "lookalike" and sign_in(line["text"]) == "alarm"]

    assert alarmed == []


@pytest.mark.parametrize("text", ["老板拖欠我三个月工资怎么办", "你好", "手指被机器压断了能赔多少", "加班费怎么算"])
def test_ordinary_questions_are_no_sign(text: str) -> None:
    assert sign_in(text) == "none"


@pytest.mark.parametrize("text", ["去死吧垃圾机器", "你怎么不去死", "快去死吧破客服"])
def test_who_curses_us_is_not_in_danger(text: str) -> None:
    assert sign_in(text) == "none"


@pytest.mark.parametrize(
    "text", ["你去死我也去死", "不给钱我就去死吧", "我去死吧你们满意了", "老板我跟你去死", "带你去死"]
)
def test_a_curse_does_not_cover_the_worker_himself(text: str) -> None:
    assert sign_in(text) == "alarm"


def test_the_model_alone_can_raise_the_alarm_but_not_over_a_known_look_alike() -> None:
    assert sign_in("他们看不到我的明天了", crisis_confidence=0.98) == "alarm"
    assert sign_in("今天累死了", crisis_confidence=0.98) != "alarm"


def test_veiled_words_get_one_soft_question() -> None:
    assert sign_in("我真的快崩溃了，没人管我") == "soft"


def test_traditional_characters_and_typos_are_mended() -> None:
    assert plain("我從樓頂跳搂") == "我从楼顶跳楼"
