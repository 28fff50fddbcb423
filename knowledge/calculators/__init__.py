"""The sums: one claim a file, pure functions, figures as arguments, and one registry over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.calendar import load

from . import (
    annual_leave,
    arrears_penalty,
    deduction_cap,
    disability_grant,
    double_wage,
    heat_allowance,
    injury_report_limit,
    layoff_threshold,
    limits,
    maternity,
    medical_period,
    minimum_wage_shortfall,
    noncompete_pay,
    overtime_pay,
    probation,
    retirement_date,
    severance,
    severance_plus_notice,
    site_wage_checklist,
    social_insurance_late_fee,
    survivor_benefit,
    training_penalty,
    unemployment_months,
    unlawful_employer_injury,
    unlawful_termination,
    work_death,
)
from .calculator import CAUTION, Calculator, FiguresSource
from .citations import Reference
from .errors import BadInput, CalculatorError, FigureMissing, MissingInput, UnknownCalculator
from .fields import Field
from .result import VALUES, Result, Step

__all__ = [
    "CALCULATORS",
    "CAUTION",
    "VALUES",
    "BadInput",
    "Calculator",
    "CalculatorError",
    "Field",
    "FigureMissing",
    "FiguresSource",
    "MissingInput",
    "Reference",
    "Result",
    "Step",
    "UnknownCalculator",
    "calculate",
]

CALCULATORS: dict[str, Calculator] = {
    one.kind: one
    for one in (
        severance.CALCULATOR,
        unlawful_termination.CALCULATOR,
        severance_plus_notice.CALCULATOR,
        double_wage.CALCULATOR,
        overtime_pay.CALCULATOR,
        overtime_pay.COMPREHENSIVE,
        overtime_pay.PIECEWORK,
        annual_leave.CALCULATOR,
        annual_leave.ENTITLEMENT,
        probation.CALCULATOR,
        probation.WAGE_FLOOR,
        arrears_penalty.CALCULATOR,
        minimum_wage_shortfall.CALCULATOR,
        disability_grant.CALCULATOR,
        disability_grant.TABLE,
        work_death.CALCULATOR,
        maternity.CALCULATOR,
        maternity.ALLOWANCE,
        medical_period.CALCULATOR,
        medical_period.SICK_PAY,
        unemployment_months.CALCULATOR,
        retirement_date.CALCULATOR,
        retirement_date.MIN_YEARS,
        limits.CALCULATOR,
        limits.LIMIT,
        injury_report_limit.CALCULATOR,
        training_penalty.CALCULATOR,
        noncompete_pay.CALCULATOR,
        heat_allowance.CALCULATOR,
        site_wage_checklist.CALCULATOR,
        unlawful_employer_injury.CALCULATOR,
        deduction_cap.CALCULATOR,
        survivor_benefit.CALCULATOR,
        social_insurance_late_fee.CALCULATOR,
        layoff_threshold.CALCULATOR,
    )
}


def calculate(kind: str, inputs: Mapping[str, object], base: FiguresSource, on: date) -> Result:
    """Work out one sum with the figures of the policy base; `on` is today in Asia/Shanghai."""
    if kind not in CALCULATORS:
        raise UnknownCalculator(kind, sorted(CALCULATORS))
    return CALCULATORS[kind].run(inputs, base, on, getattr(base, "calendar", None) or load())
