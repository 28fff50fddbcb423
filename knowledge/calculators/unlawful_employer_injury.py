"""C25 非法用工、童工伤亡一次性赔偿 (非法用工单位伤亡人员一次性赔偿办法 Articles 4 to 6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .calculator import Calculator, Regional
from .citations import cite
from .errors import MissingInput
from .fields import Field
from .result import Result, Step, money, plain, yuan
from .severance import REGION


def unlawful_employer_injury(
    grade: int | None,
    death: bool | None,
    local_avg_year_wage: Decimal | None,
    national_urban_income_prev_year: Decimal | None,
    *,
    multiples: Mapping[str, Decimal],
    death_multiple: Decimal,
    funeral_multiple: Decimal,
) -> Result:
    """A multiple of the year's average wage; for a death thirty times the national income, not the wage."""
    cautions = ("治疗期间的费用、生活费另付；争议按劳动争议处理，可同时向劳动监察投诉。",)
    if death:
        return for_death(national_urban_income_prev_year, death_multiple, funeral_multiple, cautions)
    if grade is None:
        raise MissingInput("grade", "鉴定结论是几级？死亡的请注明。", "9")
    times = multiples[f"grade_{grade}"]
    rule = cite("非法", 5)
    if local_avg_year_wage is None:
        step = Step(f"{grade}级：统筹地区上年度职工年平均工资 × {plain(times)}", None, rule)
        return Result("unlawful_employer_injury", {}, (step,), (), cautions, ("local_avg_year_wage",), main=None)
    amount = money(local_avg_year_wage * times)
    step = Step(f"{grade}级：{yuan(local_avg_year_wage)} × {plain(times)} = {yuan(amount)}", amount, rule)
    also = (cite("非法", 4), cite("工伤", 66))
    return Result("unlawful_employer_injury", {"amount": amount}, (step,), (), cautions, also=also)


def for_death(income: Decimal | None, grant: Decimal, funeral: Decimal, cautions: tuple[str, ...]) -> Result:
    """Twenty times the income, and ten more for funeral and the rest (Article 6)."""
    rule = cite("非法", 6)
    if income is None:
        step = Step(f"上一年度全国城镇居民人均可支配收入 ×（{plain(grant)} + {plain(funeral)}）", None, rule)
        missing = ("national_urban_income_prev_year",)
        return Result("unlawful_employer_injury", {}, (step,), (), cautions, missing, main=None)
    first, second = money(income * grant), money(income * funeral)
    steps = (
        Step(f"一次性赔偿金：{yuan(income)} × {plain(grant)} = {yuan(first)}", first, rule),
        Step(f"丧葬补助等其他赔偿：{yuan(income)} × {plain(funeral)} = {yuan(second)}", second, rule),
    )
    also = (cite("非法", 4), cite("工伤", 66))
    return Result("unlawful_employer_injury", {"amount": first + second}, steps, (), cautions, also=also)


CALCULATOR = Calculator(
    kind="unlawful_employer_injury",
    code="C25",
    title="非法用工、童工伤亡赔偿",
    summary="无照单位或使用童工造成伤残、死亡的一次性赔偿。",
    fields=(
        Field("grade", "whole", "伤残等级", "鉴定结论是几级？", "9", False, low=1, high=10),
        Field("death", "yes", "是否死亡", "人是否已经去世？", "否", False),
        Field(
            "local_avg_year_wage",
            "money",
            "统筹地区上年度职工年平均工资",
            "当地上年度职工年平均工资多少？",
            "110000",
            False,
        ),
        Field(
            "national_urban_income_prev_year",
            "money",
            "上一年度全国城镇居民人均可支配收入",
            "上一年度全国城镇居民人均可支配收入多少？",
            "56502",
            False,
        ),
        REGION,
    ),
    function=unlawful_employer_injury,
    params={
        "multiples": "unlawful_employer.multiples",
        "death_multiple": "unlawful_employer.death_multiple",
        "funeral_multiple": "unlawful_employer.funeral_multiple",
    },
    national={"national_urban_income_prev_year": "income.national_urban"},
    regional={"local_avg_year_wage": Regional("average_wage.yearly", "统筹地区上年度职工年平均工资")},
)
