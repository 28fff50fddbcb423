"""Reads the files of data/ into a Base. `read` collects every problem for the lint; `load` raises the first ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from knowledge import shapes
from knowledge.base import Base
from knowledge.calendar import Calendar, CalendarError, Year, year_of
from knowledge.calendar import load as load_shipped_calendar
from knowledge.errors import DataError
from knowledge.fields import Fields
from knowledge.regions import RegionTree, build_tree, load_tree
from knowledge.schema import Card, Law, Lists, Office, Parameter, RegionFact
from knowledge.strict import parse_yaml, read_yaml

DATA = Path(__file__).resolve().parent / "data"
SHOWN_PROBLEMS = 20
T = TypeVar("T")


@dataclass
class _Reader:
    """Goes through the folders and keeps what loaded and what did not."""

    root: Path
    problems: list[DataError] = field(default_factory=list)

    def shown(self, path: Path) -> str:
        """Paths in messages as a person at the top of the repository types them."""
        try:
            return (Path("knowledge/data") / path.relative_to(DATA)).as_posix()
        except ValueError:
            return path.relative_to(self.root.parent).as_posix()

    def each(self, pattern: str, build: Callable[[Any, Path, str], T]) -> list[T]:
        found = []
        for path in sorted(self.root.glob(pattern)):
            shown = self.shown(path)
            data = self.attempt(read_yaml, path, shown)
            built = None if data is None else self.attempt(build, data, path, shown)
            if built is not None:
                found.append(built)
        return found

    def attempt(self, build: Callable[..., T], *given: Any) -> T | None:
        try:
            return build(*given)
        except DataError as error:
            self.problems.append(error)
            return None

    def unique(self, found: dict[Any, T], key: Any, value: T, path: str) -> None:
        if key in found:
            shown = key if isinstance(key, str) else " ".join(map(str, key))
            self.problems.append(DataError(path, f"代号 {shown} 已经有了", "代号不能重复"))
        else:
            found[key] = value


def read(root: Path = DATA) -> tuple[Base, list[DataError]]:
    """Everything that loads, and every problem met."""
    reader = _Reader(root)
    base = Base(
        lists=_lists(reader),
        laws=_laws(reader),
        params=_params(reader),
        regions=_regions(reader),
        facts=_facts(reader),
        offices=_offices(reader),
        versions=_cards(reader),
        calendar=_calendar(reader),
    )
    return base, reader.problems


def load(root: Path = DATA) -> Base:
    """The base, or DataError. A base with a hole is not served."""
    base, problems = read(root)
    if problems:
        more = [str(problem) for problem in problems[1:SHOWN_PROBLEMS]]
        first = problems[0]
        raise DataError(first.path, "\n".join([first.problem, *more]), first.allowed)
    return base


@lru_cache(maxsize=1)
def shipped() -> Base:
    """The base of the files that come with the program; read once a process."""
    return load(DATA)


def _lists(reader: _Reader) -> Lists:
    """The closed lists; a base of its own (a test's) may do without and then uses the shipped ones."""
    path = reader.root / "lists.yml"
    path = path if path.exists() else DATA / "lists.yml"
    return shapes.lists(read_yaml(path, reader.shown(path)), reader.shown(path))


def _laws(reader: _Reader) -> dict[str, Law]:
    found: dict[str, Law] = {}

    def build(data: Any, path: Path, shown: str) -> Law:
        law = shapes.law(data, shown)
        if law.id != path.stem:
            raise DataError(shown, f"id 是 {law.id}", f"按文件名应该是 {path.stem}")
        return law

    for law in reader.each("laws/*.yml", build):
        found[law.id] = law
    return found


def _params(reader: _Reader) -> dict[str, Parameter]:
    """A file is one parameter, or a group whose keys are parameters: then the folder names them."""
    found: dict[str, Parameter] = {}
    for path in sorted((reader.root / "params").rglob("*.yml")):
        shown = reader.shown(path)
        data = reader.attempt(read_yaml, path, shown)
        folder = ".".join(path.parent.relative_to(reader.root / "params").parts)
        if not isinstance(data, dict):
            reader.problems.append(DataError(shown, "不是映射", "title、unit、values，或一组这样的数"))
            continue
        members = {path.stem: data} if "values" in data else data
        for key, row in members.items():
            id = f"{folder}.{key}" if folder else str(key)
            built = reader.attempt(shapes.parameter, row, shown, id)
            if built is not None:
                reader.unique(found, id, built, shown)
    return found


def _regions(reader: _Reader) -> RegionTree:
    folder = reader.root / "regions"
    return load_tree(folder) if (folder / "tree").exists() else build_tree({}, {})


def _facts(reader: _Reader) -> dict[tuple[str, str], RegionFact]:
    def build(data: Any, path: Path, shown: str) -> RegionFact:
        return shapes.region_fact(data, shown, path.parent.name, path.stem)

    return {(fact.region, fact.fact): fact for fact in reader.each("regions/CN*/*.yml", build)}


def _calendar(reader: _Reader) -> Calendar:
    """The years of this base; one of its own (a test's) may do without and then uses the shipped ones."""

    def build(data: Any, path: Path, shown: str) -> Year:
        try:
            return year_of(data, path.as_posix())
        except CalendarError as error:
            problem = str(error).removeprefix(f"{path.as_posix()}: ")
            raise DataError(shown, problem, "照着去年那份写") from error

    years = {one.year: one for one in reader.each("calendars/*.yml", build)}
    return Calendar(years) if years else load_shipped_calendar()


def _offices(reader: _Reader) -> dict[str, Office]:
    found: dict[str, Office] = {}
    for path in sorted((reader.root / "offices").glob("*.yml")):
        shown = reader.shown(path)
        data = reader.attempt(read_yaml, path, shown)
        if not isinstance(data, list):
            reader.problems.append(DataError(shown, "应该是机构的列表", "- id: …"))
            continue
        for number, row in enumerate(data, 1):
            built = reader.attempt(_office, row, shown, number)
            if built is not None:
                reader.unique(found, built.id, built, shown)
    return found


def _office(row: Any, shown: str, number: int) -> Office:
    return shapes.office(Fields(row, shown, f"第{number}个"))


def _cards(reader: _Reader) -> dict[tuple[str, str], Card]:
    found: dict[tuple[str, str], Card] = {}
    for path in sorted(reader.root.glob("cards/*/*.yml")):
        shown = reader.shown(path)
        card = reader.attempt(_card, path, shown)
        if card is not None:
            reader.unique(found, (card.id, card.region), card, shown)
    return found


def _card(path: Path, shown: str) -> Card:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(shown, "不是 UTF-8 编码", "请另存为 UTF-8") from error
    card = shapes.card(parse_yaml(text, shown), shown, text)
    slug, _, region = path.stem.partition(".")
    if card.id != f"{path.parent.name}.{slug}":
        raise DataError(shown, f"id 是 {card.id}", f"按文件位置应该是 {path.parent.name}.{slug}")
    if card.region != (region or "CN"):
        raise DataError(shown, f"region 是 {card.region}", "全国卡片写 CN；地方卡片的文件名写成 代号.地区.yml")
    return card
