"""One calculator: what it asks, which figures it needs, and the pure function that works it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from knowledge.calendar import Calendar, CalendarMissing

from .errors import BadInput, FigureMissing
from .fields import Field, schema
from .result import Result

CAUTION = "以上仅供参考，以仲裁、法院裁决或经办机构核定为准。"


class FiguresSource(Protocol):
    """Where the figures of the law come from; knowledge.base.Base is one. What it does not hold is a LookupError."""

    def param(self, id: str, on: date) -> Any:
        """A national figure in force on a day."""

    def region_fact(self, path: str, region: str | None, on: date) -> Any:
        """A figure of a place, from its own level or the nearest above: value, level_region, since, verified."""


@dataclass(frozen=True)
class Regional:
    """A figure that differs by place: where it is kept and what to call it when it is missing."""

    path: str
    title: str
    unit: str = "元"


@dataclass(frozen=True)
class Calculator:
    """A kind of sum.

    `params` are figures of the law that the function cannot do without; `national` and `regional` may be given in the
    request, are looked up otherwise, and are None where nobody has filled them in. `by_year` hands
    over a look-up, `tables` several figures under one name. `asked_if` names fields that programs may leave out but
    that a talk asks for in their turn, when what is known so far calls for them.
    """

    kind: str
    code: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    function: Callable[..., Result]
    params: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    by_year: Mapping[str, str] = field(default_factory=dict)
    national: Mapping[str, str] = field(default_factory=dict)
    regional: Mapping[str, Regional] = field(default_factory=dict)
    dated_by: str | None = None
    context: tuple[str, ...] = ()
    asked_if: Mapping[str, Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)
    caution: str = CAUTION

    def schema(self) -> dict[str, Any]:
        """JSON schema of the inputs; unknown members are ignored."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title,
            "description": self.summary,
            "type": "object",
            "properties": {one.name: schema(one) for one in self.fields},
            "required": [one.name for one in self.fields if one.required],
            "additionalProperties": True,
        }

    def read(self, inputs: Mapping[str, object], today: date) -> dict[str, Any]:
        """Every field typed; the first bad one raises."""
        return {one.name: one.parse(inputs.get(one.name), today) for one in self.fields}

    def run(self, inputs: Mapping[str, object], base: FiguresSource, on: date, calendar: Calendar) -> Result:
        """Read the inputs, fetch the figures of their day, work it out."""
        values = self.read(inputs, on)
        day = self._day(values, on)
        notes = self._still_to_come(values, on)
        notes += self._fill_national(values, base, day) + self._fill_regional(values, base, day)
        figures = self._figures(base, day, on)
        yearly = {name: self._by_year(base, id) for name, id in self.by_year.items()}
        around = {"today": on, "on": on, "calendar": calendar}
        values.pop("region", None)
        try:
            result = self.function(**values, **figures, **yearly, **{name: around[name] for name in self.context})
        except CalendarMissing as error:
            raise BadInput(self.dated_by or self.fields[0].name, f"{error}。", "") from error
        return result.with_notes(notes, [*self._unverified(base), self.caution])

    def _still_to_come(self, values: Mapping[str, Any], on: date) -> list[str]:
        """Who knows his last day may work it out before it comes, and is told that this was taken for granted."""
        day = values.get("last_day")
        return [f"{day.isoformat()}还没到，按做到那天算。"] if isinstance(day, date) and day > on else []

    def _unverified(self, base: FiguresSource) -> list[str]:
        """Figures that nobody has held against a text yet are used only with a word about it."""
        held = getattr(base, "params", {})
        ids = (*self.params.values(), *self.national.values())
        titles = [held[id].title for id in ids if id in held and held[id].verified is None]
        return [f"“{'、'.join(titles)}”还没对过原文，以最新规定为准，请打12333核对。"] if titles else []

    def _day(self, values: Mapping[str, Any], on: date) -> date:
        """The day whose law counts: the event's, where the calculator names one, else today."""
        given = values.get(self.dated_by) if self.dated_by else None
        if isinstance(given, int):
            return date(given, 12, 31) if given < on.year else on
        return given if isinstance(given, date) and given < on else on

    def _figures(self, base: FiguresSource, day: date, on: date) -> dict[str, Any]:
        """The figures of the day; a day before the law is a bad input, a gap in today's figures is ours."""
        try:
            found = {name: self._param(base, id, day) for name, id in self.params.items()}
            for name, ids in self.tables.items():
                found[name] = {key: self._param(base, id, day) for key, id in ids.items()}
        except FigureMissing as error:
            if self.dated_by is None or day == on:
                raise
            message = f"{day}时的规定和现在不同，这里不能算，请转人工按当时的规定核对。"
            raise BadInput(self.dated_by, message, on.isoformat()) from error
        return found

    def _param(self, base: FiguresSource, id: str, day: date) -> Any:
        try:
            found = base.param(id, day)
        except LookupError as error:
            raise FigureMissing(id, self.title) from error
        value = getattr(found, "value", found)
        if value is None:
            raise FigureMissing(id, self.title)
        return exact(value)

    def _by_year(self, base: FiguresSource, id: str) -> Callable[[int], Any]:
        """A dated figure asked for by the year that the sum itself finds."""
        return lambda year: self._param(base, id, date(year, 1, 1))

    def _fill_national(self, values: dict[str, Any], base: FiguresSource, day: date) -> list[str]:
        """Yearly national figures; before the first one that is kept there is none, and the result says so."""
        titles = {one.name: one.title for one in self.fields}
        notes = []
        for name, id in self.national.items():
            if values.get(name) is not None:
                continue
            try:
                values[name] = self._param(base, id, day)
            except FigureMissing:
                continue
            notes.append(f"{titles[name]}按政策库里的{values[name]}计算。")
        return notes

    def _fill_regional(self, values: dict[str, Any], base: FiguresSource, day: date) -> list[str]:
        """Put the place's figures where the request gave none; say which were used."""
        region = values.get("region")
        notes = []
        for name, need in self.regional.items():
            if values.get(name) is not None:
                notes.append(f"{need.title}按你给的{values[name]}{need.unit}计算，请核对是不是当地最新数。")
                continue
            found = regional(base, need.path, region, day)
            values[name] = None if found is None else exact(found.value)
            if found is not None:
                place = getattr(base, "region_title", str)(found.level_region)
                figure = "规定" if isinstance(values[name], Mapping) else f"{values[name]}{need.unit}"
                notes.append(f"{need.title}按{place}{found.since}起的{figure}计算。")
                if getattr(found.verified, "mark", None):
                    notes.append(f"{place}的{need.title}还没对过原文，请打12333核对。")
        return notes


def regional(base: FiguresSource, path: str, region: str | None, day: date) -> Any:
    """The place's figure, or None where nobody has filled it in."""
    if region is None:
        return None
    try:
        return base.region_fact(path, region, day)
    except LookupError:
        return None


def exact(value: Any) -> Any:
    """Numbers of the policy base as Decimal, also inside lists and tables."""
    if isinstance(value, (list, tuple)):
        return tuple(exact(part) for part in value)
    if isinstance(value, Mapping):
        return {key: exact(part) for key, part in value.items()}
    if isinstance(value, bool) or value is None or isinstance(value, (str, date)):
        return value
    return Decimal(str(value))
