"""C01 经济补偿 N: a month's average wage for each year of service (劳动合同法 Articles 46, 47 and 97)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import grounds
from .calculator import Calculator, Regional
from .citations import cite
from .dates import add_months, service
from .errors import BadInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan

LAW_START = date(2008, 1, 1)
LOCAL_AVERAGE = Regional("average_wage.monthly", "当地上年度职工月平均工资")
LOCAL_MINIMUM = Regional("minimum_wage.monthly", "当地月最低工资")
REGION = Field("region", "region", "地区", "你在哪个城市上班？", "苏州", required=False)
LOCAL_AVG = Field(
    "local_avg_wage", "wage", "当地上年度职工月平均工资", "当地上年度职工月平均工资是多少？", "9800", False
)
LOCAL_MIN = Field("local_min_wage", "wage", "当地月最低工资", "当地月最低工资是多少？", "2490", False)
HIRE = Field("hire_date", "date", "入职日期", "你是哪一天开始上班的？", "2021-03-15", past=True)
LAST = Field("last_day", "date", "最后工作日", "你最后一天上班是哪一天？", "2026-10-31")
AVERAGE = Field(
    "avg_wage_12m", "wage", "离职前12个月平均应得工资", "离职前12个月，平均每月应得工资（税前、扣社保前）多少？", "6800"
)
COUNT_FROM = Field(
    "count_from", "date", "连续计算工龄的起点", "之前被安排到关联单位的，从哪天连续算工龄？", "2019-06-01", False
)
SERVICE_FIELDS = (HIRE, LAST, AVERAGE)
FIGURES = {"multiple": "severance.high_pay_multiple", "max_years": "severance.high_pay_max_years"}


@dataclass(frozen=True)
class Base:
    """The monthly base after floor and cap, and what it rested on."""

    wage: Decimal
    capped: bool
    step: Step
    assumptions: tuple[str, ...]
    missing: tuple[str, ...]


def claim_by(last_day: date) -> str:
    """Until when the money can be claimed (调解仲裁法 Article 27)."""
    return f"单位不付的，申请仲裁一般最晚到{add_months(last_day, 12)}（离职后一年内），向单位要过、投诉过的从那天重算。"


def check_span(hire_date: date, last_day: date, count_from: date | None = None) -> None:
    """Nobody leaves before he came."""
    if count_from is not None and count_from > last_day:
        raise BadInput(
            "count_from", f"连续计算工龄的起点：{count_from}晚于最后工作日{last_day}，请核对。", "2019-06-01"
        )
    if last_day < hire_date:
        message = f"最后工作日：{last_day}早于入职日期{hire_date}，请核对。"
        raise BadInput("last_day", message, f"入职{hire_date}，最后工作日{hire_date.year + 1}-12-31")


def base_wage(average: Decimal, local_avg: Decimal | None, local_min: Decimal | None, multiple: Decimal) -> Base:
    """The average of twelve months, not below the minimum wage, capped above three times the city's average."""
    assumptions = ["工资按应得数（税前、扣社保前，含奖金、津贴、计件、提成）；不满12个月的按实际月数平均。"]
    missing = []
    if local_min is None:
        missing.append("local_min_wage")
        assumptions.append("没有当地最低工资数，未核对下限：平均工资低于最低工资的，按最低工资算。")
    if local_avg is None:
        missing.append("local_avg_wage")
        assumptions.append(f"没有当地上年度月平均工资数，未核对封顶：只有月工资高于它的{plain(multiple)}倍才封顶。")
    if local_min is not None and average < local_min:
        words = f"平均工资{yuan(average)}低于最低工资，基数按{yuan(local_min)}"
        return Base(local_min, False, Step(words, None, cite("实条", 27)), tuple(assumptions), tuple(missing))
    if local_avg is not None and average > local_avg * multiple:
        cap = local_avg * multiple
        words = f"月工资{yuan(average)}高于{yuan(local_avg)}×{plain(multiple)}，基数按{yuan(cap)}封顶"
        return Base(cap, True, Step(words, None, cite("劳合", 47, 2)), tuple(assumptions), tuple(missing))
    words = f"基数：离职前12个月平均工资{yuan(average)}"
    return Base(average, False, Step(words, None, cite("劳合", 47, 3)), tuple(assumptions), tuple(missing))


def counted_months(first: date, last_day: date, base: Base, max_years: Decimal) -> tuple[Decimal, Step]:
    """The months due for a span of service."""
    time = service(first, last_day)
    months = time.severance_months
    words = f"工作年限：{first}至{last_day}，共{time.words}，折合{plain(months)}个月"
    if base.capped and months > max_years:
        months = max_years
        words += f"；高工资封顶，最多按{plain(max_years)}个月"
    return months, Step(words, None, cite("劳合", 47, 2 if base.capped else 1))


def severance(
    hire_date: date,
    last_day: date,
    avg_wage_12m: Decimal,
    ground: str,
    local_avg_wage: Decimal | None,
    local_min_wage: Decimal | None,
    count_from: date | None,
    *,
    multiple: Decimal,
    max_years: Decimal,
) -> Result:
    """N, or nothing where the ground does not pay."""
    check_span(hire_date, last_day, count_from)
    why = grounds.parse(ground)
    first = count_from or hire_date
    if not why.pays:
        nothing: dict[str, Value] = {"months": 0, "base": money(avg_wage_12m), "amount": money(ZERO)}
        return Result("severance", nothing, (Step(why.reason, money(ZERO), why.reference),))
    base = base_wage(avg_wage_12m, local_avg_wage, local_min_wage, multiple)
    months, counted = counted_months(max(first, LAW_START), last_day, base, max_years)
    amount = money(base.wage * months)
    steps: tuple[Step, ...] = (
        Step(why.reason, None, why.reference),
        counted,
        base.step,
        Step(f"{plain(months)}个月 × {yuan(base.wage)} = {yuan(amount)}", amount, cite("劳合", 47, 1)),
    )
    assumptions = [*base.assumptions, *([why.assumption] if why.assumption else [])]
    cautions = ["办完工作交接时支付；加班费、年终奖是否计入平均工资，各地口径不一。", claim_by(last_day)]
    if first < LAW_START:
        steps = (*steps, Step("2008年1月1日前的工龄要按当时的规定另核，这里没有算", None, cite("劳合", 97, 3)))
        cautions.append("2008年前的工龄另核，可能还能多拿，请转人工核对。")
    if first < hire_date:
        assumptions.append("按非本人原因安排到现单位、原单位没付过补偿，合并计算工龄。")
    values: dict[str, Value] = {"months": months, "base": money(base.wage), "amount": amount}
    also = (cite("劳合", 46), cite("实条", 27), cite("调仲", 27)) + ((cite("实条", 10),) if count_from else ())
    return Result("severance", values, steps, tuple(assumptions), tuple(cautions), base.missing, also=also)


CALCULATOR = Calculator(
    kind="severance",
    code="C01",
    title="经济补偿（N）",
    summary="合法解除或终止时，工作一年补一个月工资。",
    fields=(
        *SERVICE_FIELDS,
        Field(
            "ground",
            "text",
            "离职原因（以法条开头）",
            "是怎么离开的？",
            "40(2) 单位说我不能胜任",
            choices=grounds.CHOICES,
        ),
        LOCAL_AVG,
        LOCAL_MIN,
        COUNT_FROM,
        REGION,
    ),
    function=severance,
    params=FIGURES,
    regional={"local_avg_wage": LOCAL_AVERAGE, "local_min_wage": LOCAL_MINIMUM},
    dated_by="last_day",
)
