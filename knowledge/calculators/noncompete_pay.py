"""C22 竞业限制补偿 (劳动合同法 Articles 23 and 24, 解释一 Articles 36 to 39)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .fields import Field
from .result import Result, Step, Value, balanced, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION


def noncompete_pay(
    avg_wage_12m: Decimal,
    agreed_monthly: Decimal | None,
    months: Decimal,
    employer_released_early: bool | None,
    local_min_wage: Decimal | None,
    *,
    percent: Decimal,
    max_months: Decimal,
    release_months: Decimal,
) -> Result:
    """What was agreed; else 30 per cent of the average, not below the minimum wage; two years at most."""
    missing: tuple[str, ...] = ()
    assumptions = ["按本人确实履行了竞业限制义务、条款对本人有效（高管、高技或负有保密义务）计算。"]
    if agreed_monthly is not None:
        monthly, words = agreed_monthly, f"按约定每月{yuan(agreed_monthly)}"
    else:
        monthly = avg_wage_12m * percent / 100
        words = f"没有约定：{yuan(avg_wage_12m)} × {plain(percent)}% = {yuan(monthly)}"
        if local_min_wage is None:
            missing = ("local_min_wage",)
            assumptions.append("没有当地最低工资数，未核对下限：低于最低工资的按最低工资付。")
        elif monthly < local_min_wage:
            monthly = local_min_wage
            words += f"，低于最低工资，按{yuan(local_min_wage)}"
    counted = min(months, max_months)
    lines = [(f"{yuan(monthly)} × {plain(counted)}个月", monthly * counted, cite("解一", 36, 1))]
    if employer_released_early:
        words_extra = f"单位提前解除竞业限制，另加{plain(release_months)}个月"
        lines.append((words_extra, monthly * release_months, cite("解一", 39, 2)))
    total, steps = balanced(lines)
    if months > max_months:
        assumptions.append(f"竞业限制最长{plain(max_months)}个月，超出部分无效，不再计算。")
    values: dict[str, Value] = {"monthly": money(monthly), "amount": total}
    cautions = (
        "因单位原因三个月没付补偿的，可以请求解除竞业限制。",
        "违反竞业限制的，可能要返还补偿并付违约金，先转人工问清。",
    )
    head = Step(words, None, cite("劳合", 23, 2) if agreed_monthly is not None else cite("解一", 36, 1))
    also = (cite("劳合", 24), cite("解一", 38), cite("解二", 13))
    return Result("noncompete_pay", values, (head, *steps), tuple(assumptions), cautions, missing, also=also)


CALCULATOR = Calculator(
    kind="noncompete_pay",
    code="C22",
    title="竞业限制补偿",
    summary="约定了按约定；没约定的按离职前平均工资的30%，不低于最低工资。",
    fields=(
        Field("avg_wage_12m", "wage", "离职前12个月平均工资", "离职前12个月平均工资多少？", "12000"),
        Field("agreed_monthly", "money", "约定的每月补偿", "合同约定每月补偿多少？没约定不填。", "4000", False),
        Field("months", "count", "履行了几个月", "履行了几个月竞业限制？", "12", high=240),
        Field("employer_released_early", "yes", "单位是否提前解除", "单位提前通知不用再遵守了吗？", "否", False),
        LOCAL_MIN,
        REGION,
    ),
    function=noncompete_pay,
    params={
        "percent": "noncompete.percent",
        "max_months": "noncompete.max_months",
        "release_months": "noncompete.release_extra_months",
    },
    regional={"local_min_wage": LOCAL_MINIMUM},
)
