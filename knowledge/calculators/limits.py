"""C19 仲裁与诉讼期限: how long a claim may still be made, and what makes the year start again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calendar import Calendar

from .calculator import Calculator
from .citations import Reference, cite
from .dates import Deadline, deadline
from .errors import BadInput, MissingInput
from .fields import Field
from .result import Result, Step, Value

STOPS = "向单位书面要求、向劳动监察等部门投诉、单位答应给，都能让一年重新起算，要留下证据。"
TODAY = Field("today", "date", "按哪一天算", "按哪一天算？不填就是今天。", "2026-11-21", False)


@dataclass(frozen=True)
class Rule:
    """A limit: what it is for, from when it runs, its unit, what stops it, and its articles."""

    title: str
    starts: str
    unit: str
    stops: str
    references: tuple[Reference, ...]


FIXED = "不变期间，不中断也不延长，逾期就丧失权利。"
CIVIL_STOPS = "提出要求、对方同意、起诉或申请仲裁都会重新起算。"
PUBLIC_STOPS = "不可抗力等非自身原因耽误的时间不算；没告知权利和期限的另有规定。"
RULES: dict[str, Rule] = {
    "arbitration_one_year": Rule(
        "申请劳动仲裁", "知道或应当知道权利被侵害之日", "year", STOPS, (cite("调仲", 27, 1), cite("调仲", 27, 2))
    ),
    "court_15_days": Rule(
        "不服仲裁裁决向法院起诉", "收到裁决书之日", "day", FIXED, (cite("调仲", 48), cite("调仲", 50))
    ),
    "set_aside_30_days": Rule("单位申请撤销终局裁决", "单位收到裁决书之日", "day", FIXED, (cite("调仲", 49),)),
    "enforcement_two_years": Rule(
        "申请强制执行", "裁决书、判决书规定的履行期最后一日", "year", CIVIL_STOPS, (cite("民诉", 250),)
    ),
    "civil_three_years": Rule(
        "民事起诉（欠条、侵权等）",
        "知道权利受损和义务人之日",
        "year",
        CIVIL_STOPS,
        (cite("民法", 188, 1), cite("民法", 195)),
    ),
    "inspection_two_years": Rule(
        "向劳动监察投诉",
        "违法行为发生或终了之日",
        "year",
        "违法行为连续或继续的，从终了之日起算。",
        (cite("监察", 20),),
    ),
    "injury_employer_30_days": Rule(
        "单位申报工伤", "事故发生或职业病诊断之日", "day", "特殊情况经同意可以延长。", (cite("工伤", 17, 1),)
    ),
    "injury_worker_one_year": Rule(
        "本人、近亲属、工会申请工伤认定",
        "事故发生或职业病诊断之日",
        "year",
        "因单位原因、不可抗力、确认劳动关系争议等耽误的时间不算。",
        (cite("工伤", 17, 2), cite("工伤行", 7)),
    ),
    "appraisal_reapply_15_days": Rule(
        "不服伤残鉴定申请再次鉴定", "收到鉴定结论之日", "day", FIXED, (cite("工伤", 26),)
    ),
    "review_60_days": Rule(
        "申请行政复议（工伤认定、社保决定等）", "知道行政行为之日", "day", PUBLIC_STOPS, (cite("复议", 20, 1),)
    ),
    "admin_suit_six_months": Rule("提起行政诉讼", "知道行政行为之日", "month", PUBLIC_STOPS, (cite("行诉", 46),)),
    "petition_30_days": Rule(
        "申请信访复查、复核", "收到书面答复之日", "day", FIXED, (cite("信访", 35), cite("信访", 36))
    ),
    "civil_servant_review_30_days": Rule("公务员申请复核", "知道人事处理之日", "day", FIXED, (cite("公务", 95),)),
    "civil_servant_appeal_60_days": Rule(
        "聘任制公务员申请人事仲裁", "争议发生之日", "day", FIXED, (cite("公务", 105),)
    ),
    "payment_order_15_days": Rule(
        "对支付令提出书面异议（单位）", "收到支付令之日", "day", FIXED, (cite("民诉", 227, 2),)
    ),
    "aid_7_days": Rule(
        "法律援助机构作出决定", "收到申请之日", "day", "材料不全的，补齐后起算。", (cite("法援", 43, 1),)
    ),
    "preservation_30_days": Rule(
        "诉前保全后起诉或申请仲裁", "法院采取保全措施之日", "day", FIXED, (cite("民诉", 104, 3),)
    ),
}
BY_TITLE = {one.title: name for name, one in RULES.items()}


def limit(
    rule: str, from_date: date, today: date | None, *, amounts: Mapping[str, Decimal], on: date, calendar: Calendar
) -> Result:
    """One limit of the table."""
    rule = BY_TITLE.get(rule, rule)
    one = RULES[rule]
    found = deadline(from_date, int(amounts[rule]), one.unit, today or on, calendar)
    words = f"{one.title}：从{one.starts}（{from_date}）的次日起算，最后一天{found.last_day}"
    return told("limit", found, [Step(words, None, one.references[0])], one.references, one.stops)


def told(
    kind: str,
    found: Deadline,
    steps: list[Step],
    references: tuple[Reference, ...],
    stops: str,
    notes: tuple[str, ...] = (),
) -> Result:
    """A deadline as a result: the date first, the safer day, the days left, what stops the clock."""
    values: dict[str, Value] = {
        "deadline": found.last_day,
        "safer_day": found.safer_day,
        "days_left": found.days_left,
        "in_time": found.in_time,
    }
    if not found.in_time:
        steps.append(Step(f"已经过了{-found.days_left}天", None, references[0]))
    elif found.urgent:
        steps.append(Step(f"只剩{found.days_left}天，请尽快办理", None, references[0]))
    cautions = [f"能停下或重算的情形：{stops}"]
    if found.note:
        cautions.append(found.note)
    counted = (cite("民法", 201, 1), cite("民法", 202), cite("民法", 203, 1))
    assumptions = ("起算当天不计入；最后一天是休息日的，顺延到之后第一个工作日。", *notes)
    also = (*references, *counted)
    return Result(kind, values, tuple(steps), assumptions, tuple(cautions), urgent=found.urgent, main=None, also=also)


def arbitration_limit(
    claim: str,
    known_date: date | None,
    employment_ended: date | None,
    arrears_since: date | None,
    interruption: str | None,
    interrupted_on: date | None,
    today: date | None,
    *,
    amounts: Mapping[str, Decimal],
    on: date,
    calendar: Calendar,
) -> Result:
    """One year; wage arrears have no limit while employed; an interruption starts a new year."""
    day = today or on
    wages = is_arrears(claim)
    if wages and employment_ended is None:
        return open_ended()
    start, why, rule = starting_point(wages, known_date, employment_ended, day)
    years = int(amounts["arbitration_one_year"])
    steps = [Step(f"从{why}（{start}）起一年", None, rule)]
    if interruption and interrupted_on is None:
        raise MissingInput("interrupted_on", f"“{interruption}”是哪一天？", "2026-08-01")
    if interrupted_on is not None:
        last = deadline(start, years, "year", day, calendar).last_day
        start, step = interrupted(start, last, interrupted_on, interruption or "主张权利", day)
        steps.append(step)
    found = deadline(start, years, "year", day, calendar)
    steps.append(Step(f"最后一天{found.last_day}", None, cite("民法", 202)))
    notes = ["已超期也可以申请：单位在仲裁时不提时效抗辩，法院一般不再支持这种抗辩。"]
    if wages and arrears_since:
        notes.insert(0, f"欠薪从{arrears_since}开始；在职期间不受一年限制，整段都可以一起要。")
    stops = f"{STOPS}不可抗力等正当理由可以中止。"
    references = (rule, cite("调仲", 27, 2), cite("解二", 20))
    return told("arbitration_limit", found, steps, references, stops, tuple(notes))


def is_arrears(claim: str) -> bool:
    """Whether the claim is for unpaid wages; double wage, leave pay and compensation are not."""
    if any(word in claim for word in ("二倍", "双倍", "2倍", "年休假", "补偿", "赔偿", "代通知", "停工留薪")):
        return False
    return any(word in claim for word in ("拖欠", "欠薪", "工资", "劳动报酬", "加班费"))


def starting_point(wages: bool, known: date | None, ended: date | None, day: date) -> tuple[date, str, Reference]:
    """From which day the year runs: the end of employment for arrears, the day of knowing for the rest."""
    name, start = ("employment_ended", ended) if wages else ("known_date", known)
    if start is None:
        raise MissingInput("known_date", "你是哪一天知道自己的权利被侵害的？", "2026-03-10")
    if start > day:
        raise BadInput(name, f"起算日{start}还没到，请核对。", "2026-03-10")
    if wages:
        return start, "劳动关系终止之日", cite("调仲", 27, 4)
    return start, "知道或应当知道权利被侵害之日", cite("调仲", 27, 1)


def interrupted(start: date, last: date, on: date, how: str, today: date) -> tuple[date, Step]:
    """A claim made within the year starts a new one; a claim made too late changes nothing."""
    rule = cite("调仲", 27, 2)
    if on > today:
        raise BadInput("interrupted_on", f"中断的日子{on}还没到，请核对。", "2026-08-01")
    if on <= start:
        return start, Step(f"{on}{how}在起算之前，不影响期限", None, rule)
    if on > last:
        return start, Step(f"{on}{how}时一年已过，不能重新起算", None, rule)
    return on, Step(f"{on}{how}，从这一天起重新计算一年", None, rule)


def open_ended() -> Result:
    """Arrears while employed (调解仲裁法 Article 27, paragraph 4)."""
    rule = cite("调仲", 27, 4)
    values: dict[str, Value] = {"deadline": None, "safer_day": None, "days_left": None, "in_time": True}
    steps = (Step("在职期间拖欠劳动报酬，申请仲裁不受一年限制", None, rule),)
    cautions = ("离职之日起就只有一年；向劳动监察投诉另有两年的查处期限，证据也会流失，越早越好。",)
    return Result(
        "arbitration_limit", values, steps, ("按现在还在职计算。",), cautions, main=None, also=(cite("监察", 20),)
    )


CALCULATOR = Calculator(
    kind="arbitration_limit",
    code="C19",
    title="仲裁时效",
    summary="申请劳动仲裁最晚到哪一天。",
    fields=(
        Field(
            "claim",
            "text",
            "要主张什么",
            "要主张什么？",
            "拖欠工资",
            choices=("拖欠工资", "经济补偿或赔偿金", "二倍工资", "未休年休假工资", "其他"),
        ),
        Field(
            "known_date",
            "date",
            "知道权利被侵害的日子",
            "你是哪一天知道自己的权利被侵害的？",
            "2026-03-10",
            False,
            past=True,
        ),
        Field("employment_ended", "date", "离职日期", "哪天离职的？还在职不填。", "2026-08-31", False, past=True),
        Field("arrears_since", "date", "从哪天开始欠薪", "从哪天开始欠的？", "2026-01-15", False, past=True),
        Field("interruption", "text", "中断的事", "向单位要过、投诉过，或者单位答应过吗？", "向劳动监察投诉", False),
        Field("interrupted_on", "date", "中断的日子", "那是哪一天？", "2026-08-01", False),
        TODAY,
    ),
    function=arbitration_limit,
    tables={"amounts": {name: f"limits.{name}" for name in RULES}},
    context=("on", "calendar"),
    caution="以上仅供参考，时效是否届满以仲裁委员会、法院认定为准。",
)
LIMIT = Calculator(
    kind="limit",
    code="C19",
    title="起诉、执行、复议等期限",
    summary="法院起诉、强制执行、行政复议、再次鉴定等各种期限的最后一天。",
    fields=(
        Field(
            "rule",
            "choice",
            "哪种期限",
            "要算哪种期限？",
            RULES["court_15_days"].title,
            choices=tuple(BY_TITLE),
            codes=tuple(RULES),
        ),
        Field("from_date", "date", "起算的日子", "从哪一天起算（例如收到裁决书那天）？", "2026-11-02"),
        TODAY,
    ),
    function=limit,
    tables={"amounts": {name: f"limits.{name}" for name in RULES}},
    context=("on", "calendar"),
    caution="以上仅供参考，以受理机关认定为准。",
)
