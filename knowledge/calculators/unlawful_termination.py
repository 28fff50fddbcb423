"""C02 违法解除赔偿金 2N: twice the compensation, counted from the first day of work (劳动合同法 Article 87)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .result import Result, Step, Value, money, plain, yuan
from .severance import (
    COUNT_FROM,
    FIGURES,
    LOCAL_AVERAGE,
    LOCAL_AVG,
    LOCAL_MIN,
    LOCAL_MINIMUM,
    REGION,
    SERVICE_FIELDS,
    base_wage,
    check_span,
    claim_by,
    counted_months,
)


def unlawful_termination(
    hire_date: date,
    last_day: date,
    avg_wage_12m: Decimal,
    local_avg_wage: Decimal | None,
    local_min_wage: Decimal | None,
    count_from: date | None,
    *,
    multiple: Decimal,
    max_years: Decimal,
    times: Decimal,
) -> Result:
    """2N; service before 2008 counts too, and N is not added on top (实施条例 Article 25)."""
    check_span(hire_date, last_day, count_from)
    first = count_from or hire_date
    base = base_wage(avg_wage_12m, local_avg_wage, local_min_wage, multiple)
    months, counted = counted_months(first, last_day, base, max_years)
    amount = money(base.wage * months * times)
    steps = (
        counted,
        base.step,
        Step("年限从用工之日起算，2008年前的也算", None, cite("实条", 25)),
        Step(f"{plain(months)}个月 × {yuan(base.wage)} × {plain(times)} = {yuan(amount)}", amount, cite("劳合", 87)),
    )
    assumptions = (*base.assumptions, "按单位的解除或终止确属违法计算；是否违法由单位举证、由仲裁认定。")
    cautions = (
        claim_by(last_day),
        "赔偿金和经济补偿不能同时要；已付的经济补偿要抵扣。",
        "也可以不要赔偿金，要求继续履行合同，并补发违法解除后到恢复前的工资；二者只能选一个，先想清楚再申请。",
    )
    values: dict[str, Value] = {"months": months, "base": money(base.wage), "amount": amount}
    also = (cite("劳合", 48), cite("解二", 18), cite("调仲", 27)) + ((cite("解一", 46),) if count_from else ())
    return Result("unlawful_termination", values, steps, assumptions, cautions, base.missing, also=also)


CALCULATOR = Calculator(
    kind="unlawful_termination",
    code="C02",
    title="违法解除赔偿金（2N）",
    summary="单位违法辞退或违法终止合同时，按经济补偿标准的二倍。",
    fields=(*SERVICE_FIELDS, LOCAL_AVG, LOCAL_MIN, COUNT_FROM, REGION),
    function=unlawful_termination,
    params={**FIGURES, "times": "unlawful_termination.multiple"},
    regional={"local_avg_wage": LOCAL_AVERAGE, "local_min_wage": LOCAL_MINIMUM},
    dated_by="last_day",
)
