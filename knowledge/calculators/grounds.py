"""On which article a contract ended, and whether that article pays economic compensation (劳动合同法 Article 46)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge import numerals

from .citations import Reference, cite
from .errors import BadInput

EXAMPLE = "44(1) 合同到期单位不续"
CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
ARTICLE = re.compile(
    r"(?:劳合|劳动合同法|实条|解一|第|§|\s)*(\d{1,2})\s*条?\s*(?:[(（第]?\s*([1-6一二三四五六])\s*[)）项款])?(.*)"
)
IN_WORDS = re.compile(r"第([一二三四五六七八九十]{1,3})条")
# How workers say it, for the chat and the page; the article comes first so that it can be sent back as it is.
CHOICES = (
    "36 单位提出协商解除",
    "36 本人提出协商解除",
    "37 本人辞职",
    "38(1) 没有劳动保护或劳动条件，被迫离职",
    "38(2) 拖欠、克扣工资，被迫离职",
    "38(3) 没交社保，被迫离职",
    "39 单位说我严重违纪",
    "40(1) 医疗期满不能工作",
    "40(2) 单位说我不能胜任",
    "40(3) 客观情况发生重大变化",
    "41 经济性裁员",
    "44(1) 合同到期单位不续",
    "44(1) 单位降低条件续订本人不续",
    "44(1) 单位维持原条件续订本人不续",
    "44(2) 开始领取基本养老金",
    "44(4) 单位破产",
    "44(5) 单位关闭、解散或被吊销执照",
    "71 非全日制用工",
    "实条22 工作任务完成合同终止",
)
SPOKEN = (
    (r"非全日制|小时工|钟点工", "71"),
    (r"公益性岗位", "12"),
    (r"任务完成|项目做完|工程完工", "22"),
    (r"破产", "44(4)"),
    (r"解散|关闭|倒闭|关门|吊销", "44(5)"),
    (r"裁员|裁减", "41"),
    (r"到期|期满(?!不能)", "44(1)"),
    (r"欠薪|拖欠|克扣|少发工资|不发工资", "38(2)"),
    (r"社保|保险", "38(3)"),
    (r"劳动条件|劳动保护|降薪调岗", "38(1)"),
    (r"被迫", "38"),
    (r"医疗期", "40(1)"),
    (r"胜任", "40(2)"),
    (r"客观情况", "40(3)"),
    (r"违纪|试用期不合格|不符合录用", "39"),
    (r"协商", "36"),
    (r"退休|养老金", "44(2)"),
    (r"本人辞职|自己辞职|主动辞职|自愿离职|我辞职", "37"),
)
WORKER = r"(?:本人|劳动者|职工|员工|自己|工人|我)"
EMPLOYER = r"(?:单位|公司|用人单位|老板|厂里|工厂)"
WORSE = r"降|更差|低于|变差|少于|减少|压低"
SAME = r"维持|提高|原条件|同等|相同|更好|不变|不降"


@dataclass(frozen=True)
class Ground:
    """An article with its item, whether it pays, why, and what was taken for granted."""

    article: str
    item: int | None
    pays: bool
    reason: str
    reference: Reference
    assumption: str | None = None

    @property
    def notice_pay_possible(self) -> bool:
        """Only 劳动合同法 Article 40 knows a month's wage instead of notice."""
        return self.article == "40"


def parse(text: str) -> Ground:
    """Read a ground that begins with its article, or the words for one."""
    text = IN_WORDS.sub(lambda said: str(_figures(said[1])), text)
    found = ARTICLE.match(text)
    if found is None:
        spoken = next((article for pattern, article in SPOKEN if re.search(pattern, text)), None)
        if spoken is None:
            raise unclear("没看出是按哪一条解除或终止的。如果单位没有合法理由辞退，请用“违法解除赔偿金”计算器。")
        return parse(f"{spoken} {text}")
    item = CHINESE.get(found[2] or "") or (int(found[2]) if found[2] else None)
    article = found[1]
    if article == "36":
        return agreed(found[3])
    if article == "44":
        return ended(item, found[3])
    if article in NOT_PAID:
        reason, reference = NOT_PAID[article]
        return Ground(article, item, False, reason, reference)
    if article in PAID:
        reason, reference = PAID[article]
        return Ground(article, item, True, reason, reference)
    raise unclear(f"第{article}条不是解除或终止的理由。")


def _figures(numeral: str) -> int:
    """三十八 as 38."""
    number = numerals.parse(numeral)
    return int(number.value) if number else 0


def unclear(why: str) -> BadInput:
    """The ground cannot be told: ask, never guess."""
    return BadInput("ground", f"离职原因：{why}请以法条开头写清楚。", EXAMPLE)


PAID = {
    "6": ("用工超过一个月后，单位因未订书面合同终止用工，也要付", cite("实条", 6, 1)),
    "38": ("单位有过错，劳动者被迫解除，单位要付经济补偿", cite("劳合", 46)),
    "40": ("单位无过失性辞退，要付经济补偿", cite("劳合", 46)),
    "41": ("经济性裁员，要付经济补偿", cite("劳合", 46)),
    "22": ("以完成一定任务为期限的合同因任务完成终止，要付经济补偿", cite("实条", 22)),
    "48": ("经营期限届满不再经营，要付经济补偿", cite("解一", 48)),
}
NOT_PAID = {
    "5": ("入职一个月内书面通知后本人不签合同，单位终止用工不付经济补偿", cite("实条", 5)),
    "12": ("政府安排的公益性岗位不适用经济补偿", cite("实条", 12)),
    "21": ("达到法定退休年龄合同终止，一般没有经济补偿", cite("实条", 21)),
    "37": ("劳动者自己辞职，没有经济补偿", cite("劳合", 37)),
    "39": ("依第39条解除没有经济补偿；如果单位拿不出证据，可以另按违法解除主张", cite("劳合", 39)),
    "71": ("非全日制用工终止，不付经济补偿", cite("劳合", 71)),
}


def agreed(words: str) -> Ground:
    """Article 36: whoever proposed decides."""
    reference = cite("劳合", 46)
    if re.search(WORKER + r".{0,4}(?:提|要求|申请)", words):
        return Ground("36", None, False, "劳动者先提出协商解除，没有法定经济补偿", reference)
    told = re.search(EMPLOYER + r".{0,4}(?:提|要求|通知)", words)
    return Ground(
        "36",
        None,
        True,
        "单位提出、双方协商一致解除，要付经济补偿",
        reference,
        None if told else "按“由单位先提出协商解除”计算；如果是本人先提出，没有法定经济补偿。",
    )


def ended(item: int | None, words: str) -> Ground:
    """Article 44: the item decides, and for an expired term the offer that the employer made."""
    if item is None:
        raise unclear("第44条有好几项，要看是哪一项。")
    if item == 1:
        return expired(words)
    if item in (4, 5):
        return Ground("44", item, True, "单位破产、关闭、解散或被吊销执照，要付经济补偿", cite("劳合", 46))
    reasons = {
        2: "开始依法享受基本养老保险待遇，合同终止没有经济补偿",
        3: "劳动者死亡或被宣告失踪，合同终止没有经济补偿",
    }
    if item not in reasons:
        raise unclear("第44条第6项要看另外哪部法律规定。")
    return Ground("44", item, False, reasons[item], cite("劳合", 44))


def expired(words: str) -> Ground:
    """A fixed term that ran out: nothing is due only where the worker refused the same or better terms."""
    refused = re.search(WORKER + r".{0,4}(?:不续|不同意|不愿|不想|不签|拒绝|不干)", words)
    reference = cite("劳合", 46)
    if not refused:
        told = re.search(r"不续|不再续|不签", words)
        assumed = (
            None if told else "按“单位不续签，或者降低条件续签”计算；单位维持或提高条件而本人不续的，没有经济补偿。"
        )
        return Ground("44", 1, True, "合同到期单位不续签，要付经济补偿", reference, assumed)
    if re.search(WORSE, words) and not re.search(r"不降|没降|未降", words):
        return Ground("44", 1, True, "单位降低条件续签、劳动者不同意，仍要付经济补偿", reference)
    if re.search(SAME, words):
        return Ground("44", 1, False, "单位维持或提高条件续签、劳动者不同意，没有经济补偿", reference)
    raise unclear("合同到期本人不续的，要看单位开的条件是维持、提高还是降低。")
