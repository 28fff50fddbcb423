"""The limits of the matter itself, worked out from the dates that the worker gave: the sums do it, not we.

They run beside the desk's own clocks; whoever opens a ticket hands them in, because the figures are the policy base's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.calculators import CalculatorError, FiguresSource, calculate
from knowledge.errors import KnowledgeError

ARREARS = ("T-WAGE", "T-WAGE-SITE", "T-HOURS", "T-PLATFORM", "T-GROUP")
TITLES = {
    "arbitration": "申请劳动仲裁的最后一天",
    "court_15_days": "向法院起诉的最后一天",
    "injury_employer_30_days": "单位申报工伤的最后一天",
    "injury_worker_one_year": "本人申请工伤认定的最后一天",
}


def limits(category: str, facts: Mapping[str, Any], figures: FiguresSource, today: date) -> dict[str, date]:
    """The last day of every limit that the facts allow to count."""
    found: dict[str, date] = {}
    known, ended = _day(facts, "known_date"), _day(facts, "end_date")
    if known or ended:
        is_arrears = category in ARREARS
        start = {"employment_ended": ended} if is_arrears else {"known_date": known or ended}
        claim = "拖欠工资" if is_arrears else "其他"
        _add(found, "arbitration", "arbitration_limit", {"claim": claim, **start}, figures, today)
    for fact, rules in (
        ("injury_date", ("injury_employer_30_days", "injury_worker_one_year")),
        ("award_date", ("court_15_days",)),
    ):
        day = _day(facts, fact)
        for rule in rules if day else ():
            _add(found, rule, "limit", {"rule": rule, "from_date": day}, figures, today)
    return found


def _add(
    found: dict[str, date], name: str, kind: str, inputs: dict[str, Any], figures: FiguresSource, today: date
) -> None:
    """A limit that cannot be worked out from what is known is no limit of this ticket."""
    given = {key: value for key, value in inputs.items() if value is not None}
    try:
        last = calculate(kind, given, figures, today).values["deadline"]
    except (CalculatorError, KnowledgeError):
        return
    if isinstance(last, date):
        found[name] = last


def _day(facts: Mapping[str, Any], name: str) -> date | None:
    value = facts.get(name)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
