"""What leans on the last answer is understood against it; what stands by itself is not."""

from typing import Any, cast

import pytest

from actions import follow
from actions.follow import leans_on_the_last_answer
from actions.talk import Talk
from actions.turn import World
from knowledge.search import Entry, Hit
from tests.actions.world import Known, base, turn

PROBATION = Talk(card="contract.probation_length", topic="contract")


def hit(card: str, score: float) -> Hit:
    entry = Entry(card, "card", card.split(".")[0], "CN", card, (card,))
    return Hit(card, score, score, score, "", entry)


def shown(monkeypatch: pytest.MonkeyPatch, text: str, talk: Talk, alone: list[Hit], together: list[Hit]) -> str | None:
    """What follows when the search finds these for the words alone, and for them behind the last card's title."""
    found = lambda *_, text="", **__: together if text else alone  # noqa: E731
    monkeypatch.setattr(follow, "hits_for", found)
    known: Any = Known(base(), None)
    world = World(cast(Any, None), lambda: known, lambda _: cast(Any, None))
    return follow.after(turn(text, talk=talk), world).messages[0].card


@pytest.mark.parametrize("text", ["工资怎么算", "要多久", "那要什么材料呢", "咋办", "补偿怎么算？"])
def test_a_bare_question_leans_on_the_last_answer(text: str) -> None:
    assert leans_on_the_last_answer(turn(text, talk=PROBATION))
    assert not leans_on_the_last_answer(turn(text))


@pytest.mark.parametrize("text", ["加班工资怎么算", "工伤认定要多久", "孩子上学户口怎么办", "我想找人工"])
def test_a_whole_question_does_not(text: str) -> None:
    assert not leans_on_the_last_answer(turn(text, talk=PROBATION))


def test_the_subject_of_the_last_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [hit("wages.daily_rate", 0.7), hit("wages.probation_pay", 0.3)]
    together = [hit("contract.probation_length", 0.96), hit("wages.probation_pay", 0.69)]

    assert shown(monkeypatch, "工资怎么算", PROBATION, alone, together) == "wages.probation_pay"


def test_a_subject_of_its_own_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [hit("dispute.limit_defense", 0.95)]
    together = [hit("contract.probation_length", 0.7), hit("contract.probation_only", 0.5)]

    assert shown(monkeypatch, "那时效呢", PROBATION, alone, together) == "dispute.limit_defense"


def test_words_that_lead_back_to_the_last_card_show_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [hit("contract.probation_length", 0.32), hit("women.marriage_clause", 0.31)]

    assert shown(monkeypatch, "三年的呢", PROBATION, alone, alone) == "contract.probation_length"


def test_nothing_near_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    far = [hit("wages.daily_rate", 0.1)]

    assert shown(monkeypatch, "嗯哼哈", PROBATION, far, far) is None
