"""C06 年休假: days earned and pay for days not taken (职工带薪年休假条例, 企业职工带薪年休假实施办法)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput, MissingInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan

WHOLE_YEAR, LEAVING = "在职满年度", "离职"
YEAR_DAYS = 365
TIERS = {
    "tier_1": "annual_leave.days_from_1_year",
    "tier_10": "annual_leave.days_from_10_years",
    "tier_20": "annual_leave.days_from_20_years",
}
TOTAL_YEARS = Field(
    "total_work_years", "count", "累计工作年限", "从参加工作起，在所有单位加起来工作了几年？", "6", high=60
)


def tier(years: Decimal, tier_1: Decimal, tier_10: Decimal, tier_20: Decimal) -> int:
    """Days a year by service anywhere (条例 Article 3)."""
    if years >= 20:
        return int(tier_20)
    if years >= 10:
        return int(tier_10)
    return int(tier_1) if years >= 1 else 0


def share(days: int, full: int) -> int:
    """The days of a part of a year; less than a whole day is dropped, and 365 is used in leap years too."""
    return min(full, days * full // YEAR_DAYS)


def annual_leave(
    status: str,
    last_day: date | None,
    total_work_years: Decimal,
    days_taken: Decimal,
    avg_wage_excl_ot: Decimal,
    join_date: date | None,
    refused_in_writing: bool | None,
    *,
    tier_1: Decimal,
    tier_10: Decimal,
    tier_20: Decimal,
    days_per_month: Decimal,
    pay_percent: Decimal,
) -> Result:
    """Days not taken, each at two more daily wages: the first is inside the wage already paid."""
    full = tier(total_work_years, tier_1, tier_10, tier_20)
    entitled = full
    steps = [Step(f"累计工作{plain(total_work_years)}年，全年年休假{full}天", None, cite("年休", 3))]
    if status == LEAVING:
        entitled, step = leaver(last_day, join_date, full)
        steps.append(step)
    unused = max(ZERO, entitled - days_taken)
    words = f"应休{entitled}天，已休{plain(days_taken)}天，未休{plain(unused)}天"
    steps.append(Step(words, None, cite("年休办", 12 if status == LEAVING else 10)))
    paid = ZERO if refused_in_writing else unused
    steps.append(extra_pay(paid, avg_wage_excl_ot, days_per_month, pay_percent - 100, bool(refused_in_writing)))
    amount = steps[-1].amount
    values: dict[str, Value] = {"entitled_days": entitled, "unused_days": unused, "extra_amount": amount}
    assumptions = (
        "工资按前12个月剔除加班工资后的月平均；300%里的100%已随工资发了，这里只算另外的200%。",
        "按已连续工作满12个月、没有因寒暑假或长病假等取消当年年休假计算。",
    )
    cautions = (
        "累计年限当年跨过10年、20年的，各地按天分段折算，请核对。",
        "另付的200%从哪天起算一年时效，各地口径不一，尽早主张。",
    )
    return Result(
        "annual_leave", values, tuple(steps), assumptions, cautions, main="extra_amount", also=(cite("年休", 5, 3),)
    )


def extra_pay(days: Decimal, wage: Decimal, per_month: Decimal, percent: Decimal, refused: bool) -> Step:
    """Two daily wages more for each day not taken, none where the worker refused in writing (办法 Article 10)."""
    amount = money(days * wage / per_month * percent / 100)
    if refused:
        return Step("单位安排了、本人书面提出不休的，只付正常工资", amount, cite("年休办", 10, 2))
    words = f"{plain(days)}天 × {yuan(wage)} ÷ {plain(per_month)} × {plain(percent)}% = {yuan(amount)}"
    return Step(words, amount, cite("年休办", 11))


def leaver(last_day: date | None, join_date: date | None, full: int) -> tuple[int, Step]:
    """The share of the year that had passed, from the first day in this year at this employer."""
    if last_day is None:
        raise MissingInput("last_day", "你最后一天上班是哪一天？", "2026-06-30")
    if join_date is not None and join_date > last_day:
        raise BadInput("join_date", f"入职日期：不能晚于最后工作日{last_day}。", "2024-03-01")
    start = max(join_date or date.min, date(last_day.year, 1, 1))
    elapsed = (last_day - start).days + 1
    days = share(elapsed, full)
    words = f"当年在本单位已过{elapsed}天：{elapsed} ÷ {YEAR_DAYS} × {full}天，不足1整天不算，折合{days}天"
    return days, Step(words, None, cite("年休办", 12))


def entitlement(
    join_date: date,
    total_work_years: Decimal,
    continuous_12_months: bool,
    sick_leave_days_this_year: Decimal | None,
    *,
    tier_1: Decimal,
    tier_10: Decimal,
    tier_20: Decimal,
) -> Result:
    """Days in the year of joining: the share of the year that was left (办法 Article 5)."""
    full = tier(total_work_years, tier_1, tier_10, tier_20)
    steps = [Step(f"累计工作{plain(total_work_years)}年，全年年休假{full}天", None, cite("年休", 3))]
    days = 0
    limit = sick_limit(total_work_years)
    if not continuous_12_months:
        steps.append(Step("还没有连续工作满12个月，暂不享受", None, cite("年休办", 3)))
    elif sick_leave_days_this_year is not None and sick_leave_days_this_year >= limit:
        steps.append(Step(f"当年病假累计{limit // 30}个月以上，不享受当年年休假", None, cite("年休", 4)))
    else:
        left = (date(join_date.year, 12, 31) - join_date).days + 1
        days = share(left, full)
        words = f"入职当年还剩{left}天：{left} ÷ {YEAR_DAYS} × {full}天，不足1整天不算，得{days}天"
        steps.append(Step(words, None, cite("年休办", 5)))
    values: dict[str, Value] = {"entitled_days": days}
    assumptions = (f"算的是{join_date.year}年（入职当年）的天数，以后每个整年{full}天。", "病假按30天折一个月。")
    also = (cite("年休办", 4), cite("年休", 2))
    return Result("annual_leave_entitlement", values, tuple(steps), assumptions, main=None, also=also)


def sick_limit(years: Decimal) -> int:
    """Two, three or four months of sick leave cancel the year's leave (条例 Article 4)."""
    if years >= 20:
        return 120
    return 90 if years >= 10 else 60


CALCULATOR = Calculator(
    kind="annual_leave",
    code="C06",
    title="未休年休假工资",
    summary="应休没休的年休假，除正常工资外另付日工资的200%。",
    fields=(
        Field(
            "status",
            "choice",
            "在职还是离职",
            "现在还在这个单位，还是已经离职？",
            LEAVING,
            choices=(WHOLE_YEAR, LEAVING),
        ),
        Field("last_day", "date", "最后工作日", "你最后一天上班是哪一天？", "2026-06-30", False),
        TOTAL_YEARS,
        Field("days_taken", "count", "当年已休天数", "今年已经休了几天年休假？没休写0。", "0", high=60),
        Field(
            "avg_wage_excl_ot",
            "wage",
            "前12个月平均工资（不含加班费）",
            "前12个月平均每月工资多少（不算加班费）？",
            "6525",
        ),
        Field("join_date", "date", "入职日期", "哪天入职这个单位的？", "2024-03-01", False, past=True),
        Field("refused_in_writing", "yes", "是否本人书面不休", "单位安排了，是你自己书面提出不休的吗？", "否", False),
    ),
    asked_if={"last_day": lambda known: known.get("status") == "离职"},
    function=annual_leave,
    params={**TIERS, "days_per_month": "wage.paid_days_per_month", "pay_percent": "annual_leave.pay_percent"},
    dated_by="last_day",
)
ENTITLEMENT = Calculator(
    kind="annual_leave_entitlement",
    code="C06",
    title="新入职当年年休假天数",
    summary="新进单位当年，按剩余日历天数折算年休假。",
    fields=(
        Field("join_date", "date", "入职日期", "哪天入职这个单位的？", "2026-07-01"),
        TOTAL_YEARS,
        Field(
            "continuous_12_months", "yes", "是否连续工作满12个月", "到现在连续工作满12个月了吗（可以跨单位）？", "是"
        ),
        Field("sick_leave_days_this_year", "count", "当年病假天数", "今年一共请了多少天病假？", "0", False, high=366),
    ),
    function=entitlement,
    params=TIERS,
    dated_by="join_date",
)
