"""C04 未签书面合同二倍工资 (劳动合同法 Article 82, 实施条例 Articles 6 and 7, 解释二 Articles 6 to 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from knowledge.calendar import Calendar, CalendarMissing

from .calculator import Calculator
from .citations import Reference, cite
from .dates import URGENT_DAYS, add_months, whole_months
from .errors import BadInput, MissingInput
from .fields import Field
from .result import ZERO, Result, Step, Value, balanced, money, plain, yuan
from .severance import HIRE, LAW_START, check_span

ONE_DAY = timedelta(days=1)
WAGES_EXAMPLE = '{"2026-02": 4900}'


@dataclass(frozen=True)
class Part:
    """One month of the period, whole or not, and the wage due in it."""

    first: date
    last: date
    whole: bool
    wage: Decimal


def span(hire: date, signed: date | None, last_day: date | None, today: date) -> tuple[date, date]:
    """From the day after the first full month to the day before whatever ended it."""
    ends = [add_months(hire, 12) - ONE_DAY, last_day or today]
    if signed is not None:
        ends.append(signed - ONE_DAY)
    return add_months(hire, 1), min(ends)


def by_service(hire: date, last: date, wage: Decimal) -> list[Part]:
    """Months counted from the day of hire, the first one left out, all at one wage."""
    count = whole_months(hire, last + ONE_DAY)
    starts = [add_months(hire, number) for number in range(1, count + 1)]
    parts = [Part(one, two - ONE_DAY, True, wage) for one, two in pairwise(starts)]
    if starts[-1] <= last:
        parts.append(Part(starts[-1], last, False, wage))
    return parts


def by_calendar(first: date, last: date, wages: Mapping[str, Decimal]) -> list[Part]:
    """Calendar months, each at its own wage."""
    parts = []
    start = first
    while start <= last:
        month_end = add_months(start.replace(day=1), 1) - ONE_DAY
        end = min(month_end, last)
        key = start.isoformat()[:7]
        if key not in wages:
            raise MissingInput("wages_by_month", f"还缺{key}的工资，这个月应得多少？", WAGES_EXAMPLE)
        parts.append(Part(start, end, start.day == 1 and end == month_end, wages[key]))
        start = end + ONE_DAY
    return parts


@dataclass(frozen=True)
class Line:
    """A part's share of the second wage."""

    part: Part
    words: str
    amount: Decimal
    workdays: int = 0


def line(part: Part, days: Decimal, workdays: int | None, calendar: Calendar) -> Line:
    """A whole month's wage, or its working days at the daily rate (解释二 Article 6)."""
    if part.whole:
        return Line(part, f"{part.first}至{part.last}：一个月工资{yuan(part.wage)}", part.wage)
    count = calendar.workdays_between(part.first, part.last) if workdays is None else workdays
    amount = part.wage / days * count
    words = f"{part.first}至{part.last}：{yuan(part.wage)} ÷ {plain(days)} × {count}个工作日"
    return Line(part, words, amount, count)


def merged(lines: list[Line]) -> list[Line]:
    """Neighbouring whole months at one wage as one line."""
    found: list[Line] = []
    for one in lines:
        before = found[-1] if found else None
        if before is None or not (before.part.whole and one.part.whole) or before.part.wage != one.part.wage:
            found.append(one)
            continue
        part = Part(before.part.first, one.part.last, True, one.part.wage)
        amount = before.amount + one.amount
        words = f"{part.first}至{part.last}：{plain(amount / part.wage)}个月 × {yuan(part.wage)}"
        found[-1] = Line(part, words, amount)
    return found


def lines_of(parts: list[Part], days: Decimal, workdays: int | None, calendar: Calendar) -> list[Line]:
    """All parts; days given by the worker belong to the last part month."""
    partial = [part for part in parts if not part.whole]
    try:
        return [line(part, days, workdays if partial and part is partial[-1] else None, calendar) for part in parts]
    except CalendarMissing as error:
        question = f"{error.year}年放假安排还没公布，不满一个月的那几天里上了几个工作日？"
        raise MissingInput("workdays_in_partial_month", question, "12") from error


def nothing(words: str, reference: Reference, deemed: date | None = None) -> Result:
    """No second wage, and why."""
    values: dict[str, Value] = {"months": 0, "extra_amount": money(ZERO), "deemed_open_ended_from": deemed}
    return Result("double_wage", values, (Step(words, money(ZERO), reference),), main="extra_amount")


def double_wage(
    hire_date: date,
    signed_date: date | None,
    last_day: date | None,
    monthly_wage: Decimal | None,
    wages_by_month: Mapping[str, Decimal] | None,
    workdays_in_partial_month: int | None,
    filed_date: date | None,
    worker_deliberately_refused: bool | None,
    *,
    days_per_month: Decimal,
    today: date,
    calendar: Calendar,
) -> Result:
    """The second wage of each month without a written contract, eleven months at most."""
    if last_day is not None:
        check_span(hire_date, last_day)
    if signed_date is not None and signed_date < hire_date:
        raise BadInput(
            "signed_date", "签合同日期：入职前就签了书面合同的，没有二倍工资，请核对。", f"{hire_date}之后的日期"
        )
    hire_date = max(hire_date, LAW_START)  # 劳动合同法 Article 97: who worked before the law is counted from its day.
    first, last = span(hire_date, signed_date, last_day, today)
    deemed = deemed_from(hire_date, signed_date, last_day, today)
    if worker_deliberately_refused:
        return nothing("单位能证明是劳动者故意或重大过失不签的，没有二倍工资", cite("解二", 7), deemed)
    if last < first:
        return nothing("用工满一个月内已签书面合同或已离职，没有二倍工资", cite("实条", 6, 2))
    if wages_by_month is None and monthly_wage is None:
        raise MissingInput("monthly_wage", "没签合同那段时间，每月应得工资多少？", "6000")
    parts = (
        by_calendar(first, last, wages_by_month)
        if wages_by_month
        else by_service(hire_date, last, monthly_wage or ZERO)
    )
    lines = lines_of(parts, days_per_month, workdays_in_partial_month, calendar)
    return in_time(summed(lines, first, last, deemed, filed_date), add_months(last, 12), today)


def in_time(result: Result, latest: date, today: date) -> Result:
    """A result whose claim has run out by either reckoning, or soon will, says so first."""
    left = (latest - today).days
    if left > URGENT_DAYS:
        return result
    late = f"按两种算法，一年时效到{latest}都已经过了；仍可以申请，单位不提时效抗辩的还有机会，先转人工问清。"
    soon = f"最晚{latest}要申请仲裁，只剩{left}天。"
    return replace(result, cautions=(late if left < 0 else soon, *result.cautions), urgent=True)


def deemed_from(hire: date, signed: date | None, last_day: date | None, today: date) -> date | None:
    """The day from which the contract counts as open-ended: one year on, if still unsigned and at work."""
    year = add_months(hire, 12)
    if (signed is not None and signed < year) or (last_day or today) < year:
        return None
    return year


def summed(lines: list[Line], first: date, last: date, deemed: date | None, filed: date | None) -> Result:
    """The total with its limits; courts differ on where the one-year limit starts."""
    shown = [
        (one.words, one.amount, cite("劳合", 82, 1) if one.part.whole else cite("解二", 6)) for one in merged(lines)
    ]
    total, steps = balanced(shown)
    head = Step(
        f"二倍工资期间：{first}至{last}（满一个月的次日起，最多11个月）", None, cite("实条", 7 if deemed else 6)
    )
    values: dict[str, Value] = {
        "months": sum(1 for one in lines if one.part.whole),
        "partial_workdays": sum(one.workdays for one in lines),
        "extra_amount": total,
        "deemed_open_ended_from": deemed,
        "claim_by_first": add_months(lines[0].part.last, 12),
        "claim_by_last": add_months(last, 12),
    }
    if filed is not None:
        kept = [one.amount for one in lines if add_months(one.part.last, 12) >= filed]
        values["amount_month_by_month"] = money(sum(kept, ZERO))
    assumptions = (
        "这里只算另加的一倍，正常工资另算。",
        "不满一个月的部分按月工资÷21.75×实际工作日（解释二第6条只说按实际工作日，除以21.75是通行算法）。",
        "按不存在不可抗力、本人故意不签、合同依法自动续延等例外计算。",
    )
    cautions = ["二倍工资的一年时效，有的地方逐月算，有的地方从期满起算：越早申请越稳妥。"]
    if deemed:
        cautions.append(f"从{deemed}起视为已订立无固定期限合同，之后没有二倍工资，可以要求补签。")
    also = (cite("实条", 6, 2), cite("调仲", 27), *((cite("劳合", 14, 3), cite("解二", 9)) if deemed else ()))
    return Result("double_wage", values, (head, *steps), assumptions, tuple(cautions), main="extra_amount", also=also)


CALCULATOR = Calculator(
    kind="double_wage",
    code="C04",
    title="没签书面合同的二倍工资",
    summary="用工超过一个月不满一年没签书面合同，每月另付一倍工资，最多11个月。",
    fields=(
        HIRE,
        Field("signed_date", "date", "签书面合同日期", "书面合同是哪天签的？没签就不填。", "2026-06-15", False),
        Field("last_day", "date", "最后工作日", "已离职的，最后一天上班是哪天？在职就不填。", "2026-10-31", False),
        Field("monthly_wage", "wage", "月工资", "没签合同那段时间，每月应得工资多少？", "6000", False),
        Field("wages_by_month", "wages", "各月工资", "各月工资不一样的，按月写。", WAGES_EXAMPLE, False),
        Field(
            "workdays_in_partial_month",
            "whole",
            "不满一个月部分的工作日",
            "不满一个月的那几天里上了几天班？",
            "12",
            False,
            high=27,
        ),
        Field("filed_date", "date", "申请仲裁日期", "打算哪天申请仲裁（或已经申请）？", "2026-12-01", False),
        Field(
            "worker_deliberately_refused", "yes", "是否本人故意不签", "是不是单位要签、你自己故意不签？", "否", False
        ),
    ),
    function=double_wage,
    params={"days_per_month": "wage.paid_days_per_month"},
    context=("today", "calendar"),
)
