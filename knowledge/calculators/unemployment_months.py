"""C16 失业保险金: who may draw it, and for how long at most (社会保险法 Articles 45 and 46)."""

from __future__ import annotations

import re
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput
from .fields import Field
from .result import Result, Step, Value, plain

OWN_WILL = r"辞职|自愿离职|自己走|自离|不想干|^37"
NOT_OWN_WILL = (
    r"辞退|到期|期满|裁员|裁减|破产|解散|关闭|吊销|开除|除名|被迫|38条|单位提|公司提|协商|单位解除"
    r"|^36|^38|^39|^40|^41|^44"
)
WORKER_ASKED = r"本人(?:先)?提|自己提|劳动者提"
CHOICES = ("本人辞职", "单位辞退", "合同到期单位不续", "裁员", "38条被迫解除", "单位提出协商解除", "单位破产或解散")


def involuntary(reason: str) -> bool:
    """Whether the job ended against the worker's will (社会保险法若干规定 Article 13)."""
    if re.search(r"被迫|38条|^38", reason):
        return True
    if re.search(OWN_WILL, reason) or re.search(WORKER_ASKED, reason):
        return False
    if re.search(NOT_OWN_WILL, reason):
        return True
    raise BadInput("reason", "离职原因：看不出是不是本人意愿。", "单位辞退")


def unemployment_months(
    contribution_months: int,
    reason: str,
    unpaid_months_before: int | None,
    *,
    least: Decimal,
    short: Decimal,
    middle: Decimal,
    long: Decimal,
) -> Result:
    """The longest term by contribution; what was left from an earlier spell is added, up to the longest."""
    rule = cite("社保", 46)
    forced = involuntary(reason)
    enough = contribution_months >= least
    most = short if contribution_months < 60 else middle if contribution_months < 120 else long
    months = 0
    if not forced:
        steps = [Step("按本人意愿离职，不能领取失业保险金", None, cite("社保", 45))]
    elif not enough:
        steps = [
            Step(f"单位和本人缴费{contribution_months}个月，不满{plain(least)}个月，不能领取", None, cite("社保", 45))
        ]
    else:
        months = int(most)
        steps = [
            Step("非因本人意愿中断就业", None, cite("社实", 13)),
            Step(f"累计缴费{contribution_months}个月，最长领{months}个月", None, rule),
        ]
        if unpaid_months_before:
            months = min(int(long), months + unpaid_months_before)
            steps.append(
                Step(f"加上次未领的{unpaid_months_before}个月，合计最长{plain(long)}个月，得{months}个月", None, rule)
            )
    values: dict[str, Value] = {"eligible": forced and enough, "max_months": months}
    cautions = (
        "这是最长月数，实际月数和每月金额按本省规定，请打12333核对。",
        "要先办失业登记并有求职要求，失业金从登记起算；许多地方要求离职后60日内申领，尽快去办。",
    )
    assumptions = ("距法定退休年龄不足一年的，可以领到法定退休年龄。",)
    also = (cite("失业", 14), cite("失业", 17), cite("延退", 7))
    return Result("unemployment_months", values, tuple(steps), assumptions, cautions, main=None, also=also)


CALCULATOR = Calculator(
    kind="unemployment_months",
    code="C16",
    title="失业保险金能领多久",
    summary="缴满一年、非本人意愿离职的，最长领12、18或24个月。",
    fields=(
        Field("contribution_months", "whole", "失业保险缴费月数", "单位和本人一共交了几个月失业保险？", "40", high=720),
        Field("reason", "text", "离职原因", "是怎么离开的？", "单位辞退", choices=CHOICES),
        Field(
            "unpaid_months_before",
            "whole",
            "上次没领完的月数",
            "上次失业还剩几个月没领？没有不填。",
            "3",
            False,
            high=24,
        ),
    ),
    function=unemployment_months,
    params={
        "least": "unemployment.min_contribution_months",
        "short": "unemployment.max_months_from_1_year",
        "middle": "unemployment.max_months_from_5_years",
        "long": "unemployment.max_months_from_10_years",
    },
)
