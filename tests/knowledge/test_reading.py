"""The list of cards read aloud is what the cards say, and none of them takes more than a minute."""

from knowledge.loader import shipped
from scripts.reading_test import DRAWN, MINUTE, PAGE, drawn, page, reading


def test_the_list_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(shipped()), "run python -m scripts.reading_test"


def test_each_drawn_card_is_read_in_a_minute_and_says_where_to_turn() -> None:
    rows = [reading(shipped(), card) for card in drawn(shipped())]
    assert len({row.card for row in rows}) == DRAWN
    assert [(row.card, round(row.seconds)) for row in rows if row.seconds > MINUTE] == []
    assert [row.card for row in rows if not row.next_step or not any(sign.isdigit() for sign in row.call)] == []
