"""How well a trained model knows the topics of our own committed questions, read from its archive without Rasa.

Asked before a new model replaces the one that answers workers (docs/decisions/0044). The questions are asked of the
topic model and the reader alone; `./gongyou eval` asks the whole product.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.dialogue.components import careful
from bot.dialogue.components.topic_model import TopicModel
from commands.evaluate.questions import read
from kit.settings import ROOT
from knowledge.encoder import Encoder, Vectors
from knowledge.telling import as_asked

QUESTIONS = ROOT / "tests" / "questions" / "small.yml"
COMPONENT = "topic_classifier.TopicClassifier"
CHANCE = 0.01  # of the questions; by so much two trainings on nearly the same sentences differ


@dataclass(frozen=True)
class Score:
    """How many questions got a topic that serves; `questions` is the checksum of the file that was asked."""

    right: int
    all: int
    questions: str

    def is_worse_than(self, other: Score) -> bool:
        return self.questions == other.questions and other.right - self.right > CHANCE * self.all

    def __str__(self) -> str:
        return f"{self.right} of {self.all} committed questions right"

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> Score | None:
        known = manifest.get("score")
        return cls(**known) if known else None


def score(archive: Path, reader: careful.Reads | None, encoder: Encoder, path: Path = QUESTIONS) -> Score:
    model = topic_model(archive)
    return score_of(lambda text, vector: careful.understand(model, reader, text, vector).topics[0][0], encoder, path)


def score_of(topic_of: Callable[[str, Vectors], str], encoder: Encoder, path: Path = QUESTIONS) -> Score:
    """Whoever answers with a topic: a model in its archive, or a Rasa process that runs."""
    questions = [one for one in read(path) if one.topic]
    vectors = encoder.encode_query([as_asked(one.text) for one in questions])
    right = sum(topic_of(one.text, row) in one.accept for one, row in zip(questions, vectors, strict=True))
    return Score(right, len(questions), hashlib.sha256(path.read_bytes()).hexdigest()[:16])


def topic_model(archive: Path) -> TopicModel:
    """The topic model out of a trained Rasa model."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        wanted = [one for one in packed.getmembers() if COMPONENT in one.name and one.isfile()]
        for one in wanted:
            one.name = Path(one.name).name
            packed.extract(one, folder, filter="data")
        return TopicModel.load(Path(folder))
