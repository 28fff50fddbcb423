"""C05 加班费: 150, 200 and 300 per cent of the hourly wage (劳动法 Article 44, 工资支付暂行规定 Article 13)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput
from .fields import Field
from .result import ZERO, Result, Value, balanced, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION

PERCENTS = {
    "weekday_percent": "overtime.weekday_percent",
    "restday_percent": "overtime.restday_percent",
    "holiday_percent": "overtime.holiday_percent",
}
RATE = {"days_per_month": "wage.paid_days_per_month", "hours_per_day": "wage.hours_per_day"}
WAGE = Field("monthly_wage", "wage", "月工资", "合同约定（或固定发放）的月工资多少？", "6000")
NAMES = ("工作日延时", "休息日", "法定节假日")
BASE_NOTE = "加班基数从合同约定的本岗位月工资算起，不低于最低工资；各地对基数另有口径。"
PROOF_NOTE = "要先有加班的证据（考勤、工作群消息、打卡截图）；证据在单位手里的，可以要求单位提供。"


def hours_field(name: str, title: str, question: str, example: str) -> Field:
    """Hours in one month."""
    return Field(name, "count", title, question, example, high=744)


def wage_base(wage: Decimal, local_min: Decimal | None) -> tuple[Decimal, list[str], tuple[str, ...]]:
    """The agreed wage, never below the minimum wage."""
    if local_min is None:
        return wage, [BASE_NOTE, "没有当地最低工资数，未核对基数下限。"], ("local_min_wage",)
    if wage < local_min:
        return local_min, [BASE_NOTE, f"月工资低于最低工资，基数按{yuan(local_min)}。"], ()
    return wage, [BASE_NOTE], ()


def overtime_pay(
    monthly_wage: Decimal,
    weekday_hours: Decimal,
    restday_hours: Decimal,
    holiday_hours: Decimal,
    restday_compensated: bool | None,
    local_min_wage: Decimal | None,
    *,
    weekday_percent: Decimal,
    restday_percent: Decimal,
    holiday_percent: Decimal,
    days_per_month: Decimal,
    hours_per_day: Decimal,
    monthly_limit: Decimal,
) -> Result:
    """Hours at their percentage; a rest day made up for is not paid, a statutory day cannot be made up for."""
    base, assumptions, missing = wage_base(monthly_wage, local_min_wage)
    rate = f"{yuan(base)} ÷ {plain(days_per_month)} ÷ {plain(hours_per_day)}"
    paid_rest = ZERO if restday_compensated else restday_hours
    lines = []
    plan = zip(
        NAMES,
        (weekday_hours, paid_rest, holiday_hours),
        (weekday_percent, restday_percent, holiday_percent),
        strict=True,
    )
    for place, (name, hours, percent) in enumerate(plan, start=1):
        amount = base * hours * percent / 100 / days_per_month / hours_per_day
        words = f"{name}{plain(hours)}小时：{rate} × {plain(hours)} × {plain(percent)}%"
        if place == 2 and restday_compensated:
            words = f"休息日{plain(restday_hours)}小时已安排补休，不另付"
        lines.append((words, amount, cite("劳法", 44)))
    total, steps = balanced([line for line in lines if line[1] or "补休" in line[0]] or lines[:1])
    values: dict[str, Value] = {"hourly": money(base / days_per_month / hours_per_day), "amount": total}
    cautions = [PROOF_NOTE]
    if weekday_hours + restday_hours + holiday_hours > monthly_limit:
        cautions.append(f"一个月加班超过{plain(monthly_limit)}小时，即使付了加班费也违法，可以向劳动监察投诉。")
    assumptions.append("按一个月的加班小时计算；调休放假日中不属于法定节假日的，按休息日算。")
    also = (cite("工支", 13), cite("折算25", 2), cite("劳法", 41), cite("解一", 42))
    return Result("overtime_pay", values, steps, tuple(assumptions), tuple(cautions), missing, also=also)


def piecework(
    unit_price: Decimal,
    weekday_pieces: Decimal,
    restday_pieces: Decimal,
    holiday_pieces: Decimal,
    unit_price_already_paid: bool | None,
    *,
    weekday_percent: Decimal,
    restday_percent: Decimal,
    holiday_percent: Decimal,
) -> Result:
    """Pieces beyond the quota at a raised unit price (工资支付暂行规定 Article 13, paragraph 2)."""
    pieces = (weekday_pieces, restday_pieces, holiday_pieces)
    paid = 100 if unit_price_already_paid else 0
    lines = []
    for name, count, percent in zip(NAMES, pieces, (weekday_percent, restday_percent, holiday_percent), strict=True):
        due = percent - paid
        words = f"{name}超定额{plain(count)}件 × {plain(unit_price)}元 × {plain(due)}%"
        lines.append((words, unit_price * count * due / 100, cite("工支", 13, 2)))
    total, steps = balanced(lines)
    said = "已按原单价付过一遍，只算差额。" if paid else "按这些件数还没有付过工资计算。"
    assumptions = ("这里的件数是完成定额以后、另外安排干的。", said)
    cautions = ("计件定额应当是大多数人在八小时内干得完的；定额过高可以找工会或劳动监察。", PROOF_NOTE)
    return Result(
        "overtime_pay_piecework",
        {"amount": total},
        steps,
        assumptions,
        cautions,
        also=(cite("劳法", 37), cite("劳法", 44)),
    )


def comprehensive(
    monthly_wage: Decimal,
    period: str,
    hours_worked: Decimal,
    statutory_holidays_per_year: int | None,
    holiday_hours: Decimal | None,
    local_min_wage: Decimal | None,
    *,
    weekday_percent: Decimal,
    holiday_percent: Decimal,
    days_per_month: Decimal,
    hours_per_day: Decimal,
    holidays: Decimal,
) -> Result:
    """Approved comprehensive hours: what exceeds the period's standard at 150 per cent."""
    standard = standard_hours(
        period, holidays if statutory_holidays_per_year is None else Decimal(statutory_holidays_per_year)
    )
    on_holidays = holiday_hours or ZERO
    if on_holidays > hours_worked:
        raise BadInput("holiday_hours", "法定节假日工时：不能比总工时还多。", "8")
    base, assumptions, missing = wage_base(monthly_wage, local_min_wage)
    beyond = max(ZERO, hours_worked - on_holidays - standard)
    hour = base / days_per_month / hours_per_day
    plan = (("超出标准工时", beyond, weekday_percent), ("法定节假日", on_holidays, holiday_percent))
    rate = f"{yuan(base)} ÷ {plain(days_per_month)} ÷ {plain(hours_per_day)}"
    total, steps = balanced(
        [
            (
                f"{name}{plain(hours)}小时：{rate} × {plain(hours)} × {plain(percent)}%",
                hour * hours * percent / 100,
                cite("工支", 13),
            )
            for name, hours, percent in plan
        ]
    )
    values: dict[str, Value] = {
        "standard_hours": standard,
        "overtime_hours": beyond,
        "hourly": money(hour),
        "amount": total,
    }
    assumptions.append("按已经劳动部门批准综合计算工时；没有批准的，按标准工时算加班费。")
    assumptions.append("总工时含法定节假日工时的，节假日部分单独按300%算，不重复计入超时。")
    also = (cite("劳法", 44), cite("特工时", 5), cite("折算25", 1))
    return Result("overtime_pay_comprehensive", values, steps, tuple(assumptions), (PROOF_NOTE,), missing, also=also)


def standard_hours(period: str, holidays: Decimal) -> Decimal:
    """365 days less 104 rest days and the holidays; the month's days are rounded to 0.01 as the notice does."""
    year = Decimal(365 - 104) - holidays
    days = {"year": year, "quarter": year / 4, "month": money(year / 12)}[PERIODS.get(period, period)]
    return days * 8


PERIODS = {"月": "month", "季": "quarter", "季度": "quarter", "年": "year"}
CALCULATOR = Calculator(
    kind="overtime_pay",
    code="C05",
    title="加班费",
    summary="工作日延时150%，休息日不能补休200%，法定节假日300%。",
    fields=(
        WAGE,
        hours_field("weekday_hours", "工作日加班小时", "这个月工作日一共加班几个小时？", "20"),
        hours_field("restday_hours", "休息日加班小时", "这个月周末（休息日）加班几个小时？", "16"),
        hours_field("holiday_hours", "法定节假日加班小时", "法定节假日加班几个小时？没有写0。", "0"),
        Field("restday_compensated", "yes", "休息日是否已补休", "周末加班后安排补休了吗？", "否", False),
        LOCAL_MIN,
        REGION,
    ),
    function=overtime_pay,
    params={**PERCENTS, **RATE, "monthly_limit": "overtime.monthly_limit_hours"},
    regional={"local_min_wage": LOCAL_MINIMUM},
)
COMPREHENSIVE = Calculator(
    kind="overtime_pay_comprehensive",
    code="C05",
    title="综合计算工时的加班费",
    summary="经批准综合计算工时的，周期内超出标准工时的部分按150%，法定节假日300%。",
    fields=(
        WAGE,
        Field(
            "period",
            "choice",
            "计算周期",
            "按月、按季度还是按年综合计算？",
            "month",
            choices=("月", "季度", "年"),
            codes=("month", "quarter", "year", "季"),
        ),
        Field("hours_worked", "count", "周期内总工时", "这个周期一共干了多少小时？", "200", high=8784),
        Field(
            "statutory_holidays_per_year",
            "whole",
            "全年法定节假日天数",
            "全年法定节假日几天？不填按现行规定。",
            "13",
            False,
            high=20,
        ),
        Field("holiday_hours", "count", "其中法定节假日工时", "其中法定节假日干了几个小时？", "0", False, high=8784),
        LOCAL_MIN,
        REGION,
    ),
    function=comprehensive,
    params={
        "weekday_percent": PERCENTS["weekday_percent"],
        "holiday_percent": PERCENTS["holiday_percent"],
        **RATE,
        "holidays": "holidays.statutory_days",
    },
    regional={"local_min_wage": LOCAL_MINIMUM},
)
PIECEWORK = Calculator(
    kind="overtime_pay_piecework",
    code="C05",
    title="计件工资的加班费",
    summary="完成定额后另外安排的件数，单价按150%、200%、300%付。",
    fields=(
        Field("unit_price", "money", "计件单价", "一件多少钱？", "2.5"),
        Field("weekday_pieces", "count", "工作日超定额件数", "工作日加班干了多少件？", "300"),
        Field("restday_pieces", "count", "休息日件数", "周末加班干了多少件？", "200"),
        Field("holiday_pieces", "count", "法定节假日件数", "法定节假日干了多少件？没有写0。", "0"),
        Field("unit_price_already_paid", "yes", "是否已按原单价付过", "这些件数已经按平时单价付过了吗？", "否", False),
    ),
    function=piecework,
    params=PERCENTS,
)
