"""C23 高温津贴: only the place's own standard counts (防暑降温措施管理办法 Article 17)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator, Regional
from .citations import cite
from .errors import MissingInput
from .fields import Field
from .result import Result, Step, money, plain, yuan
from .severance import REGION

RULE = cite("高温", 17)


def heat_allowance(
    months: Decimal | None,
    days: Decimal | None,
    monthly_standard: Decimal | None,
    daily_standard: Decimal | None,
) -> Result:
    """By the day where the place pays by the day and days are given, else by the month."""
    if months is None and days is None:
        raise MissingInput("months", "在高温天里干了几个月（或者几天）？", "3")
    assumptions = ("按日最高气温35℃以上露天作业，或者室内降不到33℃以下计算。",)
    cautions = (
        "津贴标准和发放月份由省定，请打12333核对；高温津贴算工资，不算进最低工资。",
        "40℃以上当日停止室外露天作业；37℃以上全天室外作业不超过6小时，最热3小时内不得露天作业。",
    )
    if days is not None and daily_standard is not None:
        amount = money(days * daily_standard)
        words = f"{plain(days)}天 × 每天{yuan(daily_standard)} = {yuan(amount)}"
    elif months is not None and monthly_standard is not None:
        amount = money(months * monthly_standard)
        words = f"{plain(months)}个月 × 每月{yuan(monthly_standard)} = {yuan(amount)}"
    else:
        unit = (
            f"{plain(days)}天 × 当地每天标准"
            if months is None and days is not None
            else f"{plain(months or 0)}个月 × 当地每月标准"
        )
        return Result(
            "heat_allowance", {}, (Step(unit, None, RULE),), assumptions, cautions, ("heat_allowance",), main=None
        )
    return Result(
        "heat_allowance",
        {"amount": amount},
        (Step(words, amount, RULE),),
        assumptions,
        cautions,
        also=(cite("高温", 8),),
    )


CALCULATOR = Calculator(
    kind="heat_allowance",
    code="C23",
    title="高温津贴",
    summary="按当地标准和高温月数（或天数）算。",
    fields=(
        Field("months", "count", "高温月数", "在高温天里干了几个月？", "3", False, high=12),
        Field("days", "count", "高温天数", "按天发的地方，高温天一共多少天？", "40", False, high=366),
        Field("monthly_standard", "money", "当地每月标准", "当地高温津贴每月多少？", "300", False),
        Field("daily_standard", "money", "当地每天标准", "当地高温津贴每天多少？", "12", False),
        REGION,
    ),
    function=heat_allowance,
    regional={
        "monthly_standard": Regional("heat_allowance.monthly", "当地高温津贴每月标准"),
        "daily_standard": Regional("heat_allowance.daily", "当地高温津贴每天标准"),
    },
)
