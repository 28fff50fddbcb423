"""C28 社保滞纳金 (社会保险法 Article 86): half a thousandth a day, borne by the employer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput
from .fields import Field
from .result import Result, Step, Value, money, plain, yuan


def social_insurance_late_fee(amount: Decimal, start: date, end: date, *, per_ten_thousand: Decimal) -> Result:
    """The sum in arrears times the daily rate times the days."""
    if end < start:
        raise BadInput("to", f"缴清日期：{end}早于欠缴日期{start}，请核对。", "2026-10-31")
    days = (end - start).days
    fee = money(amount * per_ten_thousand / 10000 * days)
    words = f"{yuan(amount)} × 万分之{plain(per_ten_thousand)} × {days}天 = {yuan(fee)}"
    step = Step(words, fee, cite("社保", 86))
    values: dict[str, Value] = {"late_days": days, "fee": fee}
    assumptions = ("从欠缴之日起算，缴清当天不计；当天是否计收以征收机构为准。",)
    cautions = ("滞纳金由单位承担，不能从工资里扣，也不发给劳动者。",)
    return Result(
        "social_insurance_late_fee", values, (step,), assumptions, cautions, main="fee", also=(cite("社实", 20),)
    )


def named(amount: Decimal, *, per_ten_thousand: Decimal, **dates: date) -> Result:
    """The API calls the two days `from` and `to`, which are words of the language."""
    return social_insurance_late_fee(amount, dates["from"], dates["to"], per_ten_thousand=per_ten_thousand)


CALCULATOR = Calculator(
    kind="social_insurance_late_fee",
    code="C28",
    title="社保滞纳金",
    summary="欠缴社保按日万分之五，由单位承担。",
    fields=(
        Field("amount", "money", "欠缴金额", "单位欠缴多少社保？", "12000"),
        Field("from", "date", "从哪天起欠缴", "从哪天起欠缴？", "2026-01-16"),
        Field("to", "date", "算到哪天", "算到哪一天？", "2026-10-31"),
    ),
    function=named,
    params={"per_ten_thousand": "social_insurance.late_fee_per_ten_thousand"},
)
