"""C27 非因工死亡遗属待遇 (人社部发〔2021〕18号): funeral and pension in months of the province's urban income."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from .calculator import Calculator, Regional
from .citations import cite
from .fields import Field
from .result import Result, Step, Value, money, plain, yuan
from .severance import REGION

RULE = cite("遗属", 2)


def pension_months(years: Decimal, under_5: int, under_10: int, from_10: int, most: int) -> int:
    """3, 6, 9 months; a month more for each full year beyond fifteen, 24 at most."""
    if years < 5:
        return under_5
    if years < 10:
        return under_10
    beyond = max(Decimal(0), years - 15).to_integral_value(ROUND_FLOOR)
    return min(most, from_10 + int(beyond))


def survivor_benefit(
    contribution_years: Decimal,
    retired_months_drawn: int | None,
    monthly_income: Decimal | None,
    *,
    funeral_months: Decimal,
    under_5: Decimal,
    under_10: Decimal,
    from_10: Decimal,
    most: Decimal,
) -> Result:
    """A retired person's months already drawn are taken off, but nine remain."""
    months = pension_months(contribution_years, int(under_5), int(under_10), int(from_10), int(most))
    words = f"缴费{plain(contribution_years)}年，抚恤金{months}个月"
    if retired_months_drawn is not None:
        months = max(int(from_10), months - retired_months_drawn)
        words += f"；已领养老金{retired_months_drawn}个月相应减少，最低{plain(from_10)}个月，得{months}个月"
    head = Step(words, None, RULE)
    cautions = (
        "这一项的算法按人社部通知，请打12333核对本省办法；因工死亡的走工亡待遇，不是这里。",
        "个人账户余额可以继承。",
    )
    if monthly_income is None:
        unknown = Step(f"本省上年度城镇居民月人均可支配收入 ×（{plain(funeral_months)} + {months}）", None, RULE)
        return Result(
            "survivor_benefit", {"months": months}, (head, unknown), (), cautions, ("monthly_income",), main=None
        )
    funeral, pension = money(monthly_income * funeral_months), money(monthly_income * months)
    steps = (
        head,
        Step(f"丧葬补助金：{yuan(monthly_income)} × {plain(funeral_months)}个月 = {yuan(funeral)}", funeral, RULE),
        Step(f"抚恤金：{yuan(monthly_income)} × {months}个月 = {yuan(pension)}", pension, RULE),
    )
    total = funeral + pension
    amounts = {"丧葬补助金": funeral, "抚恤金": pension, "合计": total}
    values: dict[str, Value] = {"months": months, "amounts": amounts, "amount": total}
    return Result("survivor_benefit", values, steps, (), cautions, also=(cite("社保", 17),))


CALCULATOR = Calculator(
    kind="survivor_benefit",
    code="C27",
    title="非因工死亡遗属待遇",
    summary="参保职工因病或非因工死亡，家属领的丧葬补助金和抚恤金。",
    fields=(
        Field("contribution_years", "count", "养老保险缴费年限", "养老保险一共交了几年？", "12", high=60),
        Field(
            "retired_months_drawn",
            "whole",
            "已领养老金月数",
            "已退休的，领了几个月养老金？没退休不填。",
            "20",
            False,
            high=720,
        ),
        Field(
            "monthly_income",
            "money",
            "本省上年度城镇居民月人均可支配收入",
            "本省上年度城镇居民月人均可支配收入多少？",
            "4700",
            False,
        ),
        REGION,
    ),
    function=survivor_benefit,
    params={
        "funeral_months": "survivor.funeral_months",
        "under_5": "survivor.months_under_5_years",
        "under_10": "survivor.months_under_10_years",
        "from_10": "survivor.months_from_10_years",
        "most": "survivor.max_months",
    },
    regional={"monthly_income": Regional("urban_income.monthly", "本省上年度城镇居民月人均可支配收入")},
)
