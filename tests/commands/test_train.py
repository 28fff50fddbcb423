"""A new model replaces the old one only if it knows our committed questions as well; the manifest says what it is."""

import hashlib
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.components.topic_model import Layer, Sentences, TopicModel, Vocabulary
from commands import train
from commands.model_score import Score, score
from kit.settings import Settings
from knowledge.encoder import E5, Vectors

OURS = [("工资拖欠了三个月", "wages"), ("加班费怎么算", "hours"), ("今天天气怎么样", "oos")]


class Letters:
    """Vectors that tell our sentences apart."""

    name = "letters"

    def encode_query(self, texts: list[str]) -> Vectors:
        rows = np.array([[text.count(letter) + 0.1 for letter in "工资加班天气怎"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_passage = encode_query


def a_model(path: Path, labels: tuple[str, ...] = ("wages", "hours", "oos")) -> Path:
    """A topic model that only knows its three sentences, packed as Rasa packs it; `labels` says what it calls them."""
    vectors = Letters().encode_query([text for text, _ in OURS])
    width = vectors.shape[1] + len(labels)
    near = np.zeros((width, len(labels)), dtype=np.float32)
    near[-len(labels) :] = 10 * np.eye(len(labels))
    vocabulary = Vocabulary.of([text for text, _ in OURS])
    runs = len(vocabulary.places)
    hidden = Layer(near, np.zeros((runs, len(labels)), np.float32), np.zeros(len(labels), np.float32))
    last = np.vstack([np.eye(len(labels), dtype=np.float32), np.zeros((1, len(labels)), np.float32)])
    sentences = Sentences.of(vectors, np.arange(len(labels)), len(labels))
    folder = path.with_suffix("")
    folder.mkdir(parents=True)
    TopicModel(labels, labels, vocabulary, sentences, hidden, last).save(folder)
    with tarfile.open(path, "w:gz") as packed:
        for one in folder.iterdir():
            packed.add(one, f"components/train_bot.dialogue.components.topic_classifier.TopicClassifier1/{one.name}")
    return path


def questions(path: Path) -> Path:
    path.write_text("\n".join(f"- {{text: {text}, topic: {topic}}}" for text, topic in OURS), encoding="utf-8")
    return path


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Training takes the model that lies at `next`; questions and vectors are the small ones of this file."""
    asked = questions(tmp_path / "asked.yml")
    monkeypatch.setattr(train, "score", lambda archive, reader, encoder: score(archive, reader, Letters(), asked))
    monkeypatch.setattr(train, "build", lambda models: models)
    monkeypatch.setattr(train, "Reader", lambda folder: None)
    monkeypatch.setattr(train, "_train", lambda *_: tmp_path / "next.tar.gz")
    return Settings(models=tmp_path / "models")


def trains(monkeypatch: pytest.MonkeyPatch, configured: Settings, name: str, labels: tuple[str, ...]) -> Path:
    monkeypatch.setattr(train, "checksum", lambda _: name)
    a_model(configured.models.parent / "next.tar.gz", labels)
    return train.train_if_needed(configured, accept_worse=name == "wanted")


RIGHT, WRONG = ("wages", "hours", "oos"), ("hours", "wages", "oos")


def test_a_model_is_scored_without_rasa(tmp_path: Path) -> None:
    asked = questions(tmp_path / "asked.yml")

    assert score(a_model(tmp_path / "good.tar.gz"), None, Letters(), asked).right == 3
    assert score(a_model(tmp_path / "bad.tar.gz", WRONG), None, Letters(), asked).right == 1


def test_a_worse_model_does_not_replace_a_better_one(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = trains(monkeypatch, configured, "first", RIGHT)
    shutil.rmtree(configured.models.parent / "next.tar")

    assert trains(monkeypatch, configured, "second", WRONG) == first == train.current_model(configured)
    shutil.rmtree(configured.models.parent / "next.tar")
    wanted = trains(monkeypatch, configured, "wanted", WRONG)
    assert wanted != first and train.current_model(configured) == wanted


def test_a_worse_model_is_taken_when_the_old_one_knows_another_dialogue(
    configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains(monkeypatch, configured, "first", RIGHT)
    shutil.rmtree(configured.models.parent / "next.tar")
    monkeypatch.setattr(train, "dialogue_checksum", lambda: "another")

    assert trains(monkeypatch, configured, "second", WRONG).name == "gongyou-second.tar.gz"


def test_the_manifest_holds_checksums_and_score(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    model = trains(monkeypatch, configured, "first", RIGHT)
    manifest = train.manifest_of(model)

    assert manifest["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert manifest["score"]["right"] == 3 and manifest["encoder"] == E5().name
    assert {"config.yml", "knowledge/weights/adapted.npz", "nlu_data/nlu/wages.yml"} <= set(manifest["inputs"])


def test_chance_is_not_worse() -> None:
    assert not Score(291, 294, "q").is_worse_than(Score(293, 294, "q"))
    assert Score(280, 294, "q").is_worse_than(Score(293, 294, "q"))
    assert not Score(280, 294, "other").is_worse_than(Score(293, 294, "q"))
