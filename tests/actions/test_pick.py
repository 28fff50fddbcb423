"""Topics against cards, on made-up nearness: what a new card, a tie, a stranger and a doubt lead to."""

from datetime import date

import pytest

from actions.pick import ALTERNATIVES, CLOSE, FAR, LIKELY, SAME, SURE, weigh
from knowledge.search import Entry, Hit


def hit(card: str, score: float) -> Hit:
    topic = card.partition(".")[0]
    entry = Entry(card, "card", topic, "CN", card, (card,), start=date(2020, 1, 1))
    return Hit(card, score, score, score, "意思相近", entry)


def test_the_nearest_card_of_the_likeliest_topic_answers() -> None:
    picked = weigh({"wages": 0.8, "hours": 0.1}, [hit("hours.rest", 0.55), hit("wages.arrears", 0.5)])

    assert (picked.kind, picked.card_id, picked.topic) == ("answer", "wages.arrears", "wages")
    assert picked.alternatives == ("hours.rest",)
    assert picked.reasons


def test_a_card_that_says_the_same_wins_without_any_training() -> None:
    picked = weigh({"oos": 0.9, "wages": 0.05}, [hit("aid.new_card", 0.98)])

    assert (picked.kind, picked.card_id) == ("answer", "aid.new_card")


def test_what_is_not_ours_stays_outside() -> None:
    picked = weigh({"oos": 0.7, "wages": 0.2}, [hit("wages.arrears", SAME - 0.3)])

    assert (picked.kind, picked.card_id, picked.topic) == ("oos", None, "oos")


def test_two_close_cards_are_asked_about_when_the_topic_is_in_doubt() -> None:
    likely = {"wages": SURE - 0.3, "hours": SURE - 0.3}
    picked = weigh(likely, [hit("wages.one", 0.4), hit("hours.two", 0.4 - CLOSE / 2), hit("wages.far", 0.25)])

    assert picked.kind == "clarify"
    assert [one.card for one in picked.hits[:2]] == ["wages.one", "hours.two"]


def test_of_a_certain_topic_the_best_card_is_shown_without_asking() -> None:
    picked = weigh({"wages": SURE + 0.3}, [hit("wages.one", 0.4), hit("wages.two", 0.4 - CLOSE / 2)])

    assert (picked.kind, picked.card_id) == ("answer", "wages.one")


@pytest.mark.parametrize("near", [[], [hit("wages.one", FAR - 0.01)]])
def test_nothing_near_is_said_so(near: list[Hit]) -> None:
    assert weigh({"wages": LIKELY - 0.1}, near).kind == "nothing"


def test_without_any_ranking_nearness_decides() -> None:
    assert weigh({}, [hit("wages.one", 0.6)]).card_id == "wages.one"


def test_equal_cards_are_always_ordered_alike() -> None:
    cards = [hit("wages.b", 0.5), hit("wages.a", 0.5)]

    assert weigh({"wages": 0.9}, cards).card_id == weigh({"wages": 0.9}, cards[::-1]).card_id == "wages.a"


def test_a_likely_topic_gets_its_card_though_nothing_is_near() -> None:
    far = [hit("wages.one", FAR - 0.02)]

    assert weigh({"wages": LIKELY + 0.1}, far).card_id == "wages.one"
    assert weigh({"wages": LIKELY - 0.1}, far).kind == "nothing"


def test_what_is_offered_after_the_first_card_does_not_share_its_topics_luck() -> None:
    """The others are for when the topic was wrong: by nearness, not by topic."""
    near = [hit("wages.one", 0.5), hit("wages.two", 0.4), hit("hours.one", 0.45), hit("wages.three", 0.39)]
    picked = weigh({"wages": 0.95, "hours": 0.05}, near)

    assert picked.card_id == "wages.one" and len(picked.alternatives) == ALTERNATIVES
    assert picked.alternatives[:2] == ("hours.one", "wages.two")
