"""C03 N+1: compensation, and a month's wage where Article 40 was used without thirty days' notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from . import grounds
from .citations import cite
from .fields import Field
from .result import ZERO, Result, Step, Value, money, yuan
from .severance import CALCULATOR as SEVERANCE
from .severance import severance


def severance_plus_notice(
    hire_date: date,
    last_day: date,
    avg_wage_12m: Decimal,
    ground: str,
    local_avg_wage: Decimal | None,
    local_min_wage: Decimal | None,
    count_from: date | None,
    last_month_wage: Decimal,
    notice_30_days_given: bool,
    *,
    multiple: Decimal,
    max_years: Decimal,
) -> Result:
    """The extra month is last month's wage, neither averaged nor capped (实施条例 Article 20)."""
    first = severance(
        hire_date,
        last_day,
        avg_wage_12m,
        ground,
        local_avg_wage,
        local_min_wage,
        count_from,
        multiple=multiple,
        max_years=max_years,
    )
    why = grounds.parse(ground)
    due = why.notice_pay_possible and not notice_30_days_given
    notice = money(last_month_wage if due else ZERO)
    if due:
        words = f"没有提前30日书面通知，另加上一个月工资{yuan(notice)}"
    elif why.notice_pay_possible:
        words = "已提前30日书面通知，没有代通知金"
    else:
        words = "代通知金只适用于第40条三种情形，这种情形没有"
    paid = first.values["amount"]
    assert isinstance(paid, Decimal)
    values: dict[str, Value] = {
        "months": first.values["months"],
        "base": first.values["base"],
        "severance": paid,
        "notice_pay": notice,
        "amount": paid + notice,
    }
    step = Step(words, notice, cite("实条", 20) if due else cite("劳合", 40))
    return replace(first, kind="severance_plus_notice", values=values, steps=(*first.steps, step))


CALCULATOR = replace(
    SEVERANCE,
    kind="severance_plus_notice",
    code="C03",
    title="经济补偿加代通知金（N+1）",
    summary="单位依第40条辞退又没有提前30日书面通知时，在经济补偿外再加一个月工资。",
    fields=(
        *SEVERANCE.fields,
        Field("last_month_wage", "wage", "离职前上一个月工资", "离职前上一个月的工资多少？", "7000"),
        Field("notice_30_days_given", "yes", "是否提前30日书面通知", "单位提前30天书面通知你了吗？", "否"),
    ),
    function=severance_plus_notice,
)
