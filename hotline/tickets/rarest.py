"""How a long list is found: from what the fewest tickets have, or along the order in which it is shown.

With 200,000 tickets a filter that many fulfil is met every few rows of the order, so walking along the order's index
ends soon; one that few fulfil has its own index, and those few are quickly sorted. What lies between is small: counting
stops at COMMON, which costs a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

COMMON = 10_000
Ids = Select[int] | CompoundSelect[int]


def rarest(session: Session, found: Iterable[Ids]) -> Ids | None:
    """Of some selections of ids the smallest; None when each holds COMMON or more."""
    least, best = COMMON, None
    for ids in found:
        if not least:
            break
        number = session.scalar(select(func.count()).select_from(ids.limit(least).subquery())) or 0
        if number < least:
            least, best = number, ids
    return best


class Plain(FunctionElement[Any]):
    """A column whose index is left alone: SQLite keeps no figures of what is common and would take any index."""

    name = "plain"
    type = String()
    inherit_cache = True


@compiles(Plain)
def _as_it_is(element: Plain, compiler: SQLCompiler, **given: Any) -> str:
    return str(compiler.process(element.clauses, **given))


@compiles(Plain, "sqlite")
def _behind_a_plus(element: Plain, compiler: SQLCompiler, **given: Any) -> str:
    return f"+{compiler.process(element.clauses, **given)}"


def plain(column: Any) -> ColumnElement[Any]:
    made = Plain(column)
    made.type = column.type
    return made
