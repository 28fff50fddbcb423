"""C12 and C13 产假和生育津贴 (女职工劳动保护特别规定 Articles 7 to 9)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator, Regional
from .citations import cite
from .errors import MissingInput
from .fields import Field
from .result import Result, Step, Value, money, plain, yuan
from .severance import REGION

BIRTH, MISCARRIAGE = "生育", "流产"


def maternity_days(
    event: str,
    babies: int | None,
    dystocia: bool | None,
    pregnancy_months: Decimal | None,
    provincial_days: Decimal | None,
    *,
    birth_days: Decimal,
    prenatal: Decimal,
    dystocia_days: Decimal,
    extra_baby_days: Decimal,
    early_days: Decimal,
    late_days: Decimal,
    nursing_hours: Decimal,
) -> Result:
    """The national days; the province adds its own on top."""
    if event == MISCARRIAGE:
        return miscarriage(pregnancy_months, early_days, late_days)
    count = babies or 1
    days = int(birth_days)
    steps = [Step(f"产假{days}天，其中产前可以休{plain(prenatal)}天", None, cite("女职", 7, 1))]
    if dystocia:
        days += int(dystocia_days)
        steps.append(Step(f"难产增加{plain(dystocia_days)}天", None, cite("女职", 7, 1)))
    if count > 1:
        more = int(extra_baby_days) * (count - 1)
        days += more
        steps.append(Step(f"多胞胎多生{count - 1}个，增加{more}天", None, cite("女职", 7, 1)))
    hours = int(nursing_hours) * count
    steps.append(Step(f"合计{days}天；孩子满一周岁前每天哺乳时间{hours}小时", None, cite("女职", 9, 2)))
    values: dict[str, Value] = {"days": days, "prenatal_days": int(prenatal), "nursing_hours_per_day": hours}
    missing: tuple[str, ...] = ("provincial_days",)
    cautions = ["各省另有延长产假、陪产假、育儿假，请打12393或12333核对当地天数。"]
    if provincial_days is not None:
        values |= {"provincial_days": int(provincial_days), "total_days": days + int(provincial_days)}
        missing, cautions = (), []
    return Result("maternity_days", values, tuple(steps), (), tuple(cautions), missing, main=None)


def miscarriage(months: Decimal | None, early: Decimal, late: Decimal) -> Result:
    """Four months of pregnancy decide."""
    if months is None:
        raise MissingInput("pregnancy_months", "流产时怀孕几个月？", "3")
    days = int(late if months >= 4 else early)
    words = f"怀孕{plain(months)}个月（{'满' if months >= 4 else '未满'}4个月）流产，休{days}天"
    values: dict[str, Value] = {"days": days, "prenatal_days": 0, "nursing_hours_per_day": 0}
    step = Step(words, None, cite("女职", 7, 2))
    return Result("maternity_days", values, (step,), cautions=("本省有更优规定的从其规定。",), main=None)


def maternity_allowance(
    employer_avg_wage: Decimal | None,
    days: Decimal,
    own_wage: Decimal,
    insured: bool | None,
    *,
    days_per_month: Decimal,
) -> Result:
    """The fund pays by the employer's average wage; an uninsured woman's employer pays her own wage."""
    own = own_wage / days_per_month * days
    if insured is False:
        allowance, payer = money(own), "用人单位"
        rate = f"{yuan(own_wage)} ÷ {plain(days_per_month)} × {plain(days)}天"
        words = f"未参保，由单位付：本人产假前工资{rate} = {yuan(allowance)}"
        steps = [Step(words, allowance, cite("女职", 8, 1))]
    else:
        if employer_avg_wage is None:
            raise MissingInput("employer_avg_wage", "单位上年度职工月平均工资多少？", "8000")
        allowance, payer = money(employer_avg_wage / days_per_month * days), "生育保险基金"
        rate = f"{yuan(employer_avg_wage)} ÷ {plain(days_per_month)} × {plain(days)}天"
        words = f"生育津贴：单位上年度月平均工资{rate} = {yuan(allowance)}"
        steps = [Step(words, allowance, cite("女职", 8, 1))]
    top_up = max(money(own) - allowance, money(Decimal(0)))
    if top_up:
        words = f"低于本人工资{yuan(own)}，单位补差{yuan(top_up)}"
        steps.append(Step(words, None, cite("妇保", 48, 1)))
    values: dict[str, Value] = {"allowance": allowance, "top_up": top_up, "payer": payer}
    cautions = ("津贴低于本人工资的差额由单位补，是多数地方的做法，各地计发口径和连续缴费要求不同，请打12393核对。",)
    return Result("maternity_allowance", values, tuple(steps), (), cautions, main="allowance", also=(cite("社保", 56),))


CALCULATOR = Calculator(
    kind="maternity_days",
    code="C12",
    title="产假天数",
    summary="生育98天起，难产、多胞胎增加；流产按怀孕月份。",
    fields=(
        Field("event", "choice", "生育还是流产", "是生育还是流产？", BIRTH, choices=(BIRTH, MISCARRIAGE)),
        Field("babies", "whole", "胎数", "生了几个宝宝？", "1", False, low=1, high=10),
        Field("dystocia", "yes", "是否难产", "是难产（含剖宫产，以当地口径为准）吗？", "否", False),
        Field("pregnancy_months", "count", "流产时怀孕月数", "流产时怀孕几个月？", "3", False, high=10),
        Field("provincial_days", "count", "本省延长天数", "本省延长产假几天？不知道不填。", "60", False, high=365),
        REGION,
    ),
    function=maternity_days,
    params={
        "birth_days": "maternity.leave_days",
        "prenatal": "maternity.prenatal_days",
        "dystocia_days": "maternity.dystocia_days",
        "extra_baby_days": "maternity.extra_baby_days",
        "early_days": "maternity.miscarriage_days_under_4_months",
        "late_days": "maternity.miscarriage_days_from_4_months",
        "nursing_hours": "maternity.nursing_hours",
    },
    regional={"provincial_days": Regional("maternity_leave.extension_days", "本省延长产假天数", "天")},
)
ALLOWANCE = Calculator(
    kind="maternity_allowance",
    code="C13",
    title="生育津贴",
    summary="单位上年度月平均工资÷30×产假天数；低于本人工资的由单位补差。",
    fields=(
        Field("employer_avg_wage", "wage", "单位上年度职工月平均工资", "单位上年度职工月平均工资多少？", "8000", False),
        Field("days", "count", "产假天数", "一共休多少天产假？", "158", high=500),
        Field("own_wage", "wage", "本人产假前月工资", "你产假前一个月工资多少？", "9000"),
        Field("insured", "yes", "是否参加生育保险", "单位给你交生育保险了吗？", "是", False),
    ),
    function=maternity_allowance,
    params={"days_per_month": "maternity.allowance_days_per_month"},
)
