"""C11 工亡待遇: funeral, grant and the family's monthly pension (工伤保险条例 Article 39)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .disability_grant import AVERAGE, LOCAL, OWN
from .errors import BadInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan
from .severance import REGION

DIRECT, IN_LEAVE, AFTER_LEAVE = "因工死亡", "停工留薪期内死亡", "一至四级停工留薪期满后死亡"
RULE = cite("工伤", 39, 1)


def dependant_percents(
    dependants: tuple[str, ...], spouse: Decimal, relative: Decimal, lone: Decimal
) -> list[tuple[str, Decimal]]:
    """Each dependant's share: a spouse 40, anybody else 30, an orphan or lone elder ten more."""
    known = ("配偶", "丈夫", "妻子", "子", "女", "父", "母", "孤", "祖", "兄", "弟", "姐", "妹", "孙")
    shares = []
    for who in dependants:
        if not any(word in who for word in known):
            message = f"供养亲属：“{who}”看不出是什么亲属。"
            raise BadInput("dependants", message, "配偶、子女、父母、孤寡老人")
        base = spouse if any(word in who for word in ("配偶", "丈夫", "妻子")) else relative
        shares.append((who, base + (lone if "孤" in who else ZERO)))
    return shares


def work_death(
    own_wage: Decimal,
    death_year: int,
    national_urban_income_prev_year: Decimal | None,
    local_avg_wage: Decimal | None,
    dependants: tuple[str, ...] | None,
    death_case: str | None,
    *,
    funeral_months: Decimal,
    grant_multiple: Decimal,
    spouse_percent: Decimal,
    relative_percent: Decimal,
    lone_extra_percent: Decimal,
) -> Result:
    """Each part that its figures allow; a missing figure leaves its part open and is named."""
    funeral, first = funeral_part(local_avg_wage, funeral_months)
    grant, second = grant_part(national_urban_income_prev_year, grant_multiple, death_year, death_case)
    pension, third = family_pension(own_wage, dependants or (), spouse_percent, relative_percent, lone_extra_percent)
    parts = {"local_avg_wage": funeral, "national_urban_income_prev_year": grant}
    missing = tuple(name for name, part in parts.items() if part is None)
    values: dict[str, Value] = {"funeral": funeral, "death_grant": grant, "monthly_dependants": pension}
    if funeral is not None and grant is not None:
        values["amount"] = funeral + grant
    assumptions = (
        "工亡补助金按事故发生上一年度的全国城镇居民人均可支配收入。",
        "抚恤金发给由死者生前提供主要生活来源、无劳动能力的亲属。",
    )
    cautions = ("抚恤金由统筹地区适时调整；没参保的由单位按同样标准支付。",)
    main = None if missing else "amount"
    also = (cite("社实", 11), cite("工伤", 62))
    return Result("work_death", values, (first, second, third), assumptions, cautions, missing, main=main, also=also)


def funeral_part(average: Decimal | None, months: Decimal) -> tuple[Decimal | None, Step]:
    """Six months of the region's average wage, or the formula where that is not known."""
    if average is None:
        return None, Step(f"丧葬补助金：统筹地区上年度职工月平均工资 × {plain(months)}个月", None, RULE)
    amount = money(average * months)
    return amount, Step(f"丧葬补助金：{yuan(average)} × {plain(months)}个月 = {yuan(amount)}", amount, RULE)


def grant_part(income: Decimal | None, times: Decimal, year: int, case: str | None) -> tuple[Decimal | None, Step]:
    """Twenty times the national income of the year before; nothing after the leave period of grades 1 to 4."""
    if case == AFTER_LEAVE:
        words = "一至四级伤残职工停工留薪期满后死亡的，没有一次性工亡补助金"
        return money(ZERO), Step(words, money(ZERO), cite("工伤", 39, 3))
    what = f"{year - 1}年全国城镇居民人均可支配收入"
    if income is None:
        return None, Step(f"工亡补助金：{what} × {plain(times)}", None, RULE)
    amount = money(income * times)
    return amount, Step(f"工亡补助金：{what}{yuan(income)} × {plain(times)} = {yuan(amount)}", amount, RULE)


def family_pension(
    own: Decimal, dependants: tuple[str, ...], spouse: Decimal, relative: Decimal, lone: Decimal
) -> tuple[Decimal, Step]:
    """All shares together, not above the worker's own wage."""
    shares = dependant_percents(dependants, spouse, relative, lone)
    if not shares:
        return money(ZERO), Step("没有供养亲属，没有每月抚恤金", None, RULE)
    whole = sum((percent for _, percent in shares), ZERO)
    listed = "、".join(f"{who}{plain(percent)}%" for who, percent in shares)
    if whole > 100:
        return money(own), Step(f"每月抚恤金：{listed}，合计超过本人工资，按{yuan(own)}", None, RULE)
    total = money(own * whole / 100)
    return total, Step(f"每月抚恤金：{listed}，合计{yuan(own)} × {plain(whole)}% = {yuan(total)}", None, RULE)


CALCULATOR = Calculator(
    kind="work_death",
    code="C11",
    title="工亡待遇",
    summary="丧葬补助金、一次性工亡补助金和供养亲属抚恤金。",
    fields=(
        OWN,
        Field("death_year", "whole", "事故发生年份", "事故是哪一年发生的？", "2026", low=2004, high=2100),
        Field(
            "national_urban_income_prev_year",
            "money",
            "上一年度全国城镇居民人均可支配收入",
            "上一年度全国城镇居民人均可支配收入多少？",
            "56502",
            False,
        ),
        LOCAL,
        Field("dependants", "items", "供养亲属", "靠死者生活、没有劳动能力的亲属有哪些？", "配偶、子女、父母", False),
        Field(
            "death_case", "choice", "死亡情形", "是哪种情形？", DIRECT, False, choices=(DIRECT, IN_LEAVE, AFTER_LEAVE)
        ),
        REGION,
    ),
    function=work_death,
    params={
        "funeral_months": "injury.funeral_months",
        "grant_multiple": "injury.death_grant_multiple",
        "spouse_percent": "injury.spouse_percent",
        "relative_percent": "injury.relative_percent",
        "lone_extra_percent": "injury.lone_extra_percent",
    },
    national={"national_urban_income_prev_year": "income.national_urban"},
    regional={"local_avg_wage": AVERAGE},
    dated_by="death_year",
)
