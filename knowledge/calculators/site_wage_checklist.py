"""C24 工地工资检查清单 (保障农民工工资支付条例): nine questions, and what to do where the answer is no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .calculator import Calculator
from .citations import Reference, cite
from .fields import Field
from .result import Result, Step, Value


@dataclass(frozen=True)
class Item:
    """One thing to check on a site. `report` marks those whose lack the labour inspection acts on."""

    title: str
    question: str
    gap: str
    reference: Reference
    report: bool = True


ITEMS: dict[str, Item] = {
    "contract_and_registration": Item(
        "实名登记和劳动合同",
        "进场前签了劳动合同、做了实名登记吗？",
        "没有实名登记或劳动合同，不得进场施工",
        cite("农资", 28),
    ),
    "special_account": Item(
        "工资专用账户",
        "总包开了农民工工资专用账户、建设单位按月拨人工费吗？",
        "总包没开专户，或人工费没按月拨付",
        cite("农资", 26),
    ),
    "attendance_and_payroll": Item(
        "考勤和工资表本人签字",
        "每月考勤表、工资表是你本人签字确认的吗？",
        "考勤表、工资表没有本人签字",
        cite("农资", 31),
    ),
    "paid_to_own_card": Item(
        "总包直接发到本人卡",
        "工资由总包直接发到你本人的卡、卡在自己手里吗？",
        "工资没发到本人卡，或者银行卡被别人拿着",
        cite("农资", 31),
    ),
    "notice_board": Item(
        "维权告示牌", "工地有写明总包、分包和监管电话的维权告示牌吗？", "没有维权信息告示牌", cite("农资", 34)
    ),
    "wage_deposit": Item(
        "工资保证金", "总包存了工资保证金吗？", "没有工资保证金，欠薪时少一条垫付的路", cite("农资", 32)
    ),
    "ledger_three_years": Item(
        "工资台账保存三年",
        "单位有工资台账并给你工资清单吗？",
        "没有台账或不给清单，可以要求提供",
        cite("农资", 15),
        False,
    ),
    "general_contractor_paid": Item(
        "欠薪由总包先清偿",
        "被欠薪时，总包先付了吗？",
        "分包欠薪，总包应先清偿，再向分包追偿；建设单位没按约拨款的，以未结清工程款为限先行垫付",
        cite("农资", 30),
        False,
    ),
    "site_complaint": Item(
        "向项目所在地投诉",
        "向项目所在地劳动监察投诉过了吗？",
        "还没投诉：向项目所在地人社部门投诉，打12333",
        cite("农资", 41),
        False,
    ),
}
BY_TITLE = {item.title: name for name, item in ITEMS.items()} | {
    str(place): name for place, name in enumerate(ITEMS, start=1)
}


def site_wage_checklist(answers: Mapping[str, bool | None]) -> Result:
    """Each no becomes a finding; what was not answered is to be found out."""
    given = {BY_TITLE.get(name, name): answer for name, answer in answers.items()}
    findings, steps, report = [], [], False
    for name, item in ITEMS.items():
        answer = given.get(name)
        if answer:
            continue
        words = f"{item.title}：{item.gap}" if answer is False else f"{item.title}：还不清楚，请问一下：{item.question}"
        report = report or (answer is False and item.report)
        findings.append(words)
        steps.append(Step(words, None, item.reference))
    if not findings:
        steps.append(Step("九项都有，没有发现问题", None, cite("农资", 31)))
    values: dict[str, Value] = {"findings": tuple(findings)}
    cautions = ("缺前六项的，可以直接向劳动监察投诉，也可以由工会帮你转。",) if report else ()
    also = (cite("农资", 24), cite("农资", 29), cite("农资", 36))
    return Result("site_wage_checklist", values, tuple(steps), (), cautions, main=None, also=also)


CALCULATOR = Calculator(
    kind="site_wage_checklist",
    code="C24",
    title="工地工资检查清单",
    summary="工地上保障工资的九件事，缺哪件、找谁。",
    fields=(
        Field(
            "answers", "answers", "各项有没有", "逐项回答有没有。", '{"special_account": false}', choices=tuple(ITEMS)
        ),
    ),
    function=site_wage_checklist,
)
