"""What can go wrong with the policy base. Each error says which file or id it is about and what would be right.

The look-up errors are LookupErrors too, so that a caller who only wants to know whether there is a figure can say so.
"""

from __future__ import annotations

from datetime import date


class KnowledgeError(Exception):
    """The base of every error of this package."""


class DataError(KnowledgeError):
    """A file does not hold what it must. The message begins with the file's path."""

    def __init__(self, path: str, problem: str, allowed: str = "") -> None:
        self.path, self.problem, self.allowed = path, problem, allowed
        super().__init__(f"{path}: {problem}" + (f"；{allowed}" if allowed else ""))


class NotInForce(KnowledgeError, LookupError):
    """Nothing holds on that day: it had not begun, was repealed, or is only announced."""

    def __init__(self, what: str, on: date, since: date | None = None) -> None:
        self.what, self.on, self.since = what, on, since
        later = f"，{since.isoformat()}起才施行" if since else ""
        super().__init__(f"{what}: {on.isoformat()}这一天没有有效的值或规定{later}")


class UnknownParameter(KnowledgeError, LookupError):
    """A parameter or a regional figure that the base does not hold at all."""

    def __init__(self, what: str, near: str = "") -> None:
        self.what = what
        super().__init__(f"{what}: 政策库里没有这个数" + (f"；相近的有 {near}" if near else ""))


class UnknownRegion(KnowledgeError, LookupError):
    """A region id that is not in the tree, or a sum that needs a place and has none."""

    def __init__(self, region: str | None) -> None:
        self.region = region
        super().__init__("没有说是哪个地区" if region is None else f"{region}: 地区树里没有这个地区")


class UnknownCard(KnowledgeError, LookupError):
    """A card id that the base does not hold."""

    def __init__(self, card: str) -> None:
        self.card = card
        super().__init__(f"{card}: 没有这张卡片")


class UnknownLaw(KnowledgeError, LookupError):
    """A law id or name that the register does not hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: 法规登记里没有这部法")


class UnknownOffice(KnowledgeError, LookupError):
    """A number or kind of office that is not in the closed lists."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: 没有登记这个电话或这类机构")


class TierUnknown(KnowledgeError, LookupError):
    """The province has several grades of this figure and it is not recorded which one the place has."""

    def __init__(self, fact: str, region: str, tiers: tuple[str, ...]) -> None:
        self.fact, self.region, self.tiers = fact, region, tiers
        super().__init__(f"{fact}: {region}分几档（{'、'.join(tiers)}），还没收录这个地方是哪一档")
