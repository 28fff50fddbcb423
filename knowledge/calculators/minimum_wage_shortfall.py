"""C09 最低工资差额: pay without overtime and special allowances, against the minimum (最低工资规定 Article 12)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator, Regional
from .citations import cite
from .errors import BadInput, MissingInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan
from .severance import LOCAL_MINIMUM, REGION

RULE = cite("最低", 12)


def minimum_wage_shortfall(
    paid_monthly: Decimal | None,
    months: Decimal | None,
    min_wage: Decimal | None,
    overtime_included: Decimal | None,
    special_allowance_included: Decimal | None,
    welfare_included: Decimal | None,
    personal_contributions: Decimal | None,
    days_worked: Decimal | None,
    hourly_paid: Decimal | None,
    hours: Decimal | None,
    min_hourly: Decimal | None,
    *,
    days_per_month: Decimal,
) -> Result:
    """By the hour when an hourly rate is given, else by the month."""
    if hourly_paid is not None:
        return by_hour(hourly_paid, hours, min_hourly)
    if paid_monthly is None or months is None:
        raise MissingInput(
            "paid_monthly" if paid_monthly is None else "months", "每月实发多少、一共几个月？", "2200，6"
        )
    parts = {
        "加班费": overtime_included,
        "中夜班、高低温、井下、有毒有害等津贴": special_allowance_included,
        "法定福利": welfare_included,
        "个人社保公积金（当地规定不计入的）": personal_contributions,
    }
    taken = {name: part for name, part in parts.items() if part}
    comparable = paid_monthly - sum(taken.values(), ZERO)
    if comparable < 0:
        raise BadInput("overtime_included", "要剔除的各项加起来比实发工资还多，请核对。", "300")
    less = "".join(f" − {name}{yuan(part)}" for name, part in taken.items())
    steps = [Step(f"可比工资：{yuan(paid_monthly)}{less} = {yuan(comparable)}", None, RULE)]
    if min_wage is None:
        steps.append(Step(f"差额 =（当地月最低工资 − {yuan(comparable)}）× {plain(months)}个月，低于0按0", None, RULE))
        return unknown(steps, "min_wage", money(comparable))
    due = min_wage if days_worked is None else min(min_wage, min_wage / days_per_month * days_worked)
    if days_worked is not None:
        steps.append(Step(f"当月出勤{plain(days_worked)}天，最低工资折算{yuan(due)}", None, RULE))
    gap = max(ZERO, due - comparable)
    amount = money(gap * months)
    steps.append(Step(f"每月差额：{yuan(due)} − {yuan(comparable)}，得{yuan(gap)}", None, cite("劳法", 48)))
    steps.append(Step(f"{yuan(gap)} × {plain(months)}个月 = {yuan(amount)}", amount, cite("劳合", 85)))
    return known(steps, money(comparable), money(gap), amount)


def by_hour(paid: Decimal, hours: Decimal | None, least: Decimal | None) -> Result:
    """Part-time work (劳动合同法 Article 72)."""
    if hours is None:
        raise MissingInput("hours", "一共干了多少小时？", "120")
    rule = cite("劳合", 72, 1)
    if least is None:
        step = Step(f"差额 =（当地小时最低工资 − {yuan(paid)}）× {plain(hours)}小时，低于0按0", None, rule)
        return unknown([step], "min_hourly", money(paid))
    gap = max(ZERO, least - paid)
    amount = money(gap * hours)
    steps = [Step(f"（{yuan(least)} − {yuan(paid)}）× {plain(hours)}小时 = {yuan(amount)}", amount, rule)]
    return known(steps, money(paid), money(gap), amount)


def known(steps: list[Step], comparable: Decimal, gap: Decimal, amount: Decimal) -> Result:
    """The result with all its figures."""
    values: dict[str, Value] = {"comparable_wage": comparable, "monthly_shortfall": gap, "amount": amount}
    assumptions = ("按提供了正常劳动计算；本人自己请事假等没上班的日子不适用。",)
    cautions = (
        "最低工资是否含个人缴的社保、公积金，各地规定不同，请打12333核对。",
        "责令补差后逾期不付的，还要加付50%到100%。",
    )
    return Result("minimum_wage_shortfall", values, tuple(steps), assumptions, cautions, also=(cite("劳合", 85),))


def unknown(steps: list[Step], name: str, comparable: Decimal) -> Result:
    """The formula with everything but the missing figure."""
    values: dict[str, Value] = {"comparable_wage": comparable}
    return Result("minimum_wage_shortfall", values, tuple(steps), missing=(name,), main=None, also=(cite("劳合", 85),))


CALCULATOR = Calculator(
    kind="minimum_wage_shortfall",
    code="C09",
    title="最低工资差额",
    summary="剔除加班费、特殊津贴和法定福利后，低于当地最低工资的要补。",
    fields=(
        Field("paid_monthly", "money", "每月实发工资", "每月实际发多少？", "2200", False),
        Field("months", "count", "几个月", "这样发了几个月？", "6", False, high=240),
        Field("min_wage", "wage", "当地月最低工资", "当地月最低工资是多少？", "2490", False),
        Field("overtime_included", "money", "其中加班费", "里面有多少加班费？", "300", False),
        Field(
            "special_allowance_included",
            "money",
            "其中特殊津贴",
            "里面有多少中夜班、高温低温、有毒有害津贴？",
            "100",
            False,
        ),
        Field("welfare_included", "money", "其中法定福利", "里面有多少福利补助？", "0", False),
        Field(
            "personal_contributions",
            "money",
            "个人社保公积金",
            "当地规定最低工资不含个人社保的，个人部分多少？",
            "0",
            False,
        ),
        Field("days_worked", "count", "当月出勤天数", "不满一个月的，上了几天班？", "10", False, high=31),
        Field("hourly_paid", "money", "小时工资", "按小时算的，一小时给多少？", "18", False),
        Field("hours", "count", "小时数", "一共干了多少小时？", "120", False, high=10000),
        Field("min_hourly", "money", "当地小时最低工资", "当地小时最低工资是多少？", "24", False),
        REGION,
    ),
    function=minimum_wage_shortfall,
    params={"days_per_month": "wage.paid_days_per_month"},
    regional={"min_wage": LOCAL_MINIMUM, "min_hourly": Regional("minimum_wage.hourly", "当地小时最低工资")},
)
