"""C26 扣款上限 (工资支付暂行规定 Article 16): a fifth of the month's wage, and the minimum wage stays."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from .calculator import Calculator
from .citations import cite
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION

RULE = cite("工支", 16)


def deduction_cap(monthly_wage: Decimal, loss: Decimal, local_min_wage: Decimal | None, *, percent: Decimal) -> Result:
    """The smaller of the two limits, and how many months the loss would take."""
    share = monthly_wage * percent / 100
    steps = [
        Step(f"每月不超过工资的{plain(percent)}%：{yuan(monthly_wage)} × {plain(percent)}% = {yuan(share)}", None, RULE)
    ]
    missing: tuple[str, ...] = ()
    most, assumptions = share, ["赔偿要有合同依据，且确是本人原因造成的损失。"]
    if local_min_wage is None:
        missing = ("local_min_wage",)
        assumptions.append("没有当地最低工资数，未核对：扣后还不得低于当地最低工资，可扣的可能更少。")
    else:
        room = max(ZERO, monthly_wage - local_min_wage)
        most = min(share, room)
        steps.append(Step(f"扣后不低于最低工资{yuan(local_min_wage)}，最多可扣{yuan(room)}", None, RULE))
    capped = money(most)
    steps.append(Step(f"每月最多可扣{yuan(capped)}", capped, RULE))
    months = int((loss / capped).to_integral_value(ROUND_CEILING)) if capped else None
    if months:
        steps.append(Step(f"损失{yuan(loss)}，最快{months}个月扣完", None, RULE))
    values: dict[str, Value] = {"max_monthly": capped, "months": months}
    cautions = (
        "个税、个人社保、法院判的抚养费赡养费不算在这20%里；正常经营风险不能转给劳动者。",
        "以“罚款”名义扣工资没有全国性的法律依据。",
    )
    return Result(
        "deduction_cap",
        values,
        tuple(steps),
        tuple(assumptions),
        cautions,
        missing,
        main="max_monthly",
        also=(cite("工支", 15),),
    )


CALCULATOR = Calculator(
    kind="deduction_cap",
    code="C26",
    title="赔偿损失每月最多扣多少",
    summary="每月不超过当月工资的20%，扣后不低于最低工资。",
    fields=(
        Field("monthly_wage", "wage", "当月工资", "当月工资多少？", "5000"),
        Field("loss", "money", "单位要你赔的损失", "单位要你赔多少？", "3000"),
        LOCAL_MIN,
        REGION,
    ),
    function=deduction_cap,
    params={"percent": "deduction.percent"},
    regional={"local_min_wage": LOCAL_MINIMUM},
)
