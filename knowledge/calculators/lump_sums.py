"""The two lump sums of grades 5 to 10 at the end of the work: only the province sets them (Articles 36 and 37)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .citations import cite
from .result import Step, Value, money, plain, yuan

TITLES = {"medical": "一次性工伤医疗补助金", "employment": "一次性伤残就业补助金"}
PAID_BY = {"medical": "工伤保险基金付", "employment": "单位付"}
NAMES = {"medical": "medical_lump", "employment": "employment_lump"}
WHEN = "两笔一次性补助金要在合同到期终止，或者本人提出离开时才付；离退休不到五年的，有的地方要打折。"
UNKNOWN = "解除或终止合同时，另有一次性工伤医疗补助金和伤残就业补助金，标准由省定，请打12333问清。"


@dataclass(frozen=True)
class LumpSums:
    """What to add to a grade's result."""

    values: Mapping[str, Value]
    steps: tuple[Step, ...]
    cautions: tuple[str, ...]
    missing: tuple[str, ...] = ()


def lump_sums(grade: int, place: Mapping[str, Any] | None, local_avg_wage: Decimal | None) -> LumpSums:
    """The place's sums, in yuan or in months of its average wage; a gap is named, never filled."""
    if place is None:
        return LumpSums({}, (), (UNKNOWN,), ("injury_lump_sums",))
    rule = cite("工伤", 36, 2) if grade <= 6 else cite("工伤", 37, 1)
    cautions = (WHEN, *((str(place["remark"]),) if place.get("remark") else ()))
    values: dict[str, Value] = {}
    steps, missing = [], False
    for part, title in TITLES.items():
        figure = place[part][f"grade_{grade}"]
        amount, words = _sum(figure, place.get("counted_in") == "months", local_avg_wage)
        missing = missing or amount is None
        if amount is not None:
            values[NAMES[part]] = amount
        steps.append(Step(f"{title}（{PAID_BY[part]}）：{words}", None, rule))
    return LumpSums(values, tuple(steps), cautions, ("local_avg_wage",) if missing else ())


def _sum(figure: Decimal, months: bool, average: Decimal | None) -> tuple[Decimal | None, str]:
    if not months:
        return money(figure), yuan(figure)
    if average is None:
        return None, f"{plain(figure)}个月 × 当地上年度职工月平均工资"
    amount = money(average * figure)
    return amount, f"{yuan(average)} × {plain(figure)}个月 = {yuan(amount)}"
