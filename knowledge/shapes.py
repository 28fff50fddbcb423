"""Builds each shape from one loaded mapping. What is allowed in a file is what these functions ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.fields import Fields, reference, rows, value_of, verified
from knowledge.schema import (
    Card,
    Deadline,
    Fixed,
    Handoff,
    InForce,
    Law,
    Lists,
    Office,
    OfficeKind,
    Parameter,
    RegionFact,
    Unverified,
    Value,
    Verified,
)


def fingerprint(text: str) -> str:
    """The version of a card: what an answer remembers so that a correction finds who got the old text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def lists(data: Any, path: str) -> Lists:
    given = Fields(data, path)
    kinds = {}
    for key, row in _table(given, "office_kinds").items():
        inner = Fields(row, path, f"office_kinds.{key}")
        kinds[str(key)] = OfficeKind(str(key), inner.text("title"), inner.text("hotline"))
        inner.done()
    found = Lists(
        topics=_titles(given, "topics"),
        statuses=given.texts("statuses", required=True),
        ranks=given.texts("ranks", required=True),
        marks=given.texts("marks", required=True),
        priorities=given.texts("priorities", required=True),
        office_kinds=kinds,
        handoff_conditions=_titles(given, "handoff_conditions"),
        deadline_rules=_titles(given, "deadline_rules"),
        hotlines=_titles(given, "hotlines"),
        calculators=_titles(given, "calculators"),
        tickets=_titles(given, "tickets"),
        facts=_titles(given, "facts"),
    )
    given.done()
    return found


def _table(given: Fields, key: str) -> Mapping[Any, Any]:
    value = given.raw(key, required=True)
    if not isinstance(value, dict):
        raise given.wrong(key, "应该是 代号: 名称")
    return value


def _titles(given: Fields, key: str) -> Mapping[str, str]:
    return {str(name): str(title) for name, title in _table(given, key).items()}


def law(data: Any, path: str) -> Law:
    given = Fields(data, path)
    in_force = given.raw("in_force", required=True)
    if not isinstance(in_force, dict) or not all(isinstance(day, date) for day in in_force):
        raise given.wrong("in_force", "应该是 施行日期: 说明", "in_force: {2008-01-01: 2007 文本}")
    checked = verified(given.inner("verified"))
    if checked is None:
        raise given.wrong("verified", "没有写", "verified: {on: 2026-11-21}")
    found = Law(
        id=given.text("id"),
        title=given.text("title"),
        short=given.text("short"),
        rank=given.text("rank"),
        region=given.text("region"),
        issuer=given.find_text("issuer"),
        number=given.find_text("number"),
        articles=given.find_int("articles"),
        in_force={day: str(words) for day, words in sorted(in_force.items())},
        verified=checked,
        names=given.texts("names"),
        checked=given.find_text("checked"),
    )
    given.done()
    return found


def parameter(data: Any, path: str, id: str) -> Parameter:
    given = Fields(data, path, id.rsplit(".", 1)[-1])
    found = Parameter(
        id=id,
        title=given.text("title"),
        unit=given.find_text("unit"),
        values=rows(given),
        verified=verified(given.inner("verified")),
        note=given.find_text("note"),
        path=path,
    )
    given.done()
    return found


def region_fact(data: Any, path: str, region: str, fact: str) -> RegionFact:
    given = Fields(data, path)
    checked = verified(given.inner("verified"))
    if checked is None:
        raise given.wrong("verified", "没有写", "verified: {on: 2026-11-21}")
    found = RegionFact(
        region=region,
        fact=fact,
        title=given.find_text("title") or fact,
        unit=value_of(given.raw("unit"), given, "unit"),
        values=rows(given),
        verified=checked,
        covers=_mapping(given, "covers"),
        tiers=_mapping(given, "tiers"),
        note=given.find_text("note"),
        path=path,
    )
    given.done()
    return found


def _mapping(given: Fields, key: str) -> Mapping[str, Value]:
    value = given.raw(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise given.wrong(key, "应该是 键: 值")
    return {str(name): value_of(part, given, key) for name, part in value.items()}


def office(given: Fields) -> Office:
    source, online = given.raw("source"), given.raw("online")
    id = given.text("id")
    number = id.partition(".")[2]
    found = Office(
        id=id,
        kind=given.text("kind"),
        title=given.text("title"),
        serves=given.texts("serves", required=True),
        phones=given.texts("phones"),
        hours=given.find_text("hours"),
        address=given.find_text("address"),
        online=_link(online),
        use_for=given.find_text("for"),
        not_for=given.find_text("not_for"),
        fee=given.find_text("fee"),
        hotline=given.find_text("hotline") or (number if number.isdigit() else None),
        via=given.find_text("via"),
        bring=given.texts("bring"),
        source=_link(source),
        verified=verified(given.inner("verified")),
        path=given.path,
    )
    given.done()
    return found


def _link(raw: Any) -> str | None:
    """A source is words or {title, href}."""
    if isinstance(raw, dict):
        return " ".join(str(part) for part in raw.values())
    return None if raw is None else str(raw)


def card(data: Any, path: str, text: str) -> Card:
    given = Fields(data, path)
    checked = verified(given.inner("verified"))
    if checked is None:
        raise given.wrong("verified", "没有写", "verified: {on: 2026-11-21, by: 起草人, second: null}")
    given.raw("refs", required=True)
    found = Card(
        id=given.text("id"),
        topic=Path(path).parent.name,
        title=given.text("title"),
        status=given.text("status"),
        region=given.text("region"),
        in_force=_in_force(given),
        ask=given.texts("ask", required=True),
        short=given.text("short"),
        answer=given.text("answer"),
        steps=given.texts("steps", required=True),
        evidence=given.texts("evidence"),
        deadline=_deadline(given.inner("deadline")),
        law=given.find_text("law") or "",
        limits=given.texts("limits"),
        refs=tuple(reference(inner) for inner in given.items("refs")),
        fixed=tuple(_fixed(inner) for inner in given.items("fixed")),
        calculators=given.texts("calculator"),
        related=given.texts("related"),
        refer=given.texts("refer", required=True),
        handoff=_handoff(given.inner("handoff")),
        needs_region=given.flag("needs_region"),
        unverified=tuple(_unverified(inner) for inner in given.items("unverified")),
        serves=given.texts("serves"),
        cues=given.texts("cues"),
        ticket=given.find_text("ticket"),
        verified=Verified(checked.on, checked.by, checked.second, checked.mark),
        path=path,
        version=fingerprint(text),
    )
    given.done()
    return found


def _in_force(given: Fields) -> InForce:
    given.raw("in_force", required=True)
    inner = given.inner("in_force")
    assert inner is not None
    found = InForce(inner.day("from"), inner.find_day("until"))
    inner.done()
    if found.until is not None and found.until < found.since:
        raise inner.wrong("until", "早于 from")
    return found


def _deadline(given: Fields | None) -> Deadline | None:
    if given is None:
        return None
    found = Deadline(given.text("rule"), given.find_text("from"), given.find_text("words"))
    given.done()
    return found


def _handoff(given: Fields | None) -> Handoff | None:
    if given is None:
        return None
    found = Handoff(given.texts("when", required=True), given.text("priority"))
    given.done()
    return found


def _fixed(given: Fields) -> Fixed:
    given.raw("ref", required=True)
    inner = given.inner("ref")
    assert inner is not None
    found = Fixed(given.text("text"), reference(inner))
    given.done()
    return found


def _unverified(given: Fields) -> Unverified:
    found = Unverified(given.text("text"), given.text("why"))
    given.done()
    return found
