"""A sum over several turns, as chat and SMS hold it. Today is 2026-11-21."""

from __future__ import annotations

import json

import pytest

from knowledge.calculators import CALCULATORS
from knowledge.calculators.talking import Asked, Stuck, Told, talk

from .figures import TODAY, Figures, base


def cited(reference) -> str:
    return f"《{base().law(reference.law).short}》第{reference.article}条"


def hold(kind, *turns, region=None):
    """Play the turns; the state goes through JSON as it would through a slot."""
    inputs, asked, answers = ({"region": region} if region else {}), None, []
    for text in turns:
        answer = talk(kind, text, Figures(), TODAY, inputs=inputs, asked=asked, cited=cited)
        answers.append(answer)
        inputs = json.loads(json.dumps(answer.inputs))
        asked = answer.field if isinstance(answer, Asked) else None
    return answers


def test_a_whole_conversation() -> None:
    answers = hold("severance", "我想算经济补偿", "从21年3月15干到上个月底", "一个月八千多", "公司裁员", "跳过")
    assert [type(one) for one in answers] == [Asked, Asked, Asked, Asked, Told]
    assert [one.field for one in answers[:-1]] == ["hire_date", "avg_wage_12m", "ground", "region"]
    assert answers[-1].text.startswith("算下来：合计金额 48000元。（月数 6个月，计算基数 8000元）")
    assert "《劳动合同法》第47条" in answers[-1].text and "仅供参考" in answers[-1].text
    assert "八千多" in answers[2].text


def test_nothing_is_asked_twice_when_all_is_said_at_once() -> None:
    answers = hold("arrears_penalty", "欠我3个月工资没发，一个月5500块", "没有")
    assert [one.field for one in answers if isinstance(one, Asked)] == ["ordered_by_labour_dept"]
    assert "16500元" in answers[-1].text


def test_an_unclear_figure_is_asked_for_with_an_example_and_then_handed_on() -> None:
    answers = hold("disability_grant", "9级伤残，工资说不好", "说不好", "真说不好", "还是说不好")
    assert isinstance(answers[1], Asked) and "例如" in answers[1].text
    assert isinstance(answers[-1], Stuck)


def test_a_wrong_day_is_said_and_asked_again() -> None:
    answers = hold("severance", "2022-05-01入职，2021-05-01离职，月薪6000，裁员", "公司裁员", "跳过", "2026-10-31")
    wrong = next(one for one in answers if isinstance(one, Asked) and one.field == "last_day")
    assert "早于" in wrong.text and isinstance(answers[-1], Told)


def test_a_correction_after_the_result_recomputes() -> None:
    answers = hold("arrears_penalty", "欠我3个月工资没发，一个月5500块", "没有", "不是三个月是四个月")
    assert "22000元" in answers[-1].text


def test_a_deadline_says_the_day_first() -> None:
    text = hold("limit", "", "不服仲裁裁决向法院起诉", "11月16号收到的")[-1].text
    assert text.startswith("时间紧，先看日子：最后一天 2026-12-01")


@pytest.mark.parametrize("kind", list(CALCULATORS))
def test_the_examples_of_every_calculator_lead_to_a_result(kind) -> None:
    calculator = CALCULATORS[kind]
    inputs = {
        one.name: one.example for one in calculator.fields if one.type not in ("region", "wages", "answers", "items")
    }
    inputs |= {"_place_asked": True, "wages_by_month": None, "answers": {}, "dependants": ["配偶"]}
    for name in (
        "today",
        "interruption",
        "interrupted_on",
        "count_from",
        "signed_date",
        "join_date" if kind == "annual_leave" else "",
    ):
        inputs.pop(name, None)
    answer = talk(kind, "", Figures(), TODAY, inputs=inputs, cited=cited)
    assert isinstance(answer, Told), answer
    assert "要注意" in answer.text
