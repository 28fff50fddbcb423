"""C17 and C18 法定退休年龄和最低缴费年限 under the reform of 2025 (渐进式延迟法定退休年龄办法 and its annexes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .dates import month_text
from .errors import BadInput
from .fields import Field
from .result import Result, Step, Value, plain

REFORM = 2025 * 12
MALE, CADRE, WORKER = "male", "female_cadre", "female_worker"
CATEGORIES = {
    "男职工": MALE,
    "原55周岁女职工": CADRE,
    "原50周岁女职工": WORKER,
    MALE: MALE,
    CADRE: CADRE,
    WORKER: WORKER,
}
ALIASES = {
    "男": MALE,
    "男工人": MALE,
    "女干部": CADRE,
    "女管理岗": CADRE,
    "女技术岗": CADRE,
    "女工人": WORKER,
    "女生产岗": WORKER,
}
KNOWN = {**CATEGORIES, **ALIASES}
FIRST_TABLE_YEAR = 2012
YEARS = Field("retire_year", "whole", "达到法定退休年龄的年份", "哪一年达到法定退休年龄？", "2032", low=1990, high=2100)


@dataclass(frozen=True)
class Group:
    """One of the three groups: the old age, months to wait for each month of delay, and the longest delay."""

    age: int
    step: int
    cap: int


def months_late(birth: int, group: Group) -> int:
    """How many months later than the old age; `birth` counts months from year zero."""
    waited = birth + group.age * 12 - REFORM + 1
    return 0 if waited <= 0 else min(-(-waited // group.step), group.cap)


def years_needed(year: int, years_in: Callable[[int], Decimal]) -> Decimal:
    """Annex 4 by the year of reaching the age; years before the figure is kept had the same fifteen."""
    return years_in(max(year, FIRST_TABLE_YEAR))


def retirement_date(
    birth: str,
    category: str,
    *,
    ages: Mapping[str, Decimal],
    steps: Mapping[str, Decimal],
    caps: Mapping[str, Decimal],
    flexible: Decimal,
    years_in: Callable[[int], Decimal],
) -> Result:
    """Month of retirement, and how far it may be moved by choice."""
    kind = KNOWN[category]
    group = Group(int(ages[kind]), int(steps[kind]), int(caps[kind]))
    born = int(birth[:4]) * 12 + int(birth[5:]) - 1
    if group.age * 12 + born > 2100 * 12:
        raise BadInput("birth", "出生年月：年份太晚，请核对。", "1968-05")
    late = months_late(born, group)
    old = born + group.age * 12
    retire = old + late
    years = years_needed(retire // 12, years_in)
    reformed = old >= REFORM
    values: dict[str, Value] = {
        "retire_month": month_text(retire),
        "age_years": group.age + late // 12,
        "age_months": late % 12,
        "delay_months": late,
        "earliest_flexible_month": month_text(max(old, retire - int(flexible))) if reformed else None,
        "latest_flexible_month": month_text(retire + int(flexible)) if reformed else None,
        "min_contribution_years": years,
    }
    working = working_steps(birth, group, old, late, retire, years)
    assumptions = (
        "女职工50还是55周岁看退休时的岗位和当地认定，有争议先到社保机构核对档案。",
        "弹性提前时最低缴费年限按哪一年定，请向社保机构核对；这里按法定退休那一年。",
    )
    cautions = (
        "弹性提前要达到最低缴费年限，并至少提前3个月书面告知单位；弹性延后要与单位协商一致，至少提前1个月定好。单位不得强迫。",
        "特殊工种、病残等提前退休另有规定，不适用这里的算法。",
    )
    also = (cite("延退", 3), cite("弹性退", 1))
    return Result("retirement_date", values, working, assumptions, cautions, main=None, also=also)


def working_steps(birth: str, group: Group, old: int, late: int, retire: int, years: Decimal) -> tuple[Step, ...]:
    """The lines of the working."""
    if late:
        how = f"2025年1月起每{group.step}个月延迟1个月，延迟{late}个月，法定退休时间{month_text(retire)}"
    else:
        how = "2025年1月前已达到原法定退休年龄，按原规定，不延迟"
    return (
        Step(f"{birth}出生，原法定退休年龄{group.age}周岁，原退休时间{month_text(old)}", None, cite("延退", 1)),
        Step(how, None, cite("延退", 1)),
        Step(f"{retire // 12}年的最低缴费年限{plain(years)}年", None, cite("延退", 2)),
    )


def min_contribution_years(
    retire_year: int, paid_years: Decimal | None, *, years_in: Callable[[int], Decimal]
) -> Result:
    """Annex 4, and what is still short."""
    years = years_needed(retire_year, years_in)
    steps = [Step(f"{retire_year}年达到法定退休年龄，最低缴费{plain(years)}年", None, cite("延退", 2))]
    values: dict[str, Value] = {"years": years}
    if paid_years is not None:
        short = max(Decimal(0), years - paid_years)
        values["short_years"] = short
        steps.append(Step(f"已缴（含视同）{plain(paid_years)}年，还差{plain(short)}年", None, cite("社保", 16)))
    cautions = ("不够年限的，可以按规定延长缴费、一次性缴费，或者转入城乡居民养老保险，请打12333问当地办法。",)
    also = (cite("社保", 16), cite("社实", 2))
    return Result("min_contribution_years", values, tuple(steps), (), cautions, main=None, also=also)


CALCULATOR = Calculator(
    kind="retirement_date",
    code="C17",
    title="法定退休时间",
    summary="2025年改革后哪年哪月退休，能提前、延后到什么时候。",
    fields=(
        Field("birth", "month", "出生年月", "哪年哪月出生？", "1968-05", past=True),
        Field(
            "category",
            "choice",
            "人员类别",
            "看退休时的岗位：男职工，原55周岁女职工（管理、技术岗），还是原50周岁女职工（生产岗）？",
            "原50周岁女职工",
            choices=tuple(CATEGORIES)[:3],
            codes=tuple(KNOWN)[3:],
        ),
    ),
    function=retirement_date,
    params={
        "ages": "retirement.original_age",
        "steps": "retirement.delay_step",
        "caps": "retirement.delay_cap",
        "flexible": "retirement.flexible_months",
    },
    by_year={"years_in": "pension.min_contribution_years"},
)
MIN_YEARS = Calculator(
    kind="min_contribution_years",
    code="C18",
    title="养老保险最低缴费年限",
    summary="哪年到法定退休年龄，要缴满多少年。",
    fields=(
        YEARS,
        Field("paid_years", "count", "已缴年限（含视同）", "已经交了几年（含视同缴费）？", "12.5", False, high=60),
    ),
    function=min_contribution_years,
    by_year={"years_in": "pension.min_contribution_years"},
)
