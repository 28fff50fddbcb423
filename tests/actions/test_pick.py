"""Topics against cards, on made-up nearness: what a new card, a tie, a stranger and a doubt lead to."""

from datetime import date

import pytest

from actions.pick import ALTERNATIVES, CLOSE, FAR, LIKELY, SAME, SURE, weigh
from knowledge.search import Entry, Hit

SAID = "老板不给钱"


def hit(card: str, score: float, *cues: str, learned: bool = False) -> Hit:
    topic = card.partition(".")[0]
    entry = Entry(card, "card", topic, "CN", card, (card,), start=date(2020, 1, 1), cues=cues, learned=learned)
    return Hit(card, score, score, score, "意思相近", entry)


def test_the_nearest_card_of_the_likeliest_topic_answers() -> None:
    picked = weigh({"wages": 0.8, "hours": 0.1}, [hit("hours.rest", 0.55), hit("wages.arrears", 0.54)], SAID)

    assert (picked.kind, picked.card_id, picked.topic) == ("answer", "wages.arrears", "wages")
    assert picked.alternatives == ("hours.rest",)
    assert picked.reasons


def test_the_card_that_the_model_is_sure_of_comes_before_one_that_is_a_little_nearer() -> None:
    near = [hit("wages.one", 0.50, learned=True), hit("wages.two", 0.48, learned=True)]

    assert weigh({"wages": 0.9}, near, SAID).card_id == "wages.one"
    assert weigh({"wages": 0.9}, near, SAID, {"wages.one": 0.1, "wages.two": 0.8}).card_id == "wages.two"
    assert weigh({"wages": 0.9}, near, SAID, {"wages.one": 0.001, "wages.two": 0.0001}).card_id == "wages.one"


def test_a_card_that_the_model_has_not_learned_is_as_likely_as_the_likeliest() -> None:
    """It was published at the desk after the training: nearness alone decides between the two."""
    near = [hit("wages.old", 0.50, learned=True), hit("wages.new", 0.52)]

    assert weigh({"wages": 0.9}, near, SAID, {"wages.old": 0.99}).card_id == "wages.new"


def test_a_card_that_says_the_same_wins_without_any_training() -> None:
    picked = weigh({"oos": 0.9, "wages": 0.05}, [hit("aid.new_card", 0.98)], SAID)

    assert (picked.kind, picked.card_id) == ("answer", "aid.new_card")


def test_what_is_not_ours_stays_outside() -> None:
    picked = weigh({"oos": 0.7, "wages": 0.2}, [hit("wages.arrears", SAME - 0.3)], SAID)

    assert (picked.kind, picked.card_id, picked.topic) == ("oos", None, "oos")


def test_two_close_cards_are_asked_about_when_the_topic_is_in_doubt() -> None:
    likely = {"wages": SURE - 0.3, "hours": SURE - 0.3}
    near = [hit("wages.one", 0.4), hit("hours.two", 0.4 - CLOSE / 2), hit("wages.far", 0.25)]
    picked = weigh(likely, near, SAID)

    assert picked.kind == "clarify"
    assert [one.card for one in picked.hits[:2]] == ["wages.one", "hours.two"]


def test_of_a_certain_topic_the_best_card_is_shown_without_asking() -> None:
    picked = weigh({"wages": SURE + 0.3}, [hit("wages.one", 0.4), hit("wages.two", 0.4 - CLOSE / 2)], SAID)

    assert (picked.kind, picked.card_id) == ("answer", "wages.one")


def test_of_two_close_cards_the_one_of_a_certain_topic_is_shown_without_asking() -> None:
    """“真的撑不住了工资怎么办”: aid to those in need lies nearer, and he speaks of wages."""
    picked = weigh({"wages": SURE + 0.3}, [hit("aid.one", 0.42), hit("wages.two", 0.42 - 0.03)], SAID)

    assert (picked.kind, picked.card_id, picked.topic) == ("answer", "wages.two", "wages")
    assert [one.card for one in picked.hits] == ["wages.two", "aid.one"]


@pytest.mark.parametrize("near", [[], [hit("wages.one", FAR - 0.01)]])
def test_nothing_near_is_said_so(near: list[Hit]) -> None:
    assert weigh({"wages": LIKELY - 0.1}, near, SAID).kind == "nothing"


def test_without_any_ranking_nearness_decides() -> None:
    assert weigh({}, [hit("wages.one", 0.6)], SAID).card_id == "wages.one"


def test_equal_cards_are_always_ordered_alike() -> None:
    cards = [hit("wages.b", 0.5), hit("wages.a", 0.5)]

    assert [weigh({"wages": 0.9}, order, SAID).card_id for order in (cards, cards[::-1])] == ["wages.a"] * 2


def test_a_likely_topic_gets_its_card_though_nothing_is_near() -> None:
    far = [hit("wages.one", FAR - 0.02)]

    assert weigh({"wages": LIKELY + 0.1}, far, SAID).card_id == "wages.one"
    assert weigh({"wages": LIKELY - 0.1}, far, SAID).kind == "nothing"


def test_what_is_offered_after_the_first_card_may_be_of_another_topic() -> None:
    """The others are for when the topic was wrong: nearness says more than the topic."""
    near = [hit("wages.one", 0.5), hit("wages.two", 0.4), hit("hours.one", 0.45), hit("wages.three", 0.39)]
    picked = weigh({"wages": 0.95, "hours": 0.05}, near, SAID)

    assert picked.card_id == "wages.one" and len(picked.alternatives) == ALTERNATIVES
    assert picked.alternatives[:2] == ("hours.one", "wages.two")


def test_a_card_for_a_special_case_is_not_the_first_answer_to_who_does_not_speak_of_it() -> None:
    near = [hit("injury.individual_hirer", 0.6, "邻居", "私人"), hit("injury.first_steps", 0.4)]

    picked = weigh({"injury": 0.9}, near, "上班摔断了腿老板不管")
    assert (picked.kind, picked.card_id) == ("answer", "injury.first_steps")
    assert picked.alternatives == ("injury.individual_hirer",)
    assert weigh({"injury": 0.9}, near, "給鄰居蓋房摔斷了腿").card_id == "injury.individual_hirer"


def test_a_special_case_that_nobody_spoke_of_is_no_reason_to_ask_back() -> None:
    near = [hit("injury.individual_hirer", 0.4, "邻居"), hit("injury.first_steps", 0.4)]

    assert weigh({"injury": SURE - 0.3}, near, SAID).kind == "answer"


def test_a_special_case_answers_when_nothing_else_is_near() -> None:
    assert weigh({"injury": 0.9}, [hit("injury.one", 0.6, "邻居")], SAID).card_id == "injury.one"
