"""C07 试用期: the longest lawful term, pay beyond it, and the wage floor (劳动合同法 Articles 19, 20, 83)."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan
from .severance import LOCAL_MIN, LOCAL_MINIMUM, REGION

FIXED, OPEN, TASK, PART_TIME = "固定期限", "无固定期限", "以完成一定工作任务为期限", "非全日制"
TYPES = (FIXED, OPEN, TASK, PART_TIME)


def longest(months: Decimal | None, kind: str, short: Decimal, middle: Decimal, long: Decimal) -> tuple[int, str]:
    """The longest probation for a contract; a term left empty is open-ended."""
    if kind == PART_TIME:
        return 0, "非全日制用工不得约定试用期"
    if kind == TASK:
        return 0, "以完成一定工作任务为期限的合同不得约定试用期"
    if kind == OPEN or months is None:
        return int(long), f"无固定期限合同，试用期最长{plain(long)}个月"
    if months >= 36:
        return int(long), f"合同{plain(months)}个月（三年以上），试用期最长{plain(long)}个月"
    if months >= 12:
        return int(middle), f"合同{plain(months)}个月（一年以上不满三年），试用期最长{plain(middle)}个月"
    if months >= 3:
        return int(short), f"合同{plain(months)}个月（三个月以上不满一年），试用期最长{plain(short)}个月"
    return 0, f"合同{plain(months)}个月（不满三个月），不得约定试用期"


def limit(
    contract_months: Decimal | None,
    agreed_probation_months: Decimal,
    performed_months: Decimal,
    post_probation_wage: Decimal,
    contract_type: str | None,
    *,
    short: Decimal,
    middle: Decimal,
    long: Decimal,
) -> Result:
    """Months beyond the limit that were really worked are paid once more at the full wage."""
    most, words = longest(contract_months, contract_type or FIXED, short, middle, long)
    part_time = contract_type == PART_TIME
    steps = [Step(words, None, cite("劳合", 70) if part_time else cite("劳合", 19))]
    excess = max(ZERO, performed_months - most)
    amount = money(post_probation_wage * excess)
    if excess:
        sum_words = f"超出{plain(excess)}个月 × 转正工资{yuan(post_probation_wage)} = {yuan(amount)}"
        words = f"已履行{plain(performed_months)}个月，{sum_words}"
    elif agreed_probation_months > most:
        words = f"约定了{plain(agreed_probation_months)}个月，超出部分无效；还没履行超期部分，暂无赔偿金"
    else:
        words = "没有超过法定上限，没有赔偿金"
    steps.append(Step(words, amount, cite("劳合", 83)))
    values: dict[str, Value] = {"max_months": most, "excess_months": excess, "compensation": amount}
    assumptions = ("赔偿金在已发的试用期工资之外另付；超期部分不足整月的按天折月。",)
    cautions = ("同一单位只能约定一次试用期；合同只约定试用期的，试用期不成立，那段时间就是合同期。",)
    return Result("probation_limit", values, tuple(steps), assumptions, cautions, main="compensation")


def wage_floor(
    contract_wage: Decimal,
    local_min_wage: Decimal | None,
    lowest_same_post_wage: Decimal | None,
    paid_wage: Decimal | None,
    *,
    percent: Decimal,
) -> Result:
    """80 per cent of the contract wage or of the lowest wage for the post, never below the minimum wage."""
    of_contract = contract_wage * percent / 100
    of_post = None if lowest_same_post_wage is None else lowest_same_post_wage * percent / 100
    lower = of_contract if of_post is None else min(of_contract, of_post)
    higher = of_contract if of_post is None else max(of_contract, of_post)
    floor = money(max(lower, local_min_wage or ZERO))
    steps = [
        Step(f"合同约定工资{yuan(contract_wage)} × {plain(percent)}% = {yuan(of_contract)}", None, cite("劳合", 20))
    ]
    if of_post is not None:
        words = f"本单位同岗位最低档工资{yuan(lowest_same_post_wage or ZERO)} × {plain(percent)}% = {yuan(of_post)}"
        steps.append(Step(words, None, cite("实条", 15)))
    if local_min_wage is not None:
        steps.append(Step(f"当地最低工资{yuan(local_min_wage)}", None, cite("劳合", 20)))
    steps.append(Step(f"试用期工资不得低于{yuan(floor)}", floor, cite("劳合", 20)))
    cautions = []
    if paid_wage is not None and paid_wage < floor:
        cautions.append(f"实发{yuan(paid_wage)}低于下限，每月少{yuan(floor - paid_wage)}。")
    elif paid_wage is not None and paid_wage < higher:
        cautions.append("实发工资在两个80%之间，法条用“或者”连接，够不够有争议。")
    missing = () if local_min_wage is not None else ("local_min_wage",)
    assumptions = () if local_min_wage is not None else ("没有当地最低工资数，未核对：结果还不得低于当地最低工资。",)
    return Result(
        "probation_wage_floor", {"floor": floor}, tuple(steps), assumptions, tuple(cautions), missing, main="floor"
    )


CALCULATOR = Calculator(
    kind="probation_limit",
    code="C07",
    title="试用期上限和超期赔偿",
    summary="合同多长，试用期最长多久；超期已经干了的，按转正工资赔。",
    fields=(
        Field("contract_months", "term", "合同期限（月）", "合同签了几个月？无固定期限不填。", "24", False, high=600),
        Field("agreed_probation_months", "count", "约定的试用期（月）", "约定试用期几个月？", "3", high=120),
        Field("performed_months", "count", "试用期已干几个月", "试用期实际干了几个月？", "3", high=120),
        Field("post_probation_wage", "wage", "转正后月工资", "转正后一个月工资多少？", "6000"),
        Field("contract_type", "choice", "合同类型", "是哪种合同？", FIXED, False, choices=TYPES),
    ),
    function=limit,
    params={
        "short": "probation.max_months_from_3_months",
        "middle": "probation.max_months_from_1_year",
        "long": "probation.max_months_from_3_years",
    },
)
WAGE_FLOOR = Calculator(
    kind="probation_wage_floor",
    code="C07",
    title="试用期最低工资",
    summary="试用期工资不低于约定工资或同岗位最低档的80%，也不低于最低工资。",
    fields=(
        Field("contract_wage", "wage", "合同约定的转正工资", "合同写的转正工资多少？", "6000"),
        LOCAL_MIN,
        Field("lowest_same_post_wage", "wage", "同岗位最低档工资", "单位里同岗位最低一档工资多少？", "5500", False),
        Field("paid_wage", "wage", "试用期实发工资", "试用期每月发多少？", "4500", False),
        REGION,
    ),
    function=wage_floor,
    params={"percent": "probation.wage_percent"},
    regional={"local_min_wage": LOCAL_MINIMUM},
)
