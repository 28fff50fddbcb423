"""What a sentence is about: a card or, where no single one is meant, a topic; in numpy and without Rasa.

A small network (`learner`) reads three views of the sentence (docs/decisions/0040, 0049):

* its e5 vector, from which the mean of the training sentences is taken off;
* its runs of one to three characters, weighted by rarity: they hold the trade's words that e5 blurs;
* how near its nearest training sentences of each topic are, as the search sees nearness.

A topic is as likely as it and all its cards together. What is stored are arrays and json, never pickled objects.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bot.dialogue.components import learner

LONGEST_RUN = 3
SHARED = 3  # sentences that must have a run before it counts
NEAREST = 3
AXES = 128  # of 384; all of them, or 64, find topics no better or worse (0049)
UNRELATED = 0.35  # the nearness of sentences that have only the language and the trade in common
SAME = 0.995  # two training sentences nearer than this are one sentence: it must not vouch for itself
VECTOR_WEIGHT = 0.25  # the encoder has seen these very sentences: its view of them is too good to be leaned on
NEAR_WEIGHT = 2.0
RUN_WEIGHT = 1.75
TIMES = {"oos": 2}  # one class for everything else in the world: its sentences are few for what they stand for
EXPECTED = {"oos": 0.3}  # how often it is met for how often it is learned; more rejects what is ours (0049)
TEMPERATURE = 0.85  # the mean confidence on small.yml is then near its share of right topics
HIDDEN = 192
PARTS = ("dense", "runs", "bias")  # of the hidden layer
TINY = 1e-9
SHOWN, CARDS_SHOWN = 6, 10  # topics and cards that are handed to the decision
LEAST = 1e-3  # a card less likely than this is not mentioned


def runs(text: str) -> Iterator[str]:
    """Every run of one to three characters."""
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


@dataclass(frozen=True)
class Vocabulary:
    """The runs that a few training sentences share, and how rare each is."""

    places: dict[str, int]
    rarity: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        counts = Counter(run for text in texts for run in set(runs(text)))
        kept = sorted(run for run, count in counts.items() if count >= SHARED)
        rarity = np.log((1 + len(texts)) / (1 + np.array([counts[run] for run in kept], dtype=np.float64))) + 1
        return cls({run: place for place, run in enumerate(kept)}, rarity.astype(np.float32))

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The places of a text's runs and their weights, of one length for every text."""
        counts = Counter(place for run in runs(text) if (place := self.places.get(run)) is not None)
        at = np.fromiter(sorted(counts), dtype=np.int32, count=len(counts))
        often = np.fromiter((counts[int(place)] for place in at), dtype=np.float32, count=len(at))
        weights = (1 + np.log(np.maximum(often, 1))) * self.rarity[at]
        return at, (RUN_WEIGHT * weights / max(float(np.linalg.norm(weights)), 1e-6)).astype(np.float32)


@dataclass(frozen=True)
class Sentences:
    """The training sentences as directions from their middle, sorted by label.

    A question is compared with every one of them, so they are kept along the axes on which they differ most: a third of
    the memory is read for a message, which is most of the time that this takes.
    """

    centre: np.ndarray
    axes: np.ndarray
    vectors: np.ndarray
    ends: np.ndarray  # where each label's sentences end

    @classmethod
    def of(cls, vectors: np.ndarray, numbers: np.ndarray, labels: int) -> Sentences:
        centre = vectors.mean(axis=0).astype(np.float32)
        order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=labels)).astype(np.int64)
        seen = directions(vectors[order], centre)
        _, axes = np.linalg.eigh(seen.T.astype(np.float64) @ seen)  # the widest last
        axes = axes[:, -AXES:].astype(np.float32)
        return cls(centre, axes, _unit(seen @ axes), ends)

    def nearness(self, asked: np.ndarray, *, leave_out_same: bool = False) -> np.ndarray:
        """For every row asked and label the mean cosine of the label's nearest sentences."""
        likeness = _unit(asked @ self.axes) @ self.vectors.T
        if leave_out_same:
            likeness[likeness > SAME] = -1.0
        found = np.zeros((len(asked), len(self.ends)), dtype=np.float32)
        start = 0
        for label, end in enumerate(self.ends):
            best = min(NEAREST, end - start)
            if best:
                found[:, label] = (
                    np.partition(likeness[:, start:end], -best, axis=1)[:, -best:].mean(axis=1) - UNRELATED
                )
            start = end
        return found


def directions(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Unit vectors as seen from the middle."""
    return _unit(vectors.astype(np.float32) - centre)


def _unit(rows: np.ndarray) -> np.ndarray:
    found: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return found


@dataclass(frozen=True)
class Layer:
    """Weights for the dense views and for the runs, and what is added."""

    dense: np.ndarray
    runs: np.ndarray
    bias: np.ndarray

    def __call__(self, dense: np.ndarray, places: np.ndarray, weights: np.ndarray) -> np.ndarray:
        found: np.ndarray = dense @ self.dense + weights @ self.runs[places] + self.bias
        return found


Ranked = list[tuple[str, float]]  # names with their probabilities, likeliest first


@dataclass(frozen=True)
class Understood:
    """Every topic, and the cards that the model has learned and thinks possible."""

    topics: Ranked
    cards: Ranked


@dataclass(frozen=True)
class TopicModel:
    targets: tuple[str, ...]  # a card's id, or a topic's name
    topics: tuple[str, ...]
    vocabulary: Vocabulary
    sentences: Sentences
    hidden: Layer
    last: np.ndarray  # (hidden and one, targets)

    @classmethod
    def train(
        cls, texts: Sequence[str], vectors: np.ndarray, topics: Sequence[str], cards: Sequence[str]
    ) -> TopicModel:
        """Learn from plain texts, their vectors and topics, and their cards, "" where a sentence has none."""
        aimed = [card or topic for card, topic in zip(cards, topics, strict=True)]
        targets, names = tuple(sorted(set(aimed))), tuple(sorted(set(topics)))
        if len(names) < 2:
            raise ValueError("nlu_data: a topic model needs sentences of at least two topics")
        vocabulary = Vocabulary.of(texts)
        sentences = Sentences.of(vectors, _numbers(topics, names), len(names))
        asked = directions(vectors, sentences.centre)
        dense = _dense(asked, sentences.nearness(asked, leave_out_same=True))
        runs_of_all = _together([vocabulary.row(text) for text in texts], len(vocabulary.places))
        times = np.array([TIMES.get(topic, 1) for topic in topics])
        net = learner.train(dense, runs_of_all, _numbers(aimed, targets), times, HIDDEN)
        hidden = Layer(net.dense.now, net.runs.now, net.bias.now)
        return cls(targets, names, vocabulary, sentences, hidden, np.vstack([net.last.now, net.last_bias.now]))

    def understand(self, text: str, vector: np.ndarray) -> Understood:
        found = self._probabilities(text, vector)
        of_topic = np.bincount(self._topic_of_target, weights=found, minlength=len(self.topics))
        sure = np.exp(_log_softmax((np.log(of_topic + TINY) + self._expected) / TEMPERATURE))
        likely = [(self.targets[place], float(found[place])) for place in np.flatnonzero(found >= LEAST)]
        return Understood(
            ranked(zip(self.topics, map(float, sure), strict=True)),
            ranked(pair for pair in likely if "." in pair[0]),
        )

    @cached_property
    def _topic_of_target(self) -> np.ndarray:
        return _numbers([topic_of(target) for target in self.targets], self.topics)

    @cached_property
    def _expected(self) -> np.ndarray:
        return np.log([EXPECTED.get(topic, 1.0) for topic in self.topics])

    def _probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        """One number a target; together they make one."""
        asked = directions(vector.reshape(1, -1), self.sentences.centre)
        dense = _dense(asked, self.sentences.nearness(asked))[0]
        seen = np.append(np.maximum(self.hidden(dense, *self.vocabulary.row(text)), 0.0), np.float32(1.0))
        found: np.ndarray = np.exp(_log_softmax(seen @ self.last))
        return found

    def save(self, folder: Path) -> None:
        about = {"targets": self.targets, "topics": self.topics, "runs": list(self.vocabulary.places)}
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "arrays.npz",
            rarity=self.vocabulary.rarity,
            centre=self.sentences.centre,
            axes=self.sentences.axes,
            vectors=self.sentences.vectors.astype(np.float16),
            ends=self.sentences.ends,
            last=self.last,
            **{f"hidden_{part}": getattr(self.hidden, part).astype(np.float16) for part in PARTS},
        )

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            vocabulary = Vocabulary({run: place for place, run in enumerate(about["runs"])}, arrays["rarity"])
            sentences = Sentences(
                arrays["centre"], arrays["axes"], arrays["vectors"].astype(np.float32), arrays["ends"]
            )
            hidden = Layer(*(arrays[f"hidden_{part}"].astype(np.float32) for part in PARTS))
            return cls(tuple(about["targets"]), tuple(about["topics"]), vocabulary, sentences, hidden, arrays["last"])


def topic_of(target: str) -> str:
    """A card's id begins with its topic."""
    return target.partition(".")[0]


def _numbers(names: Sequence[str], of: Sequence[str]) -> np.ndarray:
    place = {name: number for number, name in enumerate(of)}
    return np.array([place[name] for name in names])


def ranked(found: Iterable[tuple[str, float]]) -> Ranked:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _dense(asked: np.ndarray, nearness: np.ndarray) -> np.ndarray:
    return np.concatenate([VECTOR_WEIGHT * asked, NEAR_WEIGHT * nearness], axis=1)


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    moved = scores - scores.max()
    found: np.ndarray = moved - np.log(np.exp(moved).sum())
    return found


def _together(rows: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> Any:
    """The runs of all sentences in one sparse matrix; scipy is needed only while training."""
    import scipy.sparse as sparse

    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    weights = np.concatenate([weights for _, weights in rows])
    return sparse.csr_matrix((weights, places, ends), shape=(len(rows), width), dtype=np.float32)
