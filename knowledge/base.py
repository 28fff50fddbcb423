"""The policy base as a value: cards, figures, laws, places and offices, asked for by day and place.

Nothing here guesses. A figure outside its dates, an unknown place or an ungraded county raises its own error; the
`find_` twin of a question returns None instead, for callers who only want to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from knowledge.calendar import Calendar
from knowledge.calendar import load as load_calendar
from knowledge.dated import row_on
from knowledge.errors import (
    NotInForce,
    TierUnknown,
    UnknownCard,
    UnknownLaw,
    UnknownOffice,
    UnknownParameter,
    UnknownRegion,
)
from knowledge.regions import RegionTree, climb, is_inside
from knowledge.schema import Card, Law, Lists, Office, Parameter, Reference, RegionFact, Row, Value, Verified

COUNTRY = "CN"


@dataclass(frozen=True)
class Found:
    """A region's figure: from which level of the tree it comes, since when it holds and when it was last checked."""

    value: Any
    ref: Reference | None
    level_region: str
    since: date
    verified: Verified
    title: str


@dataclass(frozen=True)
class Base:
    """Everything that is in force or was. Build it with knowledge.loader.load or from rows of the database."""

    lists: Lists
    laws: Mapping[str, Law]
    params: Mapping[str, Parameter]
    regions: RegionTree
    facts: Mapping[tuple[str, str], RegionFact]
    offices: Mapping[str, Office]
    versions: Mapping[tuple[str, str], Card]
    calendar: Calendar = field(default_factory=load_calendar)
    _cards: dict[str, tuple[Card, ...]] = field(init=False, repr=False, compare=False)
    _names: dict[str, Law] = field(init=False, repr=False, compare=False)
    _doors: dict[str, tuple[Office, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id: dict[str, list[Card]] = {}
        for one in self.versions.values():
            by_id.setdefault(one.id, []).append(one)
        doors: dict[str, list[Office]] = {}
        for office in self.offices.values():
            for region in office.serves:
                doors.setdefault(region, []).append(office)
        object.__setattr__(self, "_cards", {key: tuple(found) for key, found in by_id.items()})
        object.__setattr__(self, "_names", _law_names(self.laws.values()))
        object.__setattr__(self, "_doors", {key: tuple(found) for key, found in doors.items()})

    # Cards

    def card(self, id: str, *, region: str | None = None, on: date | None = None) -> Card:
        """The published card for a place and a day, or UnknownCard or NotInForce; without a day, any dates."""
        every = self._published(id, region)
        if not every:
            raise UnknownCard(id)
        fitting = [one for one in every if on is None or one.in_force.covers(on)]
        if not fitting:
            assert on is not None
            later = [one.in_force.since for one in every if one.in_force.since > on]
            raise NotInForce(id, on, min(later) if later else None)
        return max(fitting, key=lambda one: one.region.count("-"))

    def find_card(self, id: str, *, region: str | None = None, on: date | None = None) -> Card | None:
        try:
            return self.card(id, region=region, on=on)
        except (UnknownCard, NotInForce):
            return None

    def cards(self, *, region: str | None = None, on: date | None = None) -> list[Card]:
        """Every published card in force, the place's own instead of the national one."""
        found = [self.find_card(id, region=region, on=on) for id in self._cards]
        return [one for one in found if one is not None]

    def _published(self, id: str, region: str | None) -> list[Card]:
        place = region or COUNTRY
        every = self._cards.get(id, ())
        return [one for one in every if one.status == "published" and is_inside(place, one.region)]

    # Figures

    def param(self, id: str, on: date) -> Any:
        """A national figure on a day: Decimal, or the text, list or table that the parameter holds."""
        return self.param_row(id, on)[1].value

    def param_row(self, id: str, on: date) -> tuple[date, Row]:
        """The same with its reference and the day it began."""
        if id not in self.params:
            raise UnknownParameter(id, _near(id, self.params))
        return row_on(self.params[id].values, on, id)

    def region_fact(self, path: str, region: str | None, on: date) -> Found:
        """`minimum_wage.monthly` in a place: its own figure, or that of the nearest region around it."""
        fact, _, rest = path.partition(".")
        self._known(region)
        assert region is not None
        missing: NotInForce | None = None
        for level in climb(region):
            held = self.facts.get((level, fact))
            if held is None:
                continue
            try:
                since, row = row_on(held.values, on, f"{level} {fact}")
            except NotInForce as error:
                missing = missing or error
                continue
            value = _inside(_tier(held, row.value, region), rest)
            if value is not None:
                return Found(value, row.ref, level, since, held.verified, held.title)
        raise missing or UnknownParameter(f"{region} {path}")

    def find_region_fact(self, path: str, region: str | None, on: date) -> Found | None:
        try:
            return self.region_fact(path, region, on)
        except LookupError:
            return None

    def _known(self, region: str | None) -> None:
        if region is None or region not in self.regions:
            raise UnknownRegion(region)

    def region_title(self, region: str) -> str:
        """江苏省苏州市昆山市; the id itself when the tree does not know it."""
        return self.regions.full_title(region) if region in self.regions else region

    # Offices

    def find_offices(self, kind: str, region: str | None) -> list[Office]:
        """The offices of a kind that serve the place, or else those of the nearest region around it."""
        if kind not in self.lists.office_kinds:
            raise UnknownOffice(kind)
        for level in climb(region or COUNTRY):
            found = [office for office in self._doors.get(level, ()) if office.kind == kind]
            if found:
                return found
        return []

    def phone(self, number: str, region: str | None = None) -> str:
        """What to dial for a national line in a place: a local number where one replaces it, else the line itself."""
        if number not in self.lists.hotlines:
            raise UnknownOffice(number)
        for level in climb(region or COUNTRY):
            for office in self._doors.get(level, ()):
                if office.hotline == number and office.phones:
                    return office.phones[0]
        return number

    # Laws

    def law(self, name: str) -> Law:
        """A law by id, short name, title, other name or number, with or without 中华人民共和国 and book marks."""
        found = self.laws.get(name) or self._names.get(plain_name(name))
        if found is None:
            raise UnknownLaw(name)
        return found

    def find_law(self, name: str) -> Law | None:
        return self.laws.get(name) or self._names.get(plain_name(name))


def plain_name(name: str) -> str:
    """One spelling for 《中华人民共和国劳动法》 and 劳动法, 〔2020〕 and [2020]."""
    text = name.strip().strip("《》").replace("中华人民共和国", "")
    for found, put in (("[", "〔"), ("]", "〕"), ("（", "("), ("）", ")"), ("《", ""), ("》", ""), (" ", "")):
        text = text.replace(found, put)
    return text


def _law_names(laws: Iterable[Law]) -> dict[str, Law]:
    found: dict[str, Law] = {}
    for law in laws:
        for name in (law.short, law.title, law.number, *law.names):
            if name:
                found.setdefault(plain_name(name), law)
    return found


def _tier(held: RegionFact, value: Value, region: str) -> Value:
    """A province's grades: `all` holds everywhere, else the grade recorded for the place or what lies around it."""
    if not isinstance(value, Mapping):
        return value
    if "all" in value:
        return value["all"]
    if not all(isinstance(part, Mapping) for part in value.values()):
        return value
    for level in climb(region):
        tier = held.tiers.get(level)
        if isinstance(tier, str) and tier in value:
            return value[tier]
    raise TierUnknown(held.fact, region, tuple(value))


def _inside(value: Value, rest: str) -> Value:
    for part in rest.split(".") if rest else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _near(id: str, known: Iterable[str]) -> str:
    tail = id.rsplit(".", 1)[-1]
    return "、".join([one for one in known if tail in one or one.rsplit(".", 1)[-1] in id][:3])
