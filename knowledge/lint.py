"""Checks the policy base: `python -m knowledge.lint [--only cards/wages] [--stale DAY] [--unverified] [--coverage]`.

Each rule is a function in lint_asks, lint_cards or lint_data and has a broken example in tests/knowledge/broken/.
Loading already refuses unknown and duplicate keys, tabs and an id that is not its path (rule `load`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from knowledge.base import Base
from knowledge.errors import DataError
from knowledge.findings import Finding
from knowledge.lint_asks import check_asks, check_twice
from knowledge.lint_cards import Served, check_card
from knowledge.lint_data import check_fact, check_law, check_office, check_parameter
from knowledge.loader import DATA, read
from knowledge.strict import read_yaml


def lint(root: Path = DATA, only: str = "") -> list[Finding]:
    """Everything that the rules find, errors first. `only` keeps the files whose path contains it."""
    base, problems = read(root)
    found = [Finding(one.path, "load", one.problem, one.allowed) for one in problems]
    found += lint_base(base, served(root), only)
    kept = sorted({one for one in found if only in one.path})
    return sorted(kept, key=lambda one: one.warning)


def lint_base(base: Base, known: Served, only: str = "") -> Iterator[Finding]:
    """The same for a base that is loaded, from files or from the database."""
    for law in base.laws.values():
        yield from check_law(law, base)
    for parameter in base.params.values():
        yield from check_parameter(parameter, base)
    for fact in base.facts.values():
        yield from check_fact(fact, base)
    for office in base.offices.values():
        yield from check_office(office, base)
    for card in base.versions.values():
        if only in card.path:
            yield from check_asks(card)
            yield from check_card(card, base, known)
    yield from check_twice(base.versions.values())


def served(root: Path = DATA) -> Served:
    """The ids that a card may serve: rows of the source systems and leaf questions."""
    folder = root / "coverage"
    ids: set[str] = set()
    for name in ("leaf_ids.yml", "source_rows.yml"):
        if (folder / name).exists():
            ids |= set(read_yaml(folder / name))
    return Served(frozenset(ids))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m knowledge.lint", description="检查政策库的文件")
    parser.add_argument("--only", default="", help="只看路径里含这几个字的文件，如 cards/wages")
    parser.add_argument("--root", type=Path, default=DATA, help="数据文件夹")
    parser.add_argument("--quiet", action="store_true", help="不显示提醒")
    parser.add_argument("--stale", type=date.fromisoformat, metavar="日期", help="列出到这一天该复查的")
    parser.add_argument("--unverified", action="store_true", help="列出没有对过原文的")
    chosen = parser.parse_args(arguments)
    if chosen.stale or chosen.unverified:
        return _review(chosen)
    found = lint(chosen.root, chosen.only)
    errors = [one for one in found if not one.warning]
    for one in found:
        if not (one.warning and chosen.quiet):
            print(one)
    print(f"{len(errors)} 个错误，{len(found) - len(errors)} 个提醒")
    return 1 if errors else 0


def _review(chosen: argparse.Namespace) -> int:
    from knowledge.review import stale, unverified

    base, _ = read(chosen.root)
    for due in stale(base, chosen.stale) if chosen.stale else ():
        print(f"{due.path}: {due.what}，{due.verified_on or '从未'}核实，{due.days}天一查")
    for doubt in unverified(base) if chosen.unverified else ():
        print(doubt)
    return 0


__all__ = ["DataError", "Finding", "lint", "lint_base", "main", "served"]

if __name__ == "__main__":
    sys.exit(main())
