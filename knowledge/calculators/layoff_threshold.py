"""C29 裁员门槛 (劳动合同法 Article 41): twenty people, or fewer but a tenth of the staff."""

from __future__ import annotations

from decimal import Decimal

from .calculator import Calculator
from .citations import cite
from .errors import BadInput
from .fields import Field
from .result import Result, Step, Value, plain

PATH = (
    "要提前30日向工会或全体职工说明情况、听取意见，并向劳动行政部门报告裁员方案；"
    "有优先留用和不得裁减的人员；六个月内重新招人要优先通知被裁的人。"
)


def layoff_threshold(headcount: int, laid_off: int, *, people: Decimal, percent: Decimal) -> Result:
    """Whether the procedure of Article 41 has to be followed."""
    if laid_off > headcount:
        raise BadInput("laid_off", "裁减人数：不能比全部职工还多。", "职工200人，裁减20人")
    rule = cite("劳合", 41, 1)
    tenth = laid_off * 100 >= headcount * percent
    if laid_off >= people:
        applies, reason = True, f"裁减{laid_off}人，达到{plain(people)}人"
    elif laid_off and tenth:
        applies, reason = True, f"裁减{laid_off}人，不足{plain(people)}人，但占{headcount}人的{plain(percent)}%以上"
    else:
        applies, reason = False, f"裁减{laid_off}人，不足{plain(people)}人，也不到{headcount}人的{plain(percent)}%"
    after = PATH if applies else "不走裁员程序，单位要有第40条等理由或者与本人协商，不能直接裁。"
    steps = (Step(reason, None, rule), Step(after, None, rule))
    values: dict[str, Value] = {"applies": applies, "reason": reason}
    cautions = ("裁员要付经济补偿（N）；程序不合法的，可以主张违法解除赔偿金（2N）。",)
    also = (cite("劳合", 41, 2), cite("劳合", 42), cite("劳合", 46))
    return Result("layoff_threshold", values, steps, (), cautions, main=None, also=also)


CALCULATOR = Calculator(
    kind="layoff_threshold",
    code="C29",
    title="是不是经济性裁员",
    summary="裁20人以上，或者不足20人但占10%以上，要走裁员程序。",
    fields=(
        Field("headcount", "whole", "全部职工人数", "单位一共多少职工？", "200", low=1, high=10_000_000),
        Field("laid_off", "whole", "裁减人数", "这次一共裁多少人？", "20", high=10_000_000),
    ),
    function=layoff_threshold,
    params={"people": "layoff.people", "percent": "layoff.percent"},
)
