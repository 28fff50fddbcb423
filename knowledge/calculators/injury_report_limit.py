"""C20 工伤申报期限: thirty days for the employer, a year for the worker (工伤保险条例 Article 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from knowledge.calendar import Calendar

from .calculator import Calculator
from .citations import cite
from .dates import deadline
from .fields import Field
from .limits import TODAY, told
from .result import Result, Step, Value

EVENTS = ("事故", "职业病诊断")


def injury_report_limit(
    event: str,
    event_date: date,
    employer_reported: bool | None,
    today: date | None,
    *,
    employer_days: Decimal,
    worker_years: Decimal,
    on: date,
    calendar: Calendar,
) -> Result:
    """Both days; what is left is counted to the worker's own."""
    day = today or on
    employer = deadline(event_date, int(employer_days), "day", day, calendar)
    worker = deadline(event_date, int(worker_years), "year", day, calendar)
    start = "事故伤害发生" if event == "事故" else "被诊断、鉴定为职业病"
    steps = [
        Step(
            f"单位应在{start}之日（{event_date}）起{int(employer_days)}日内申报：{employer.last_day}",
            None,
            cite("工伤", 17, 1),
        ),
        Step(f"单位不报的，本人、近亲属、工会一年内直接申请：{worker.last_day}", None, cite("工伤", 17, 2)),
    ]
    stops = "不可抗力、人身自由受限、单位原因、登记制度不完善、先打劳动关系官司耽误的时间不算在内。"
    references = (cite("工伤", 17, 2), cite("工伤行", 7))
    result = told("injury_report_limit", worker, steps, references, stops)
    values: dict[str, Value] = {
        "employer_deadline": employer.last_day,
        "worker_deadline": worker.last_day,
        "safer_day": worker.safer_day,
        "days_left": worker.days_left,
        "in_time": worker.in_time,
    }
    cautions = list(result.cautions)
    if employer_reported:
        cautions.insert(0, "单位已申报的，请要一份受理凭证，自己不用再报。")
    elif not employer.in_time:
        cautions.insert(0, "单位已逾期未报，逾期期间的工伤费用由单位负担；请自己去申请，不要再等。")
    also = (*result.also, cite("工伤", 17, 4), cite("工伤", 20))
    urgent = result.urgent and not employer_reported
    return replace(result, values=values, cautions=tuple(cautions), also=also, urgent=urgent)


CALCULATOR = Calculator(
    kind="injury_report_limit",
    code="C20",
    title="工伤申报期限",
    summary="单位30日内、本人一年内申请工伤认定。",
    fields=(
        Field("event", "choice", "事故还是职业病", "是事故受伤还是诊断出职业病？", "事故", choices=EVENTS),
        Field("event_date", "date", "发生日期", "哪一天出的事故（或哪天诊断的）？", "2026-09-01", past=True),
        Field("employer_reported", "yes", "单位是否已申报", "单位申报工伤了吗？", "否", False),
        TODAY,
    ),
    function=injury_report_limit,
    params={"employer_days": "limits.injury_employer_30_days", "worker_years": "limits.injury_worker_one_year"},
    context=("on", "calendar"),
    caution="以上仅供参考，是否超期以社会保险行政部门认定为准。",
)
