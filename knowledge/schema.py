"""The shapes of the policy base: what a law, a figure, a place's fact, an office and a card are once they are loaded.

Everything is frozen. The loader builds them from files, hotline/policy from the database; nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Union

Value = Union[Decimal, str, bool, "Mapping[str, Value]", "tuple[Value, ...]", None]


@dataclass(frozen=True)
class Verified:
    """Who looked at it last, and when. `mark` says how well: press, called, text."""

    on: date
    by: str | None = None
    second: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Reference:
    """Where something stands: a law with its article, or an act (a local notice) with its day of publication.

    `checked` is None for a law whose text we hold, and `leaf_table` for an instrument whose article was only
    checked by the authors of the table of questions.
    """

    law: str | None = None
    article: str | None = None
    paragraph: int | None = None
    checked: str | None = None
    act: str | None = None
    number: str | None = None
    published: str | None = None
    href: str | None = None


@dataclass(frozen=True)
class Law:
    """A register entry; the text itself is imported by an operator."""

    id: str
    title: str
    short: str
    rank: str
    region: str
    issuer: str | None
    number: str | None
    articles: int | None
    in_force: Mapping[date, str]
    verified: Verified
    names: tuple[str, ...] = ()
    checked: str | None = None


@dataclass(frozen=True)
class Row:
    """One value from a day on. `value` None repeals; `expected` is announced and never used."""

    value: Value
    ref: Reference | None = None
    expected: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A national figure by effective date."""

    id: str
    title: str
    unit: str | None
    values: Mapping[date, Row]
    verified: Verified | None = None
    note: str | None = None
    path: str = ""


@dataclass(frozen=True)
class RegionFact:
    """A figure of one region: minimum wage, average wage, heat allowance ..."""

    region: str
    fact: str
    title: str
    unit: Value
    values: Mapping[date, Row]
    verified: Verified
    covers: Mapping[str, Value]
    tiers: Mapping[str, Value]
    note: str | None = None
    path: str = ""


@dataclass(frozen=True)
class Office:
    """A door to knock on, or a line to call. `hotline` marks a local line that replaces the national number there."""

    id: str
    kind: str
    title: str
    serves: tuple[str, ...]
    phones: tuple[str, ...]
    hours: str | None = None
    address: str | None = None
    online: str | None = None
    use_for: str | None = None
    not_for: str | None = None
    fee: str | None = None
    hotline: str | None = None
    via: str | None = None
    bring: tuple[str, ...] = ()
    source: str | None = None
    verified: Verified | None = None
    path: str = ""


@dataclass(frozen=True)
class InForce:
    """From when, and until when (the last day), a card's rule holds."""

    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Deadline:
    """Which limit runs (closed list), from when, and the sentence to say."""

    rule: str
    since: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class Handoff:
    """When a person takes over. A condition is an id of the closed list `handoff_conditions`."""

    when: tuple[str, ...]
    priority: str


@dataclass(frozen=True)
class Fixed:
    """A figure that the article has had since it exists, exactly as it stands in the card's sentence."""

    text: str
    ref: Reference


@dataclass(frozen=True)
class Unverified:
    """Something said in the card that nobody has checked yet."""

    text: str
    why: str


@dataclass(frozen=True)
class Card:
    """One answer to one thing that workers ask."""

    id: str
    topic: str
    title: str
    status: str
    region: str
    in_force: InForce
    ask: tuple[str, ...]
    short: str
    answer: str
    steps: tuple[str, ...]
    refs: tuple[Reference, ...]
    refer: tuple[str, ...]
    verified: Verified
    evidence: tuple[str, ...] = ()
    deadline: Deadline | None = None
    law: str = ""
    limits: tuple[str, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    calculators: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    handoff: Handoff | None = None
    needs_region: bool = False
    unverified: tuple[Unverified, ...] = ()
    serves: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()  # of a card for a special case: words without which a message does not speak of it
    ticket: str | None = None
    path: str = ""
    version: str = ""


@dataclass(frozen=True)
class Lists:
    """The closed lists of data/lists.yml: id -> title, or for offices id -> (title, hotline)."""

    topics: Mapping[str, str]
    statuses: tuple[str, ...]
    ranks: tuple[str, ...]
    marks: tuple[str, ...]
    priorities: tuple[str, ...]
    office_kinds: Mapping[str, OfficeKind]
    handoff_conditions: Mapping[str, str]
    deadline_rules: Mapping[str, str]
    hotlines: Mapping[str, str]
    calculators: Mapping[str, str]
    tickets: Mapping[str, str]
    facts: Mapping[str, str]


@dataclass(frozen=True)
class OfficeKind:
    """A sort of office, and the national line that says where it is when we do not know the office of a place."""

    id: str
    title: str
    hotline: str
