"""Whom to call: the offices of a place, or the national line that knows where they are."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.base import COUNTRY, Base
from knowledge.schema import Office

EACH = 2


def phones_of(base: Base, office: Office) -> tuple[str, ...]:
    """An office's own numbers, or those of the line that puts one through."""
    if office.phones or office.via is None:
        return office.phones
    through = base.offices.get(office.via)
    return through.phones if through else ()


def whom_to_call(base: Base, kinds: Iterable[str], region: str | None, brief: bool = False) -> list[str]:
    """One line an office; kinds without an office of the place share the line of their national number."""
    lines: list[str] = []
    by_number: dict[str, list[str]] = {}
    for kind in kinds:
        local = [one for one in base.find_offices(kind, region) if COUNTRY not in one.serves and one.address]
        for office in local[: 1 if brief else EACH]:
            lines.append(_office(base, office, brief))
        if not local:
            known = base.lists.office_kinds[kind]
            by_number.setdefault(base.phone(known.hotline, region), []).append(known.title)
    for number, titles in by_number.items():
        lines.append(f"{'、'.join(titles)}：{number}")
    return lines


def _office(base: Base, office: Office, brief: bool) -> str:
    phones = "、".join(phones_of(base, office))
    if brief:
        return f"{office.title}：{phones or office.address}"
    parts = [office.address, f"电话{phones}" if phones else None, office.hours]
    bring = f"带{'、'.join(office.bring)}" if office.bring else None
    return f"{office.title}：" + "，".join(part for part in (*parts, bring) if part)
