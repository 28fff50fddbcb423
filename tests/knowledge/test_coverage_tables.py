"""The hand-kept tables of coverage: every row and every leaf question is served by something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import knowledge

DATA = Path(knowledge.__file__).parent / "data"
MUST_HAVE_A_CARD = ("ANSWER", "ELIG", "TICKET", "ROUTE")
NOT_CARDS = ("desk", "report", "warn", "out")


def table(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DATA / "coverage" / name).read_text(encoding="utf-8"))
    return read


def card_is_missing(card: str) -> bool:
    topic, _, slug = card.partition(".")
    return not (DATA / "cards" / topic / f"{slug}.yml").exists()


def test_the_tables_hold_every_row_and_every_question() -> None:
    assert len(table("source_rows.yml")) == 199
    assert len(table("leaf_ids.yml")) == 304


@pytest.mark.parametrize("row", sorted(table("source_rows.yml")))
def test_a_row_is_served_by_cards_that_exist_or_says_why_not(row: str) -> None:
    served = table("source_rows.yml")[row]
    if isinstance(served["served_by"], list):
        assert served["served_by"]
        assert [card for card in served["served_by"] if card_is_missing(card)] == []
    else:
        assert served["served_by"] in NOT_CARDS
        assert served["reason"]


def test_answers_forms_and_routes_are_not_left_to_nobody() -> None:
    rows = table("source_rows.yml")
    left = [
        id for id, row in rows.items() if row["duty"].startswith(MUST_HAVE_A_CARD) and row["served_by"] in NOT_CARDS
    ]
    assert left == ["A08", "D16"]  # grid codes and the call to the police live on the desk and in the crisis rules


def test_every_leaf_question_has_a_card() -> None:
    assert [leaf for leaf, card in table("leaf_ids.yml").items() if card_is_missing(card)] == []
