"""Finds places in a worker's words and says when a name means more than one.

The tree under data/regions/tree is generated from the administrative codes; data/regions/names.yml holds, by hand,
what people say instead (old names, zones, towns) and which short names are ordinary words (和平, 合作). A place name is
followed by what belongs to it: 昆山花桥 is one mention, and a name that several places share is settled by another
place in the same sentence or by the place already known from the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import rjieba
import yaml

DATA = Path(__file__).resolve().parent / "data" / "regions"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# One-letter names count only where people use them so: alone, or after 在/来/去 and before an end or a verb of work.
LETTERS = {
    "京": "CN-11", "津": "CN-12", "冀": "CN-13", "晋": "CN-14", "辽": "CN-21", "沪": "CN-31", "苏": "CN-32",
    "浙": "CN-33", "皖": "CN-34", "闽": "CN-35", "赣": "CN-36", "鲁": "CN-37", "豫": "CN-41", "鄂": "CN-42",
    "湘": "CN-43", "粤": "CN-44", "桂": "CN-45", "琼": "CN-46", "渝": "CN-50", "川": "CN-51", "黔": "CN-52",
    "滇": "CN-53", "陕": "CN-61", "港": "CN-81", "蓉": "CN-51-01", "深": "CN-44-03", "穗": "CN-44-01", "杭": "CN-33-01",
    "甬": "CN-33-02",
}  # fmt: skip
_LETTER = re.compile(
    rf"(?:(?<=在)|(?<=来)|(?<=到)|(?<=去)|(?<=回)|(?<=赴)|(?<=离)|(?<=驻))([{''.join(LETTERS)}])"
    r"(?=$|[\s，。,.？?！!、]|打工|工作|上班|务工|做工|干活|就业|找工|找活|缴|交|办|买房|社保|的)"
    rf"|^([{''.join(LETTERS)}])$|([京沪粤渝苏浙])(?=籍|漂)"
)
# A street, a dish or a company named after a city is not the city: 南京路, 兰州拉面, 上海大众.
_NOT_AFTER = re.compile(
    r"(?:[东西南北中]?[一二三四五]?路|大街|大道|[东西南北]街|拉面|小面|小吃|烤鸭|火锅|菜馆|炒饭|大众|现代汽车|银行|石化|饭店|宾馆|大学|晚报|时间)"
)
_AFTER_AT = re.compile(
    r"\s*(?:打工|上班|工作|干活|做工|务工|做事|工地|进厂|厂里|这边|那边|这里|那里|本地|当地|$|[，。,.？?！!；;])"
)
_BEFORE = "在到去来从回住"
_TOWN = re.compile(r"(?:镇|乡|街道|经济(?:技术)?开发区|开发区|工业园区?|高新区|新区|社区)")
_BETWEEN = re.compile(r"[\s·・,，、\-—/]{0,2}(?:的|那边的|下面的|市|省|县|区|州)?$")


@dataclass(frozen=True)
class Region:
    """A place with its id; the id holds the way up (CN-32-05-83 lies in CN-32-05)."""

    id: str
    title: str
    code: str
    aliases: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        return parent_of(self.id)

    @property
    def level(self) -> int:
        """0 the country, 1 a province, 2 a prefecture or a municipality's district, 3 a county."""
        return self.id.count("-")


@dataclass(frozen=True)
class Ambiguous:
    """One name, several places: the bot asks which."""

    name: str
    candidates: tuple[Region, ...]


@dataclass(frozen=True)
class Mention:
    """A place in a text. More than one id means that the words do not settle which one is meant."""

    ids: tuple[str, ...]
    text: str
    start: int
    end: int

    @property
    def id(self) -> str | None:
        """The region, when there is only one."""
        return self.ids[0] if len(self.ids) == 1 else None

    @property
    def ambiguous(self) -> bool:
        return len(self.ids) > 1


@dataclass(frozen=True)
class Name:
    """What one spelling may mean: `strong` on its own, `weak` only with help from the words around it."""

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegionTree:
    """Every region by id, and every spelling with what it may mean."""

    regions: dict[str, Region]
    names: dict[str, Name]
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __contains__(self, key: object) -> bool:
        return key in self.regions

    def __getitem__(self, key: str) -> Region:
        return self.regions[key]

    def path(self, key: str) -> tuple[Region, ...]:
        """The country first, the place last."""
        return tuple(reversed([self.regions[one] for one in climb(key) if one in self.regions]))

    def full_title(self, key: str) -> str:
        """江苏省苏州市昆山市, as a worker is asked 'which of these'."""
        return "".join(r.title for r in self.path(key) if r.level and not r.code.endswith("9000")) or self[key].title


def parent_of(key: str) -> str | None:
    """CN-32-05-83 -> CN-32-05; the country has none."""
    return key.rsplit("-", 1)[0] if "-" in key else None


def climb(key: str) -> tuple[str, ...]:
    """The region and everything that holds it, nearest first: the order in which figures and offices are looked up."""
    parts = key.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def is_inside(key: str, holder: str) -> bool:
    """Whether a region is the other one or lies in it."""
    return key == holder or key.startswith(holder + "-")


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}  # noqa: S506 - safe loader
    return loaded


@lru_cache(maxsize=4)
def load_tree(folder: Path = DATA) -> RegionTree:
    """The tree from files; read once a process."""
    extra = _read(folder / "names.yml") if (folder / "names.yml").exists() else {}
    regions: dict[str, Region] = {}
    for key, row in _rows((folder / "tree").resolve()).items():
        added = extra.get("also", {}).get(key, [])
        names = tuple(dict.fromkeys([*row.get("aliases", []), *added]))
        regions[key] = Region(key, row["title"], row["code"], names)
    return build_tree(regions, extra)


@lru_cache(maxsize=2)
def _rows(folder: Path) -> dict[str, Any]:
    """The generated files, which do not change while a process runs."""
    return {key: row for path in sorted(folder.glob("*.yml")) for key, row in _read(path).items()}


def build_tree(regions: dict[str, Region], extra: dict[str, Any]) -> RegionTree:
    """Sort every spelling into what it means alone and what needs help."""
    words = set(extra.get("words", []))
    also = {(name, key) for key, names in extra.get("also", {}).items() for name in names}
    found: dict[str, dict[str, list[str]]] = {}
    for key, region in regions.items():
        for name in dict.fromkeys((region.title, *region.aliases)):
            if len(name) < 2:
                continue
            weak = name in words and (name, key) not in also
            found.setdefault(name, {}).setdefault("weak" if weak else "strong", []).append(key)
    for key, names in extra.get("inside", {}).items():
        for name in names:
            found.setdefault(name, {}).setdefault("inside", []).append(key)
    table = {name.casefold(): _name(kinds) for name, kinds in found.items()}
    lengths: dict[str, set[int]] = {}
    for name in table:
        lengths.setdefault(name[:2], set()).add(len(name))
    return RegionTree(regions, table, {head: tuple(sorted(of, reverse=True)) for head, of in lengths.items()})


# Beijing's and Changchun's 朝阳区 are at least as well known as the prefecture of the same name: the bot asks.
_RIVALS = {"CN-21-13"}
_MUNICIPALITIES = ("CN-11", "CN-12", "CN-31", "CN-50")


def _rank(key: str) -> int:
    """1 a province, 2 a prefecture, 3 a county or a municipality's district, whatever the length of the id."""
    level = key.count("-")
    return 3 if level == 2 and key[:5] in _MUNICIPALITIES else level


def _name(kinds: dict[str, list[str]]) -> Name:
    weak, inside = kinds.get("weak", []), kinds.get("inside", [])
    return Name(_highest(kinds.get("strong", [])), tuple(weak), tuple(inside))


def _highest(keys: list[str]) -> tuple[str, ...]:
    """吉林 alone is the province, 西安 the prefecture and not a district in Mudanjiang; 通州 stays two districts."""
    top = min(map(_rank, keys), default=3)
    if top == 3 or _RIVALS & set(keys):
        return tuple(keys)
    return tuple(key for key in keys if _rank(key) == top)


def find_regions(text: str, tree: RegionTree, near: str | None = None) -> list[Mention]:
    """All places in a text, in order. `near` is the place known from the conversation and settles shared names."""
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    bounds = _word_bounds(text)
    pieces: list[Mention] = []
    at = 0
    while at < len(text):
        piece = _piece(text, folded, at, tree, pieces[-1] if pieces else None, bounds)
        if piece is None:
            at += 1
            continue
        previous = pieces[-1] if pieces else None
        if previous and _joined(previous, piece, text):
            piece = Mention(piece.ids, text[previous.start : piece.end], previous.start, piece.end)
            pieces.pop()
        pieces.append(piece)
        at = piece.end
    pieces += [m for m in _letters(text) if not any(p.start <= m.start < p.end for p in pieces)]
    return _settle(sorted(pieces, key=lambda m: m.start), near)


def _word_bounds(text: str) -> set[int]:
    """Where words begin or end, so that 民权 is not found in 农民权益."""
    bounds, at = {0}, 0
    for word in rjieba.cut(text):
        at += len(word)
        bounds.add(at)
    return bounds


def _piece(
    text: str, folded: str, at: int, tree: RegionTree, before: Mention | None, bounds: set[int]
) -> Mention | None:
    """The longest name that begins here and counts in this place."""
    for length in tree.lengths.get(folded[at : at + 2], ()):
        end = at + length
        if end > len(folded):
            continue
        name = tree.names.get(folded[at:end])
        if name is None:
            continue
        ids = _following(name, text, at, end, before) or _alone(name, text, at, end, bounds)
        if ids:
            return Mention(ids, text[at:end], at, end)
    return None


def _following(name: Name, text: str, at: int, end: int, before: Mention | None) -> tuple[str, ...]:
    """What the name means right after another place: only what lies in that place."""
    if before is None or not _BETWEEN.match(text[before.end : at]) or at - before.end > 4:
        return ()
    every = dict.fromkeys((*name.strong, *name.weak, *name.inside))
    below = [key for key in every if any(is_inside(key, holder) for holder in before.ids)]
    if re.search(r"[\s，,、]", text[before.end : at]) and not name.strong:
        return ()
    return tuple(below)


def _alone(name: Name, text: str, at: int, end: int, bounds: set[int]) -> tuple[str, ...]:
    """What the name means without a place before it."""
    surface = text[at:end]
    if surface.isascii():
        around = text[at - 1 : at] + text[end : end + 1]
        return () if any(c.isascii() and c.isalpha() for c in around) else name.strong
    if _NOT_AFTER.match(text, end):
        return ()
    if name.strong and _cut_out(name, at, end, bounds) and not _swallowed(text, at):
        return name.strong
    if name.inside and _TOWN.match(text, end) and len(name.inside) == 1 and at in bounds:
        return name.inside
    whole = at == 0 and end == len(text)
    if name.weak and (whole or (at and text[at - 1] in _BEFORE and _AFTER_AT.match(text, end))):
        return name.weak
    return ()


def _cut_out(name: Name, at: int, end: int, bounds: set[int]) -> bool:
    """Short names must be words of their own; others may end inside one (上海浦东新区 is cut as one word)."""
    if end - at >= 3:
        return True
    return at in bounds and (end in bounds or _rank(name.strong[0]) < 3)


def _swallowed(text: str, at: int) -> bool:
    """大海口, 小上海, 新北京: another name made from a place."""
    return at > 0 and text[at - 1] in "大小"


def _joined(previous: Mention, piece: Mention, text: str) -> bool:
    """江苏 + 苏州, 北京市 + 朝阳区: the second lies in the first and stands right behind it."""
    gap = text[previous.end : piece.start]
    return bool(_BETWEEN.match(gap)) and all(any(is_inside(k, h) for h in previous.ids) for k in piece.ids)


def _letters(text: str) -> list[Mention]:
    """沪 in 在沪打工."""
    found = []
    for match in _LETTER.finditer(text):
        letter = match[1] or match[2] or match[3]
        found.append(Mention((LETTERS[letter],), letter, match.start(), match.end()))
    return found


def _settle(mentions: list[Mention], near: str | None) -> list[Mention]:
    """A shared name means the place that another certain mention, or the conversation, lies around."""
    certain = [m.ids[0] for m in mentions if not m.ambiguous]
    settled = []
    for mention in mentions:
        if mention.ambiguous:
            for holder in (*certain, *(climb(near)[:-1] if near else ())):
                below = tuple(key for key in mention.ids if is_inside(key, holder))
                if len(below) == 1:
                    mention = Mention(below, mention.text, mention.start, mention.end)
                    break
        settled.append(mention)
    return settled


def resolve(name: str, tree: RegionTree, near: str | None = None) -> Region | Ambiguous | None:
    """A region from an id, a code or what a person typed as a place; None when it names no place that we know."""
    asked = name.strip()
    if asked.upper() in tree:
        return tree[asked.upper()]
    if re.fullmatch(r"\d{6}", asked):
        return next((region for region in tree.regions.values() if region.code == asked), None)
    mentions = find_regions(asked, tree, near) or _loose(asked, tree)
    if not mentions:
        return None
    deepest = max(mentions, key=lambda m: (not m.ambiguous, max(key.count("-") for key in m.ids)))
    if deepest.ambiguous:
        return Ambiguous(deepest.text, tuple(tree[key] for key in deepest.ids))
    return tree[deepest.ids[0]]


def _loose(asked: str, tree: RegionTree) -> list[Mention]:
    """When the whole answer is one name, even an everyday word or one letter is a place."""
    name = tree.names.get(asked.casefold())
    if name is None:
        return []
    ids = name.strong or name.weak or name.inside
    return [Mention(ids, asked, 0, len(asked))] if ids else []
