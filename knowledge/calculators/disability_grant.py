"""C10 工伤伤残待遇: the one-off grant and the monthly allowance by grade (工伤保险条例 Articles 35 to 37 and 64)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .calculator import Calculator, Regional
from .citations import Reference, cite
from .fields import Field
from .lump_sums import lump_sums
from .result import ZERO, Result, Step, Value, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION

AVERAGE = Regional("average_wage.monthly", "统筹地区职工月平均工资")
LUMP_STANDARDS = Regional("injury_grants", "一次性工伤医疗补助金和伤残就业补助金标准")
OWN = Field("own_wage", "wage", "本人工资", "受伤前12个月，平均每月缴费工资多少？", "6000")
LOCAL = Field("local_avg_wage", "wage", "统筹地区职工月平均工资", "当地（统筹地区）职工月平均工资多少？", "9000", False)
BOUNDS = {"cap_percent": "injury.wage_cap_percent", "floor_percent": "injury.wage_floor_percent"}


@dataclass(frozen=True)
class Own:
    """The worker's own wage after the bounds of Article 64."""

    wage: Decimal
    step: Step
    missing: tuple[str, ...] = ()
    assumption: str = "本人工资是受伤或患职业病前12个月的平均月缴费工资。"


def bounded(own: Decimal, local: Decimal | None, cap_percent: Decimal, floor_percent: Decimal) -> Own:
    """Not above 300 per cent and not below 60 per cent of the region's average."""
    rule = cite("工伤", 64, 2)
    if local is None:
        note = f"没有统筹地区平均工资数，未核对上限{plain(cap_percent)}%和下限{plain(floor_percent)}%。"
        return Own(own, Step(f"本人工资{yuan(own)}", None, rule), ("local_avg_wage",), note)
    cap, floor = local * cap_percent / 100, local * floor_percent / 100
    if own > cap:
        return Own(cap, Step(f"本人工资{yuan(own)}高于{yuan(local)}×{plain(cap_percent)}%，按{yuan(cap)}", None, rule))
    if own < floor:
        return Own(
            floor, Step(f"本人工资{yuan(own)}低于{yuan(local)}×{plain(floor_percent)}%，按{yuan(floor)}", None, rule)
        )
    return Own(
        own, Step(f"本人工资{yuan(own)}，在平均工资的{plain(floor_percent)}%到{plain(cap_percent)}%之间", None, rule)
    )


def article(grade: int) -> Reference:
    """Grades 1 to 4, 5 and 6, 7 to 10 have an article each."""
    return cite("工伤", 35 if grade <= 4 else 36 if grade <= 6 else 37, 1)


def disability_grant(
    grade: int,
    own_wage: Decimal,
    local_avg_wage: Decimal | None,
    local_min_wage: Decimal | None,
    lump_standards: Mapping[str, Any] | None,
    *,
    months: Mapping[str, Decimal],
    percents: Mapping[str, Decimal],
    cap_percent: Decimal,
    floor_percent: Decimal,
) -> Result:
    """The grant of one grade."""
    own = bounded(own_wage, local_avg_wage, cap_percent, floor_percent)
    count = months[f"grade_{grade}"]
    grant = money(own.wage * count)
    words = f"{grade}级一次性伤残补助金：{yuan(own.wage)} × {plain(count)}个月 = {yuan(grant)}"
    steps = [own.step, Step(words, grant, article(grade))]
    allowance, notes = ZERO, [own.assumption]
    if f"grade_{grade}" in percents:
        percent = percents[f"grade_{grade}"]
        allowance = own.wage * percent / 100
        words = f"每月伤残津贴：{yuan(own.wage)} × {plain(percent)}% = {yuan(allowance)}"
        if local_min_wage is not None and allowance < local_min_wage:
            allowance = local_min_wage
            words += f"，低于最低工资，补足到{yuan(local_min_wage)}"
        steps.append(Step(words, None, article(grade)))
        notes.append("每月津贴按未核对最低工资计算。" if local_min_wage is None else "每月津贴不低于当地最低工资。")
    if grade in (5, 6):
        notes.append("五、六级只有单位难以安排工作时才按月发津贴，由单位付。")
    values: dict[str, Value] = {"base": money(own.wage), "grant": grant, "monthly_allowance": money(allowance)}
    cautions = ["没参加工伤保险的，全部由单位按同样标准付；单位不付可以申请基金先行支付。"]
    missing = own.missing
    if grade >= 5:
        lumps = lump_sums(grade, lump_standards, local_avg_wage)
        values.update(lumps.values)
        steps.extend(lumps.steps)
        cautions.extend(lumps.cautions)
        missing = tuple(dict.fromkeys([*missing, *lumps.missing]))
    also = (cite("工伤", 62), cite("社保", 41))
    return Result(
        "disability_grant", values, tuple(steps), tuple(notes), tuple(cautions), missing, main="grant", also=also
    )


def table(
    own_wage: Decimal,
    local_avg_wage: Decimal | None,
    *,
    months: Mapping[str, Decimal],
    cap_percent: Decimal,
    floor_percent: Decimal,
) -> Result:
    """All ten grades side by side, before the appraisal is known."""
    own = bounded(own_wage, local_avg_wage, cap_percent, floor_percent)
    counts = [(grade, months[f"grade_{grade}"]) for grade in range(1, 11)]
    amounts = {str(grade): money(own.wage * count) for grade, count in counts}
    steps = [own.step]
    for grade, count in counts:
        steps.append(
            Step(
                f"{grade}级：{yuan(own.wage)} × {plain(count)}个月 = {yuan(amounts[str(grade)])}", None, article(grade)
            )
        )
    values: dict[str, Value] = {"base": money(own.wage), "amounts": amounts}
    notes = (own.assumption, "等级由劳动能力鉴定委员会定，这里只列各级对应的一次性伤残补助金。")
    return Result("disability_grant_table", values, tuple(steps), notes, missing=own.missing, main=None)


CALCULATOR = Calculator(
    kind="disability_grant",
    code="C10",
    title="工伤伤残待遇",
    summary="按伤残等级算一次性伤残补助金和每月伤残津贴。",
    fields=(
        Field("grade", "whole", "伤残等级", "鉴定结论是几级？", "9", low=1, high=10),
        OWN,
        LOCAL,
        LOCAL_MIN,
        REGION,
    ),
    function=disability_grant,
    params={"months": "injury.grant_months", "percents": "injury.allowance_percents", **BOUNDS},
    regional={"local_avg_wage": AVERAGE, "local_min_wage": LOCAL_MINIMUM, "lump_standards": LUMP_STANDARDS},
)
TABLE = Calculator(
    kind="disability_grant_table",
    code="C10",
    title="各级一次性伤残补助金对照",
    summary="还没鉴定等级时，先看一到十级各是多少。",
    fields=(OWN, LOCAL, REGION),
    function=table,
    params={"months": "injury.grant_months", **BOUNDS},
    regional={"local_avg_wage": AVERAGE},
)
