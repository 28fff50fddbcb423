"""C14 and C15 医疗期和病假工资 (企业职工患病或非因工负伤医疗期规定 Articles 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput
from .fields import Field
from .result import Result, Step, Value, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION

# Total years and years at this employer from which a row holds, and the row's name in the parameters.
ROWS = (
    (0, 0, "under_10_unit_under_5"),
    (0, 5, "under_10_unit_from_5"),
    (10, 0, "from_10_unit_under_5"),
    (10, 5, "from_10_unit_from_5"),
    (10, 10, "from_10_unit_from_10"),
    (10, 15, "from_10_unit_from_15"),
    (10, 20, "from_10_unit_from_20"),
)
UNIT = Field("unit_years", "count", "本单位工作年限", "在现在这个单位工作了几年？", "3", high=60)


def medical_period(
    total_work_years: Decimal, unit_years: Decimal, *, table: Mapping[str, Decimal], windows: Mapping[str, Decimal]
) -> Result:
    """The last row whose total and unit years are both reached."""
    if unit_years > total_work_years:
        raise BadInput("unit_years", "本单位工作年限：不能比累计工作年限还长。", "累计12年，本单位3年")
    name = [row for total, unit, row in ROWS if total_work_years >= total and unit_years >= unit][-1]
    months, window = int(table[name]), int(windows[name])
    words = f"累计工作{plain(total_work_years)}年、本单位{plain(unit_years)}年，医疗期{months}个月"
    steps = (
        Step(words, None, cite("医疗期", 3)),
        Step(f"在{window}个月内累计病休计算", None, cite("医疗期", 4)),
    )
    values: dict[str, Value] = {"months": months, "window_months": window}
    assumptions = ("病休期间的公休日、法定节假日包括在内（以当地口径为准）。",)
    cautions = (
        "医疗期不是假期长度，是单位不得依第40条、第41条解除的保护期。",
        "癌症等特殊疾病可以申请延长；上海等地另有规定，请打12333核对。",
    )
    return Result("medical_period", values, steps, assumptions, cautions, main=None, also=(cite("劳合", 42),))


def sick_pay(
    own_wage: Decimal,
    unit_years: Decimal | None,
    local_min_wage: Decimal | None,
    agreed_percent: Decimal | None,
    *,
    floor_percent: Decimal,
) -> Result:
    """There is no national formula: only the floor, and what contract or rules promise."""
    rule = cite("意见95", 59)
    agreed = None if agreed_percent is None else own_wage * agreed_percent / 100
    promised = (
        []
        if agreed is None
        else [Step(f"约定：{yuan(own_wage)} × {plain(agreed_percent or 0)}% = {yuan(agreed)}", None, rule)]
    )
    cautions = ("病假工资的比例看劳动合同、集体合同和本省规定，全国只有这个下限，请打12333问当地比例。",)
    if local_min_wage is None:
        step = Step(f"不得低于当地最低工资 × {plain(floor_percent)}%", None, rule)
        return Result("sick_pay", {}, (*promised, step), (), cautions, ("local_min_wage",), main=None)
    floor = local_min_wage * floor_percent / 100
    amount = money(max(floor, agreed) if agreed is not None else floor)
    words = f"下限：最低工资{yuan(local_min_wage)} × {plain(floor_percent)}% = {yuan(floor)}"
    steps = (*promised, Step(words, None, rule), Step(f"每月病假工资至少{yuan(amount)}", amount, rule))
    assumptions = ("按在规定的医疗期内、整月病休计算。",)
    return Result("sick_pay", {"amount": amount}, steps, assumptions, cautions, also=(cite("医疗期", 5),))


CALCULATOR = Calculator(
    kind="medical_period",
    code="C14",
    title="医疗期",
    summary="患病或非因工负伤，单位不得辞退的保护期有多长。",
    fields=(Field("total_work_years", "count", "累计工作年限", "从参加工作起一共工作了几年？", "12", high=60), UNIT),
    function=medical_period,
    params={"table": "medical_period.months", "windows": "medical_period.windows"},
)
SICK_PAY = Calculator(
    kind="sick_pay",
    code="C15",
    title="病假工资下限",
    summary="病假工资不低于当地最低工资的80%；具体比例看合同和本省规定。",
    fields=(
        Field("own_wage", "wage", "本人月工资", "平时一个月工资多少？", "6000"),
        Field("unit_years", "count", "本单位工作年限", "在现在这个单位工作了几年？", "3", False, high=60),
        LOCAL_MIN,
        Field(
            "agreed_percent",
            "count",
            "合同或制度约定的比例（%）",
            "合同或单位制度写的病假工资是百分之几？",
            "60",
            False,
            high=100,
        ),
        REGION,
    ),
    function=sick_pay,
    params={"floor_percent": "sick_pay.floor_percent"},
    regional={"local_min_wage": LOCAL_MINIMUM},
)
