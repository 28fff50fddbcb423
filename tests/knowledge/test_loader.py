"""Strict YAML, and what the loader makes of the sample's files."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.errors import DataError
from knowledge.loader import DATA, load, read
from knowledge.strict import parse_yaml
from tests.knowledge.sample import sample


def test_decimals_dates_and_words_keep_what_they_are() -> None:
    found = parse_yaml('a: 1.10\non: 2026-11-21\nb: "82"\nc: 3\nd: null\ne: no\nf: true\n', "x")

    assert found == {"a": Decimal("1.10"), "on": date(2026, 11, 21), "b": "82", "c": 3, "d": None, "e": "no", "f": True}
    assert str(found["a"]) == "1.10"


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a: {b: 1, b: 2}", "a:\n\tb: 1", "a: &x 1\nb: *x", "a: !!python/name:os 1"]
)
def test_what_is_refused_names_file_and_line(text: str) -> None:
    with pytest.raises(DataError, match=r"^cards/x\.yml"):
        parse_yaml(text, "cards/x.yml")


def test_one_file_is_one_parameter_or_a_group() -> None:
    assert set(sample().params) == {"severance.high_pay_multiple", "tests.old_rate", "tests.new_rate"}


def test_a_base_without_a_tree_or_offices_loads(tmp_path: Path) -> None:
    base, problems = read(tmp_path)
    assert problems == [] and not base.versions


def test_a_broken_base_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "x.yml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"laws/x\.yml"):
        load(tmp_path)


def test_the_shipped_files_load() -> None:
    _, problems = read(DATA)
    assert [str(one) for one in problems] == []
