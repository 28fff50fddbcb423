"""C21 服务期违约金上限 (劳动合同法 Article 22, 实施条例 Articles 16 and 26)."""

from __future__ import annotations

import re
from decimal import Decimal

from .calculator import Calculator
from .citations import Reference, cite
from .errors import BadInput
from .fields import Field
from .result import ZERO, Result, Step, Value, money, plain, yuan

FORCED = r"被迫|38条|^38|第38"
FAULT = r"违纪|违规|严重违反|失职|^39|刑事|欺诈|兼职"
EMPLOYER_ENDED = r"单位辞退|单位解除|裁员|^40|^41|^44|到期|单位提出"
CHOICES = ("本人辞职", "38条被迫解除", "本人严重违纪被解除", "单位辞退（本人无过错）", "协商解除")


def training_penalty(
    training_cost: Decimal,
    service_months: Decimal,
    served_months: Decimal,
    agreed_penalty: Decimal,
    reason: str,
    ordinary_training: bool | None,
) -> Result:
    """Neither above what was agreed nor above the share of the cost for the months not served."""
    if service_months <= 0:
        raise BadInput("service_months", "服务期：至少1个月。", "36")
    why = free(reason, ordinary_training)
    if why is not None:
        words, reference = why
        values: dict[str, Value] = {"max_penalty": money(ZERO)}
        return Result("training_penalty", values, (Step(words, money(ZERO), reference),), main="max_penalty")
    left = max(ZERO, service_months - served_months)
    share = training_cost * left / service_months
    most = money(min(agreed_penalty, training_cost, share))
    cost = f"未履行部分分摊：{yuan(training_cost)} × {plain(left)} ÷ {plain(service_months)} = {yuan(share)}"
    steps = (
        Step(cost, None, cite("劳合", 22, 2)),
        Step(
            f"约定{yuan(agreed_penalty)}、培训费{yuan(training_cost)}、分摊{yuan(share)}取最低：{yuan(most)}",
            most,
            cite("劳合", 22, 2),
        ),
    )
    assumptions = ("培训费只算有凭证的培训费、差旅费和直接用于本人的其他费用；普通岗前培训不算。",)
    cautions = ("落户、安家费等特殊待遇不能约定违约金，但可能要赔损失，由法院综合判断。",)
    also = (cite("实条", 16), cite("劳合", 25), cite("解二", 12))
    return Result(
        "training_penalty", {"max_penalty": most}, steps, assumptions, cautions, main="max_penalty", also=also
    )


def free(reason: str, ordinary: bool | None) -> tuple[str, Reference] | None:
    """Why nothing is owed, if so."""
    if ordinary:
        return "普通岗前培训不能约定服务期违约金", cite("劳合", 22, 1)
    if re.search(FORCED, reason):
        return "因单位过错依第38条解除的，不付违约金", cite("实条", 26, 1)
    if re.search(EMPLOYER_ENDED, reason) and not re.search(FAULT, reason):
        return "单位解除且本人没有严重过错的，不属于本人违反服务期", cite("实条", 26, 2)
    return None


CALCULATOR = Calculator(
    kind="training_penalty",
    code="C21",
    title="培训服务期违约金上限",
    summary="提前离开时，最多按未履行的服务期分摊培训费。",
    fields=(
        Field("training_cost", "money", "培训费用", "单位实际花了多少培训费（有凭证的）？", "30000"),
        Field("service_months", "count", "服务期（月）", "约定服务期几个月？", "36", high=600),
        Field("served_months", "count", "已服务（月）", "已经服务了几个月？", "12", high=600),
        Field("agreed_penalty", "money", "约定的违约金", "合同写的违约金多少？", "30000"),
        Field("reason", "text", "离开原因", "是怎么离开的？", "本人辞职", choices=CHOICES),
        Field("ordinary_training", "yes", "是否普通岗前培训", "只是普通的岗前培训吗？", "否", False),
    ),
    function=training_penalty,
)
