"""A question that the quick model is unsure of is read twice; one that it is sure of is not."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from bot.dialogue.components import careful
from bot.dialogue.components.topic_model import Understood

SURE = Understood([("wages", 0.95), ("hours", 0.04), ("oos", 0.01)], [("wages.arrears", 0.9)])
UNSURE = Understood([("hours", 0.5), ("wages", 0.4), ("oos", 0.1)], [("hours.overtime", 0.4), ("wages.arrears", 0.3)])


@dataclass
class Quick:
    """Stands for the quick model."""

    found: Understood

    def understand(self, text: str, vector: np.ndarray) -> Understood:
        return self.found


@dataclass
class Second:
    """Stands for the reader."""

    chances: dict[str, float]
    asked: list[str] = field(default_factory=list)

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.chances)

    def read(self, text: str) -> np.ndarray:
        self.asked.append(text)
        return np.array(list(self.chances.values()), dtype=np.float32)


def second() -> Second:
    return Second({"wages.arrears": 0.7, "wages.new_card": 0.1, "hours.overtime": 0.1, "oos": 0.1})


def asked(found: Understood, reader: Second | None, text: str = "工资怎么算") -> Understood:
    return careful.understand(Quick(found), reader, text, np.zeros(4))  # type: ignore[arg-type]


def test_a_sure_first_reading_stands() -> None:
    reader = second()
    assert asked(SURE, reader) is SURE and reader.asked == []


def test_without_a_reader_the_first_reading_stands() -> None:
    assert asked(UNSURE, None) is UNSURE


def test_both_readings_are_believed() -> None:
    found = asked(UNSURE, second())

    assert found.topics[0][0] == "wages" and found.cards[0][0] == "wages.arrears"
    assert sum(sure for _, sure in found.topics) == pytest.approx(1)
    wages, hours = dict(found.topics)["wages"], dict(found.topics)["hours"]
    assert wages / hours == pytest.approx(np.sqrt(0.4 * 0.8) / np.sqrt(0.5 * 0.1), rel=1e-3)


@pytest.mark.parametrize("meant", ["give_fact", "crisis", "human"])
def test_danger_and_words_that_steer_are_the_quick_models_alone(meant: str) -> None:
    reader = second()
    first = Understood([(meant, 0.6), ("wages", 0.3), ("oos", 0.1)], [])
    assert asked(first, reader, "0") is first and reader.asked == []

    beside = Understood([("hours", 0.4), (meant, 0.35), ("wages", 0.2), ("oos", 0.05)], [])
    found = dict(asked(beside, reader).topics)
    assert found[meant] == 0.35 and sum(found.values()) == pytest.approx(1)


def test_a_topic_that_one_reading_rules_out_can_still_be_meant() -> None:
    found = dict(asked(UNSURE, Second({"wages.arrears": 1.0, "hours.overtime": 0.0, "oos": 0.0})).topics)
    assert 0 < found["hours"] < found["wages"]


def test_a_card_that_the_reader_never_learned_keeps_its_chance() -> None:
    found = dict(asked(UNSURE, Second({"wages": 0.5, "hours": 0.4, "oos": 0.1})).cards)
    assert found == pytest.approx(dict(UNSURE.cards))


def test_the_reader_is_asked_what_the_encoder_is_asked() -> None:
    reader = second()
    asked(UNSURE, reader, "公資拖欠" + "，后来我又去找他" * 40 + "，怎么办？")
    (text,) = reader.asked
    assert text.startswith("工资拖欠") and len(text) < 140
