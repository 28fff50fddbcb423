"""What a calculator hands back: the values, the steps behind them, and what they depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from .citations import Reference

Value = Decimal | int | date | str | bool | None | tuple[str, ...] | Mapping[str, Decimal]
CENT = Decimal("0.01")
ZERO = Decimal(0)


class Kind(NamedTuple):
    """How a value is written and what it is called."""

    type: str
    title: str
    unit: str = ""


MONEY = {
    "base": "计算基数",
    "amount": "合计金额",
    "severance": "经济补偿",
    "notice_pay": "代通知金",
    "extra_amount": "应另付金额",
    "hourly": "小时工资",
    "compensation": "赔偿金",
    "floor": "最低应发工资",
    "arrears": "欠付金额",
    "extra_min": "加付赔偿金下限",
    "extra_max": "加付赔偿金上限",
    "total_min": "合计下限",
    "total_max": "合计上限",
    "comparable_wage": "可比工资",
    "monthly_shortfall": "每月差额",
    "grant": "一次性伤残补助金",
    "monthly_allowance": "每月伤残津贴",
    "medical_lump": "一次性工伤医疗补助金",
    "employment_lump": "一次性伤残就业补助金",
    "funeral": "丧葬补助金",
    "death_grant": "一次性工亡补助金",
    "monthly_dependants": "供养亲属抚恤金（每月合计）",
    "allowance": "生育津贴",
    "top_up": "单位应补差额",
    "max_penalty": "违约金上限",
    "monthly": "每月金额",
    "max_monthly": "每月最多可扣",
    "fee": "滞纳金",
    "amount_month_by_month": "按月分别算时效时还能主张",
}
COUNTS = {
    "months": ("月数", "个月"),
    "partial_workdays": ("不满一个月部分的工作日", "天"),
    "standard_hours": ("标准工时", "小时"),
    "overtime_hours": ("超出工时", "小时"),
    "entitled_days": ("应休天数", "天"),
    "unused_days": ("未休天数", "天"),
    "max_months": ("最长月数", "个月"),
    "excess_months": ("超出月数", "个月"),
    "days": ("天数", "天"),
    "prenatal_days": ("其中产前可休", "天"),
    "provincial_days": ("本省另加", "天"),
    "total_days": ("合计天数", "天"),
    "nursing_hours_per_day": ("每天哺乳时间", "小时"),
    "window_months": ("累计病休计算周期", "个月"),
    "age_years": ("退休年龄（岁）", "岁"),
    "age_months": ("再加月数", "个月"),
    "delay_months": ("延迟月数", "个月"),
    "min_contribution_years": ("最低缴费年限", "年"),
    "years": ("最低缴费年限", "年"),
    "short_years": ("还差年限", "年"),
    "days_left": ("还剩天数", "天"),
    "late_days": ("欠缴天数", "天"),
}
VALUES: dict[str, Kind] = {
    **{name: Kind("money", title, "元") for name, title in MONEY.items()},
    **{name: Kind("count", title, unit) for name, (title, unit) in COUNTS.items()},
    "amounts": Kind("amounts", "各项金额", "元"),
    "deemed_open_ended_from": Kind("date", "视为已订立无固定期限合同之日"),
    "claim_by_first": Kind("date", "按月分别算时效：第一个月最晚申请日"),
    "claim_by_last": Kind("date", "从期满起算时效：最晚申请日"),
    "deadline": Kind("date", "最后一天"),
    "safer_day": Kind("date", "稳妥的日子"),
    "employer_deadline": Kind("date", "单位申报最后一天"),
    "worker_deadline": Kind("date", "本人、近亲属、工会申请最后一天"),
    "retire_month": Kind("month", "法定退休时间"),
    "earliest_flexible_month": Kind("month", "弹性提前最早"),
    "latest_flexible_month": Kind("month", "弹性延后最晚"),
    "eligible": Kind("yes", "能不能领"),
    "in_time": Kind("yes", "还在期限内"),
    "applies": Kind("yes", "是否按经济性裁员程序"),
    "payer": Kind("text", "由谁支付"),
    "reason": Kind("text", "理由"),
    "findings": Kind("list", "检查发现"),
}


@dataclass(frozen=True)
class Step:
    """One line of the working. Lines with an amount add up to the result's main value."""

    words: str
    amount: Decimal | None = None
    reference: Reference | None = None


@dataclass(frozen=True)
class Result:
    """A sum or a deadline, with everything that a worker needs to check it."""

    kind: str
    values: Mapping[str, Value]
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    urgent: bool = False
    main: str | None = "amount"
    also: tuple[Reference, ...] = field(default=())

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every article that the working rests on, once, in order."""
        found = [step.reference for step in self.steps if step.reference is not None]
        return tuple(dict.fromkeys([*found, *self.also]))

    def with_notes(self, assumptions: Sequence[str] = (), cautions: Sequence[str] = ()) -> Result:
        """The same result with more lines under it."""
        return replace(
            self,
            assumptions=tuple(dict.fromkeys([*self.assumptions, *assumptions])),
            cautions=tuple(dict.fromkeys([*self.cautions, *cautions])),
        )

    def as_json(self) -> dict[str, Any]:
        """The answer of the API: money as decimal strings, counts as numbers, dates as ISO."""
        return {
            "kind": self.kind,
            "result": {name: written(name, value) for name, value in self.values.items()},
            "steps": [
                {
                    "words": step.words,
                    "amount": None if step.amount is None else str(step.amount),
                    "reference": None if step.reference is None else step.reference.as_json(),
                }
                for step in self.steps
            ],
            "references": [reference.as_json() for reference in self.references],
            "assumptions": list(self.assumptions),
            "cautions": list(self.cautions),
            "missing": list(self.missing),
            "urgent": self.urgent,
        }


def written(name: str, value: Value) -> Any:
    """One value as JSON holds it."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value) if VALUES[name].type == "money" else number(value)
    if isinstance(value, Mapping):
        return {key: str(part) for key, part in value.items()}
    return list(value) if isinstance(value, tuple) else value


def number(value: Decimal) -> Any:
    """A count as a JSON number: 4, 4.5. Read by json so that no binary fraction enters our own arithmetic."""
    return json.loads(plain(value))


def money(value: Decimal) -> Decimal:
    """Half up to the cent, once, at the end."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def plain(value: Decimal | int) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(value: Decimal) -> str:
    """An amount in a sentence: 20400元, 34.48元."""
    return f"{plain(money(value))}元"


def balanced(lines: Sequence[tuple[str, Decimal, Reference | None]]) -> tuple[Decimal, tuple[Step, ...]]:
    """The total rounded once, and lines whose rounded amounts add up to it."""
    total = money(sum((amount for _, amount, _ in lines), ZERO))
    rounded = [money(amount) for _, amount, _ in lines]
    if odd := total - sum(rounded, ZERO):
        rounded[max(place for place, part in enumerate(rounded) if part)] += odd
    steps = (Step(words, part, reference) for (words, _, reference), part in zip(lines, rounded, strict=True))
    return total, tuple(steps)
