"""Turns a card into what a worker reads on a channel: plain text, the answer first, then what to do, then the rest.

Figures come from the base for the place and the day. One that is missing is said, never borrowed or guessed, and
the result tells the caller what was missing and whether knowing the place would help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.base import COUNTRY, Base, Found
from knowledge.doors import whom_to_call
from knowledge.errors import NotInForce, UnknownCard
from knowledge.pages import LIMITS, cut, more
from knowledge.review import REVIEW_DAYS, is_due, review_days
from knowledge.schema import Card
from knowledge.templates import fill

PARTS = ("full", "short", "law", "steps")
CAUTION = "这里有还没核实的内容，以当地最新规定为准，请拨打{phone}核实。"


@dataclass(frozen=True)
class Citation:
    """An article as the API gives it: `law` is the short name, `title` the official one."""

    law: str
    article: str
    paragraph: int | None
    title: str


@dataclass(frozen=True)
class Rendered:
    """`text` is the page asked for; `missing` holds figures that the base does not have for the place."""

    text: str
    pages: int
    page: int
    citations: tuple[Citation, ...]
    version: str
    needs_region: bool = False
    missing: tuple[str, ...] = ()
    expired_notice: str | None = None

    @property
    def has_more(self) -> bool:
        return self.page < self.pages


@dataclass
class _Figures:
    """The functions that a card's sentences may call; remembers what they found and what they did not."""

    base: Base
    region: str | None
    on: date
    used: dict[str, Found] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    needs_region: bool = False

    def functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "param": self.param,
            "region": self.regional,
            "has_region": self.has_region,
            "office": lambda number: self.base.phone(number, self.region),
        }

    def param(self, id: str) -> str:
        return shown(self.base.param(id, self.on))

    def find(self, path: str) -> Found | None:
        if self.region is None:
            self.needs_region = True
            return None
        return self.base.find_region_fact(path, self.region, self.on)

    def has_region(self, path: str) -> bool:
        return self.find(path) is not None

    def regional(self, path: str) -> str:
        found = self.find(path)
        if found is None:
            self.missing.append(path)
            where = "各地不同" if self.region is None else "当地的数还没收录"
            return f"（{where}，请拨{self.base.phone('12333', self.region)}问）"
        self.used[path] = found
        return shown(found.value)


def shown(value: Any) -> str:
    """A figure as people write it: 2490, not 2490.00."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (tuple, list)):
        return "、".join(shown(part) for part in value)
    return str(value)


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def render(
    base: Base, card: Card, *, region: str | None, on: date, channel: str, page: int = 1, part: str = "full"
) -> Rendered:
    """A card for a place, a day and a channel. `part`: full, short (短一点), law (哪条法律) or steps (怎么做)."""
    if part not in PARTS:
        raise ValueError(f"part 只能是 {'、'.join(PARTS)}")
    figures = _Figures(base, region, on)
    writer = _Writer(base, card, figures)
    pages = writer.pages(channel, part)
    at = min(max(page, 1), len(pages))
    return Rendered(
        text=pages[at - 1],
        pages=len(pages),
        page=at,
        citations=citations(base, card),
        version=card.version,
        needs_region=figures.needs_region or (card.needs_region and region is None),
        missing=tuple(dict.fromkeys(figures.missing)),
        expired_notice=writer.dates(),
    )


def render_pages(base: Base, card: Card, *, region: str | None, on: date, channel: str) -> tuple[str, ...]:
    """All pages of the whole answer, in order: what a worker gets who says 更多 to the end."""
    return _Writer(base, card, _Figures(base, region, on)).pages(channel, "full")


@dataclass(frozen=True)
class SaidFirst:
    """What a worker hears first, as pieces: the answer, each step, and the sentence about the deadline, maybe empty."""

    answer: str
    steps: tuple[str, ...]
    deadline: str


def said_first(base: Base, card: Card, *, region: str | None, on: date) -> SaidFirst:
    writer = _Writer(base, card, _Figures(base, region, on))
    return SaidFirst(writer.say(card.answer), tuple(map(writer.say, card.steps)), writer.deadline())


def not_yet(base: Base, id: str, on: date, region: str | None = None) -> str | None:
    """For a card that begins later: since when it applies. None for one in force or ended and for an unknown id."""
    try:
        base.card(id, region=region, on=on)
    except NotInForce as error:
        if error.since is None:
            return None
        title = base.card(id, region=region).title.rstrip("？?")
        return f"“{title}”说的规定{day_words(error.since)}起才施行，{day_words(on)}还不适用。"
    except UnknownCard:
        return None
    return None


def citations(base: Base, card: Card) -> tuple[Citation, ...]:
    """The card's references to laws, each once."""
    found = []
    for ref in card.refs:
        if ref.law is not None:
            law = base.law(ref.law)
            found.append(Citation(law.short, ref.article or "", ref.paragraph, law.title))
    return tuple(dict.fromkeys(found))


def article_words(citation: Citation) -> str:
    """第82条; 第276条之一; 第47条第2款."""
    if not citation.article:
        return ""
    number, _, after = citation.article.partition("之")
    words = f"第{number}条" + (f"之{after}" if after else "")
    return words + (f"第{citation.paragraph}款" if citation.paragraph else "")


@dataclass(frozen=True)
class _Writer:
    """Puts the paragraphs of one card together."""

    base: Base
    card: Card
    figures: _Figures

    def say(self, text: str) -> str:
        return fill(text, self.figures.functions()).strip()

    def pages(self, channel: str, part: str) -> tuple[str, ...]:
        if channel == "sms" and part == "full":
            return self.sms_pages()
        return cut(self.part(part), LIMITS[channel])

    def part(self, name: str) -> str:
        if name == "short":
            body = [self.say(self.card.short), self.articles()]
        elif name == "law":
            body = [self.articles(), self.say(self.card.law)]
        elif name == "steps":
            body = [self.steps(), self.deadline(), self.doors()]
        else:
            body = [
                *(self.say(self.card.answer), self.steps(), self.evidence(), self.deadline(), self.doors()),
                *(self.law(), self.limits()),
            ]
        notice = self.dates()
        return "\n\n".join(text for text in (notice, *body, self.foot()) if text)

    def steps(self) -> str:
        lines = [f"{number}. {self.say(step)}" for number, step in enumerate(self.card.steps, 1)]
        return "\n".join(["下一步：", *lines]) if lines else ""

    def evidence(self) -> str:
        lines = [f"- {self.say(line)}" for line in self.card.evidence]
        return "\n".join(["留好这些证据：", *lines]) if lines else ""

    def deadline(self) -> str:
        limit = self.card.deadline
        if limit is None or (limit.rule == "none" and not limit.words):
            return ""
        words = self.say(limit.words) if limit.words else self.base.lists.deadline_rules[limit.rule]
        since = self.say(limit.since or "").rstrip("。")
        return f"期限：{words.rstrip('。')}" + (f"（起算：{since}）。" if since else "。")

    def doors(self) -> str:
        lines = whom_to_call(self.base, self.card.refer, self.figures.region)
        return "\n".join(["找谁：", *(f"- {line}" for line in lines)]) if lines else ""

    def articles(self) -> str:
        by_law: dict[str, list[str]] = {}
        for citation in citations(self.base, self.card):
            by_law.setdefault(citation.law, []).append(article_words(citation))
        laws = [f"《{law}》" + "、".join(dict.fromkeys(filter(None, found))) for law, found in by_law.items()]
        return f"依据：{'；'.join(laws)}。" if laws else ""

    def law(self) -> str:
        return "\n".join(filter(None, (self.say(self.card.law), self.articles())))

    def limits(self) -> str:
        lines = [f"- {self.say(line)}" for line in self.card.limits]
        return "\n".join(["要注意：", *lines]) if lines else ""

    def dates(self) -> str | None:
        """Said first when the rule does not hold on the day."""
        force, on = self.card.in_force, self.figures.on
        if on < force.since:
            return f"注意：下面说的规定{day_words(force.since)}起才施行。"
        if force.until is not None and force.until < on:
            return f"注意：下面说的规定只用到{day_words(force.until)}为止。"
        return None

    def foot(self) -> str:
        """The place and day that the figures hold for, and what has not been checked for long or at all."""
        figures, on = self.figures, self.figures.on
        place = self.base.region_title(figures.region or COUNTRY)
        lines = [f"适用：{place}，{day_words(on)}。"]
        for found in {one.title: one for one in figures.used.values()}.values():
            level = self.base.region_title(found.level_region)
            lines.append(f"{found.title}用的是{level}{day_words(found.since)}起的数。")
        due = [
            found for path, found in figures.used.items() if is_due(found.verified, review_days(path.split(".")[0]), on)
        ]
        if is_due(self.card.verified, REVIEW_DAYS, on) or due:
            last = min([self.card.verified.on, *(found.verified.on for found in due)])
            lines.append(f"上次核对是{day_words(last)}，请再拨{self.base.phone('12333', figures.region)}问一句。")
        if self.card.unverified or any(found.verified.mark == "press" for found in figures.used.values()):
            lines.append(CAUTION.format(phone=self.base.phone("12333", figures.region)))
        if figures.needs_region or (self.card.needs_region and figures.region is None):
            lines.append("各地标准不同，告诉我你在哪个城市，我按当地的说。")
        return "\n".join(lines)

    def sms_pages(self) -> tuple[str, ...]:
        """First a text that stands alone; 更多 gives the whole answer in further texts."""
        limit = LIMITS["sms"]
        assert limit is not None
        rest = cut(self.part("full"), limit)
        last = f"\n回复“更多”看全文（共{len(rest)}条）"
        doors = whom_to_call(self.base, self.card.refer[:1], self.figures.region, brief=True)
        step = f"下一步：{self.say(self.card.steps[0])}" if self.card.steps else ""
        first = self.say(self.card.short)
        for lines in ((self.dates(), first, step, *doors), (first, step), (first, *doors), (first,)):
            text = "\n".join(filter(None, lines))
            if limit.measure(text + last) <= limit.size:
                break
        numbered = [part.replace(more(n, len(rest)), "") for n, part in enumerate(rest, 1)]
        return (text + last, *(one + _sms_tail(n, len(rest)) for n, one in enumerate(numbered, 1)))


def _sms_tail(number: int, count: int) -> str:
    return more(number, count) if count > 1 else ""
