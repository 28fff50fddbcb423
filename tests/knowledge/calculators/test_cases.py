"""Every worked case of tests/cases: the arithmetic in plain sight, the values, the articles and the properties."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from knowledge.calculators import CALCULATORS, VALUES, calculate

from .figures import TODAY, Figures, base

FOLDER = Path(__file__).parents[2] / "cases"
CASES = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.yml"))
    if path.stem in CALCULATORS
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
KEYS = {"name", "on", "input", "arithmetic", "output", "because", "law", "source"}
SOURCE = {"example", "table", "by", "published", "at", "differs"}


def worked(arithmetic: str) -> str:
    """The left side worked out in fractions and rounded half up to the cent, the right side as written."""
    left, _, right = arithmetic.partition(" = ")
    assert re.fullmatch(r"[\d.+×÷−() ]+", left), left
    sum_text = left.replace("×", "*").replace("÷", "/").replace("−", "-")
    value = eval(re.sub(r"\d+(?:\.\d+)?", lambda number: f'Fraction("{number[0]}")', sum_text), {"Fraction": Fraction})
    cents = int(value * 100 + Fraction(1, 2))
    assert right == f"{cents // 100}.{cents % 100:02d}", f"{arithmetic}: 左边是{cents}分"
    return right


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['name']}" for kind, case in CASES])
def test_case(kind, case) -> None:
    assert set(case) <= KEYS and case["because"]
    named(case.get("source"))
    result = calculate(kind, case["input"], Figures(), case.get("on", TODAY))
    found = result.as_json()["result"]
    expected = dict(case.get("output") or {})
    if "findings_count" in expected:
        assert len(found["findings"]) == expected.pop("findings_count")
    if case.get("arithmetic"):
        expected[result.main] = worked(case["arithmetic"])
    assert {name: found.get(name) for name in expected} == expected
    again = calculate(kind, case["input"], Figures(), case.get("on", TODAY))
    assert again == result, "same input, same result"
    check(result)


def named(source) -> None:
    """A source is a published example or an official table, with its title and who published it."""
    if source is None:
        return
    assert set(source) <= SOURCE and source["by"], source
    assert bool(source.get("example")) != bool(source.get("table")), source


def check(result) -> None:
    """What holds for every result: steps add up, values are known, articles exist, the caution is there."""
    assert result.steps and result.cautions[-1].startswith("以上仅供参考")
    assert set(result.values) <= set(VALUES)
    if result.main is not None and not result.missing:
        lines = [step.amount for step in result.steps if step.amount is not None]
        assert sum(lines, Decimal(0)) == result.values[result.main]
    for reference in result.references:
        law = base().law(reference.law)
        assert law.articles is None or int(reference.article) <= law.articles, reference
    json.dumps(result.as_json(), ensure_ascii=False)


def test_twelve_cases_a_calculator_and_four_with_a_source() -> None:
    count = Counter(kind for kind, _ in CASES)
    sourced = Counter(kind for kind, case in CASES if case.get("source"))
    assert {kind for kind in CALCULATORS if count[kind] < 12} == set()
    assert {kind for kind in CALCULATORS if sourced[kind] < 4} == set()


def test_a_calculator_answers_within_five_milliseconds() -> None:
    figures = Figures()
    calculate(*_first(), figures, TODAY)
    for kind, case in CASES[::7]:
        best = min(_timed(kind, case["input"], figures) for _ in range(3))
        assert best < 0.005, f"{kind}: {best * 1000:.1f} ms"


def _first():
    return CASES[0][0], CASES[0][1]["input"]


def _timed(kind, inputs, figures) -> float:
    start = time.perf_counter()
    calculate(kind, inputs, figures, TODAY)
    return time.perf_counter() - start
