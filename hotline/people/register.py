"""Where personal data stand, table by table: what a worker's copy tells, and what his deletion does.

Export and deletion walk over this one list, so a new table is in both as soon as it is registered, and a test fails
until it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from hotline.people.errors import BadCatalogue
from kit.db import Base
from knowledge.strict import read_yaml

FILE = Path(__file__).parent / "register.yml"


@dataclass(frozen=True)
class Whose:
    """Whose rows are meant: one person with all his roads, or a road that no person is known of."""

    person_id: int | None
    conversations: tuple[str, ...]


@dataclass(frozen=True)
class Registered:
    name: str
    title: str
    about: Mapping[str, str]
    tell: tuple[str, ...]
    silent: tuple[str, ...]
    erase: Any

    @property
    def is_direct(self) -> bool:
        """Found by himself or his conversation, not through another table."""
        return all(by in ("ROAD", "HIM") for by in self.about.values())

    @property
    def table(self) -> Table:
        return Base.metadata.tables[self.name]


@dataclass(frozen=True)
class Register:
    tables: Mapping[str, Registered]
    others: Mapping[str, str]

    def rows_of(self, name: str, whose: Whose) -> ColumnElement[bool]:
        """The condition that finds his rows of a table."""
        one = self.tables[name]
        return or_(*(self._found(one.table.c[column], by, whose) for column, by in one.about.items()))

    def _found(self, column: ColumnElement[Any], by: str, whose: Whose) -> ColumnElement[bool]:
        match by:
            case "ROAD":
                return column.in_(whose.conversations)
            case "HIM":
                return column == whose.person_id
            case _:
                other = self.tables[by].table
                return column.in_(select(other.c.id).where(self.rows_of(by, whose)))

    def rows(self, session: Session, whose: Whose) -> Iterator[tuple[Registered, Sequence[Any]]]:
        for one in self.tables.values():
            if one.tell:
                columns = [one.table.c[name] for name in one.tell]
                query = select(*columns).where(self.rows_of(one.name, whose))
                yield one, session.execute(query.order_by(*one.table.primary_key.columns)).all()

    def erase(self, session: Session, whose: Whose) -> None:
        """Dependents first: a row that is found through another goes before it does."""
        for one in sorted(
            self.tables.values(), key=lambda one: all(by in ("ROAD", "HIM") for by in one.about.values())
        ):
            his = self.rows_of(one.name, whose)
            if one.erase == "delete":
                session.execute(delete(one.table).where(his))
            elif "set" in one.erase:
                session.execute(update(one.table).where(his).values(**one.erase["set"]))


@lru_cache(maxsize=1)
def register() -> Register:
    raw = read_yaml(FILE)
    tables = {name: _registered(name, row) for name, row in raw["tables"].items()}
    return Register(tables, raw["others"])


def _registered(name: str, row: dict[str, Any]) -> Registered:
    erase = row["erase"]
    if erase != "delete" and not (isinstance(erase, dict) and len(erase) == 1 and erase.keys() <= {"set", "keep"}):
        raise BadCatalogue(f"register.yml: {name}: erase is `delete`, `set: ...` or `keep: why`")
    return Registered(name, row["title"], row["about"], tuple(row["tell"]), tuple(row["silent"]), erase)
