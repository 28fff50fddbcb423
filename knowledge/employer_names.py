"""Says whether two spellings name the same employer, and why: 苏州市恒达电子有限公司, 恒达电子 and 恒达厂 are one.

A name is place + brand + trade + legal form. Brands are compared; two different trades keep two firms apart although
they share a brand. A name without a brand (苏州电子厂) is only equal to itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.regions import load_tree

# The longest first, so that 有限责任公司 is not cut to 责任.
FORMS = (
    *("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "分公司", "总公司", "子公司", "集团", "公司"),
    *("合伙企业", "个体工商户", "经营部", "服务部", "工作室", "项目部", "加工厂", "制造厂", "工厂", "厂里", "厂子"),
    *("厂", "店", "行", "铺", "院", "社", "部", "站", "中心", "学校", "幼儿园", "医院", "酒店", "饭店", "工地", "项目"),
)
TRADES = (
    *("电子", "科技", "机械", "服装", "制衣", "鞋业", "纺织", "食品", "餐饮", "物流", "快递", "运输", "建筑", "建设"),
    *(
        "装饰",
        "装修",
        "劳务",
        "人力资源",
        "物业",
        "保安",
        "保洁",
        "家政",
        "化工",
        "塑料",
        "塑胶",
        "五金",
        "模具",
        "包装",
    ),
    *("印刷", "家具", "汽车", "零部件", "精密", "光电", "半导体", "新材料", "新能源", "医药", "医疗", "玻璃", "陶瓷"),
    *(
        "钢铁",
        "金属",
        "铝业",
        "造纸",
        "橡胶",
        "皮革",
        "玩具",
        "灯饰",
        "照明",
        "电器",
        "家电",
        "网络",
        "信息技术",
        "软件",
    ),
    *("贸易", "商贸", "超市", "百货", "地产", "房地产", "置业", "农业", "园林", "环保", "环卫", "教育", "培训", "文化"),
    *("传媒", "广告", "外包", "安装", "工程", "实业", "工业", "制造", "技术", "加工", "电缆", "线缆", "木业", "石材"),
    *("酒店管理", "管理", "服务", "商务", "咨询"),
)
PLATFORMS = {
    "美团": ("美团", "美团外卖", "美团众包"),
    "饿了么": ("饿了么", "蜂鸟"),
    "滴滴": ("滴滴", "滴滴出行"),
    "货拉拉": ("货拉拉",),
    "顺丰": ("顺丰", "顺丰速运"),
    "京东": ("京东", "京东物流", "京东快递"),
    "闪送": ("闪送",),
    "达达": ("达达",),
}
_NAMED = re.compile(
    r"(?:[一-鿿A-Za-z0-9（）()·]{2,24}?)"
    r"(?:股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|加工厂|制衣厂|电子厂|服装厂|鞋厂|厂|项目部|酒店|饭店|超市|工地)"
)
_SAID_BEFORE = re.compile(
    r"^.*(?:[，。,.；;：:、！!？?\s]|我(?:们)?(?:在|是|给)|在|是|给|到|去|从|被|叫做?|做工的|上班的|单位|老板|名字|举报|投诉|反映)"
)
_NOT_NAMES = re.compile(
    r"^(?:我们|我|这个|这家|那个|那家|一家|一个|他们|你们|原来的?|以前的?|现在的?|整个|全)*(?:公司|厂|工地|集团|酒店|饭店|超市)$"
)
_BRACKETS = re.compile(r"[（(].*?[）)]|[\s·\-—_“”\"'《》]")
_PLACE_ENDS = re.compile(r"^(?:省|市|区|县|自治州|州|镇|乡|街道|开发区|高新区|工业园区?|新区)")
SHORTEST = 2


@dataclass(frozen=True)
class EmployerName:
    """A name taken apart. `key` is what names of one employer share."""

    said: str
    place: str
    brand: str
    trade: str
    form: str

    @property
    def key(self) -> str:
        return self.brand if len(self.brand) >= SHORTEST else f"{self.place}{self.brand}{self.trade}{self.form}"

    @property
    def is_whole(self) -> bool:
        """Whether the key is a brand, and not a whole name for want of one."""
        return len(self.brand) >= SHORTEST


@lru_cache(maxsize=4096)
def take_apart(said: str) -> EmployerName:
    """Place, brand, trade and form of a name."""
    rest = _BRACKETS.sub("", said)
    platform = next((name for name, names in PLATFORMS.items() if any(rest.startswith(one) for one in names)), None)
    if platform:
        return EmployerName(said, "", platform, "", "")
    place = _leading_place(rest)
    rest, form = _cut_end(rest[len(place) :], FORMS)
    rest, trade = _cut_end(rest, TRADES)
    return EmployerName(said, place, rest, trade, form)


def _leading_place(name: str) -> str:
    """苏州市吴中区 of 苏州市吴中区恒达电子厂: region names and what follows them."""
    names = _place_names()
    at = 0
    while True:
        step = next((size for size in range(6, 1, -1) if name[at : at + size] in names), 0)
        if not step or at + step >= len(name):
            return name[:at]
        at += step
        ends = _PLACE_ENDS.match(name[at:])
        at += len(ends[0]) if ends and at + len(ends[0]) < len(name) else 0


@lru_cache(maxsize=1)
def _place_names() -> frozenset[str]:
    return frozenset(name for name, meant in load_tree().names.items() if meant.strong)


def _cut_end(name: str, ends: tuple[str, ...]) -> tuple[str, str]:
    """What is before the endings, and the endings: 精密机械 is two trades."""
    cut = ""
    while True:
        end = next((end for end in sorted(ends, key=len, reverse=True) if name.endswith(end)), "")
        if not end:
            return name, cut
        name, cut = name[: -len(end)], end + cut


def key(said: str) -> str:
    """What is stored beside a name and looked up; empty for no name."""
    return take_apart(said).key if said.strip() else ""


def why_same(one: str, other: str) -> str | None:
    """Why two names are one employer, in words for the desk; None when they are not."""
    first, second = take_apart(one), take_apart(other)
    if first.key != second.key:
        return None
    if _apart(first.trade, second.trade):
        return None
    if one == other:
        return f"名字一样：{one}"
    dropped = [f"“{part}”" for name in (first, second) for part in (name.place, name.trade, name.form) if part]
    return f"去掉{'、'.join(dict.fromkeys(dropped))}以后都是“{first.key}”"


def _apart(one: str, other: str) -> bool:
    """Two trades that share no word: 恒达餐饮 is not 恒达电子."""
    return bool(one and other) and not (one in other or other in one or {*one} & {*other})


def find(text: str) -> str:
    """The first employer that somebody names in a sentence; empty when he names none."""
    for names in PLATFORMS.values():
        for name in names:
            if name in text:
                return name
    for match in _NAMED.finditer(text):
        name = _SAID_BEFORE.sub("", match[0])
        if len(name) > SHORTEST and not _NOT_NAMES.match(name) and take_apart(name).is_whole:
            return name
    return ""
