"""Rules about the other files: laws, figures, places and offices."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.base import Base
from knowledge.findings import Finding
from knowledge.lint_cards import check_reference
from knowledge.regions import is_inside
from knowledge.schema import Law, Office, Parameter, RegionFact


def check_law(law: Law, base: Base) -> Iterator[Finding]:
    path = f"knowledge/data/laws/{law.id}.yml"
    if law.rank not in base.lists.ranks:
        yield Finding(path, "rank", f"rank 写的是 {law.rank}", f"只能是 {'、'.join(base.lists.ranks)}")
    if not law.id.isascii() or law.id != law.id.lower():
        yield Finding(path, "law-id", f"id {law.id} 不行", "只用小写英文字母、数字和下划线")
    for name in (law.short, law.title, *law.names):
        other = base.find_law(name)
        if other is not None and other.id != law.id:
            yield Finding(path, "law-name", f"名称“{name}”和 {other.id} 重了", "一个名称只指一部法")


def check_parameter(parameter: Parameter, base: Base) -> Iterator[Finding]:
    for day, row in parameter.values.items():
        where = f"{parameter.id} {day.isoformat()}"
        if row.ref is not None:
            yield from check_reference(row.ref, base, parameter.path, where)
        if row.expected and row.value is not None:
            yield Finding(
                parameter.path,
                "expected",
                f"{where} 只是预告却写了 value",
                "预告的数不参与计算，写在 note 里",
                warning=True,
            )


def check_fact(fact: RegionFact, base: Base) -> Iterator[Finding]:
    if base.regions.regions and fact.region not in base.regions:
        yield Finding(fact.path, "region", f"地区树里没有 {fact.region}", "文件夹名要是地区代号，如 CN-32-05")
    if fact.fact not in base.lists.facts:
        yield Finding(fact.path, "region-fact", f"没登记 {fact.fact} 这种数据", f"只能是 {'、'.join(base.lists.facts)}")
    if fact.verified.mark is not None and fact.verified.mark not in base.lists.marks:
        problem = f"verified.mark 写的是 {fact.verified.mark}"
        yield Finding(fact.path, "mark", problem, f"只能是 {'、'.join(base.lists.marks)}")
    for place, tier in fact.tiers.items():
        if not is_inside(place, fact.region) or (base.regions.regions and place not in base.regions):
            yield Finding(fact.path, "tier", f"tiers 里的 {place} 不在 {fact.region} 里", "写本地区下面的代号")
        if not any(isinstance(row.value, dict) and tier in row.value for row in fact.values.values()):
            yield Finding(fact.path, "tier", f"{place} 的档 {tier} 没有金额", "档名要和 value 里的一样")
    for day, row in fact.values.items():
        if row.ref is not None:
            yield from check_reference(row.ref, base, fact.path, day.isoformat())


def check_office(office: Office, base: Base) -> Iterator[Finding]:
    if office.kind not in base.lists.office_kinds:
        allowed = f"只能是 {'、'.join(base.lists.office_kinds)}"
        yield Finding(office.path, "office-kind", f"{office.id} 的 kind 写的是 {office.kind}", allowed)
    for region in office.serves:
        if base.regions.regions and region not in base.regions:
            yield Finding(office.path, "region", f"{office.id} 的 serves {region} 不在地区树里", "写地区代号")
    if office.via is not None and office.via not in base.offices:
        yield Finding(office.path, "office-via", f"{office.id} 的 via {office.via} 没有登记", "写机构的 id")
    if not office.phones and office.via is None and office.address is None:
        yield Finding(
            office.path, "office-empty", f"{office.id} 没有电话、地址，也没说打哪里问", "至少写一样", warning=True
        )
