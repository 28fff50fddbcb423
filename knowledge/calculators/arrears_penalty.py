"""C08 欠薪和加付赔偿金 (劳动合同法 Article 85): half to all of the sum again, after an order was not obeyed."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import MissingInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan

GROUP = 10


def arrears_penalty(
    monthly_wage: Decimal | None,
    months: Decimal | None,
    arrears: Decimal | None,
    workers: int | None,
    ordered_by_labour_dept: bool,
    paid_within_order: bool | None,
    *,
    min_percent: Decimal,
    max_percent: Decimal,
    single_from: Decimal,
    single_to: Decimal,
    group_from: Decimal,
    group_to: Decimal,
) -> Result:
    """What is owed, and what is added when the labour department's order passed without payment."""
    people = workers or 1
    owed, words = owing(monthly_wage, months, arrears, people)
    due = ordered_by_labour_dept and not paid_within_order
    low, high = (money(owed * percent / 100) if due else money(ZERO) for percent in (min_percent, max_percent))
    steps = (
        Step(words, owed, cite("劳合", 30)),
        penalty_step(due, ordered_by_labour_dept, low, high, min_percent, max_percent),
    )
    values: dict[str, Value] = {
        "arrears": owed,
        "extra_min": low,
        "extra_max": high,
        "total_min": owed + low,
        "total_max": owed + high,
    }
    cautions = [
        "加付比例由劳动行政部门在50%到100%之间定；旧规定里“一至五倍”的说法不再适用。",
        "拖欠工资还可以据此解除合同要经济补偿（第38条）。",
    ]
    if grave(owed, people, months, single_from, group_from):
        single = f"一人三个月以上且{plain(single_from)}至{plain(single_to)}元以上"
        group = f"十人以上累计{plain(group_from)}至{plain(group_to)}元以上"
        cautions.append(f"金额可能达到拒不支付劳动报酬罪的数额（{single}，{group}，各省在幅度内定）。")
        cautions.append("定罪还须有责令支付文书逾期不付，请转人工核对。")
    also = (cite("劳合", 85), cite("拒付", 3), cite("劳合", 38))
    return Result("arrears_penalty", values, steps, (), tuple(cautions), main="total_min", also=also)


def owing(wage: Decimal | None, months: Decimal | None, arrears: Decimal | None, people: int) -> tuple[Decimal, str]:
    """The sum that is owed: as given, or a month's wage times the months times the people."""
    if arrears is not None:
        return money(arrears), f"欠付工资合计{yuan(arrears)}"
    if wage is None or months is None:
        field = "monthly_wage" if wage is None else "months"
        raise MissingInput(field, "一个月工资多少、欠了几个月？", "6000，3")
    owed = money(wage * months * people)
    each = f"{people}人 × " if people > 1 else ""
    return owed, f"欠付工资：{each}{yuan(wage)} × {plain(months)}个月 = {yuan(owed)}"


def penalty_step(due: bool, ordered: bool, low: Decimal, high: Decimal, least: Decimal, most: Decimal) -> Step:
    """The added sum; its lower end is what the total counts on."""
    reference = cite("劳合", 85)
    if due:
        words = f"责令限期支付后逾期未付，加付{plain(least)}%至{plain(most)}%：{yuan(low)}至{yuan(high)}"
        return Step(words, low, reference)
    why = "已在责令期限内付清" if ordered else "还没有劳动行政部门的责令限期支付"
    return Step(f"{why}，没有加付赔偿金", low, reference)


def grave(owed: Decimal, people: int, months: Decimal | None, single: Decimal, group: Decimal) -> bool:
    """Whether the sum may reach the criminal threshold, which an operator must look at."""
    if people >= GROUP:
        return owed >= group
    return owed / people >= single and (months is None or months >= 3)


CALCULATOR = Calculator(
    kind="arrears_penalty",
    code="C08",
    title="欠薪和加付赔偿金",
    summary="欠了多少；劳动部门责令限期支付后仍不付的，再加付50%到100%。",
    fields=(
        Field("monthly_wage", "wage", "月工资", "一个月工资多少？", "6000", False),
        Field("months", "count", "欠了几个月", "欠了几个月工资？", "3", False, high=240),
        Field("arrears", "money", "欠付总额", "一共欠多少钱？", "18000", False),
        Field("workers", "whole", "人数", "一共欠了几个人的？", "1", False, low=1, high=100000),
        Field("ordered_by_labour_dept", "yes", "劳动部门是否已责令支付", "劳动监察给单位下过限期支付的文书吗？", "否"),
        Field("paid_within_order", "yes", "期限内是否付清", "单位在限期内付清了吗？", "否", False),
    ),
    function=arrears_penalty,
    asked_if=dict.fromkeys(("monthly_wage", "months"), lambda known: known.get("arrears") is None),
    params={
        "min_percent": "arrears.extra_min_percent",
        "max_percent": "arrears.extra_max_percent",
        "single_from": "wage_refusal.single_from",
        "single_to": "wage_refusal.single_to",
        "group_from": "wage_refusal.group_from",
        "group_to": "wage_refusal.group_to",
    },
)
