"""Which topic a sentence belongs to: a softmax over three views of it, in numpy and without Rasa.

* its e5 vector, from which the mean of the training sentences is taken off (decision 0040);
* its runs of one to three characters, weighted by rarity: they hold the trade's words that e5 blurs;
* how near its nearest training sentences of each topic are, as the search sees nearness.

Two learners read the views, a logistic regression and a small network, and the mean of their log-probabilities decides:
they err on different sentences (decision 0040). What is stored are arrays and json, never pickled objects.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LONGEST_RUN = 3
SHARED = 3  # sentences that must have a run before it counts
NEAREST = 3
UNRELATED = 0.35  # the nearness of sentences that have only the language and the trade in common
SAME = 0.995  # two training sentences nearer than this are one sentence: it must not vouch for itself
VECTOR_WEIGHT = 0.5  # the encoder has seen these very sentences: its view of them is too good to be leaned on
NEAR_WEIGHT = 2.0
RUN_WEIGHT = 1.75
SOFTNESS = 1.0  # C of the logistic regression
WEIGHTS = {"oos": 3.0}  # one class for everything else in the world: its sentences are few for what they stand for
EXPECTED = {"oos": 0.8}  # how much oftener it is met than learned; the middle of what does best on small.yml
TEMPERATURE = 0.85  # the mean confidence on small.yml is then near its share of right topics
HIDDEN = 128
REFINED = 30  # rounds of the regression
ROUNDS = 6  # of the network
BATCH = 256


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
    """The training sentences as directions from their middle, sorted by label."""

    centre: np.ndarray
    vectors: np.ndarray
    ends: np.ndarray  # where each label's sentences end

    @classmethod
    def of(cls, vectors: np.ndarray, numbers: np.ndarray, labels: int) -> Sentences:
        centre = vectors.mean(axis=0).astype(np.float32)
        order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=labels)).astype(np.int64)
        return cls(centre, directions(vectors[order], centre), ends)

    def nearness(self, asked: np.ndarray, *, leave_out_same: bool = False) -> np.ndarray:
        """For every row asked and label the mean cosine of the label's nearest sentences."""
        likeness = asked @ self.vectors.T
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
    moved = vectors.astype(np.float32) - centre
    found: np.ndarray = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return found


@dataclass(frozen=True)
class Layer:
    """Weights for the dense views and for the runs, and what is added."""

    dense: np.ndarray
    runs: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, weights: np.ndarray, bias: np.ndarray, width: int) -> Layer:
        return cls(*(part.astype(np.float32) for part in (weights[:width], weights[width:], bias)))

    def __call__(self, dense: np.ndarray, places: np.ndarray, weights: np.ndarray) -> np.ndarray:
        found: np.ndarray = dense @ self.dense + weights @ self.runs[places] + self.bias
        return found


@dataclass(frozen=True)
class TopicModel:
    labels: tuple[str, ...]
    vocabulary: Vocabulary
    sentences: Sentences
    linear: Layer
    hidden: Layer
    last: np.ndarray  # (hidden and one, labels)

    @classmethod
    def train(cls, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> TopicModel:
        """Learn from plain texts and their vectors."""
        names = tuple(sorted(set(labels)))
        if len(names) < 2:
            raise ValueError("nlu_data: a topic model needs sentences of at least two topics")
        numbers = np.array([names.index(label) for label in labels])
        vocabulary = Vocabulary.of(texts)
        sentences = Sentences.of(vectors, numbers, len(names))
        asked = directions(vectors, sentences.centre)
        dense = _dense(asked, sentences.nearness(asked, leave_out_same=True))
        whole = _together(dense, [vocabulary.row(text) for text in texts], len(vocabulary.places))
        times = np.array([WEIGHTS.get(label, 1.0) for label in labels])
        linear = Layer.of(*_regression(whole, numbers, times), dense.shape[1])
        first, first_bias, last = _network(whole, numbers, times)
        return cls(names, vocabulary, sentences, linear, Layer.of(first, first_bias, dense.shape[1]), last)

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        """One number a label; together they make one."""
        asked = directions(vector.reshape(1, -1), self.sentences.centre)
        dense = _dense(asked, self.sentences.nearness(asked))[0]
        row = self.vocabulary.row(text)
        seen = np.append(np.maximum(self.hidden(dense, *row), 0.0), np.float32(1.0))
        both = (_log_softmax(self.linear(dense, *row)) + _log_softmax(seen @ self.last)) / 2
        expected = np.log([EXPECTED.get(label, 1.0) for label in self.labels])
        found: np.ndarray = np.exp(_log_softmax((both + expected) / TEMPERATURE))
        return found

    def ranking(self, text: str, vector: np.ndarray) -> list[tuple[str, float]]:
        """Every label with its probability, likeliest first."""
        found = self.probabilities(text, vector)
        return [(self.labels[place], float(found[place])) for place in np.argsort(-found, kind="stable")]

    def save(self, folder: Path) -> None:
        about = {"labels": self.labels, "runs": list(self.vocabulary.places)}
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        layers = {
            f"{name}_{part}": getattr(layer, part).astype(np.float16)
            for name, layer in (("linear", self.linear), ("hidden", self.hidden))
            for part in ("dense", "runs", "bias")
        }
        np.savez(
            folder / "arrays.npz",
            rarity=self.vocabulary.rarity,
            centre=self.sentences.centre,
            vectors=self.sentences.vectors.astype(np.float16),
            ends=self.sentences.ends,
            last=self.last,
            **layers,
        )

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            vocabulary = Vocabulary({run: place for place, run in enumerate(about["runs"])}, arrays["rarity"])
            sentences = Sentences(arrays["centre"], arrays["vectors"].astype(np.float32), arrays["ends"])
            linear, hidden = (
                Layer(*(arrays[f"{name}_{part}"].astype(np.float32) for part in ("dense", "runs", "bias")))
                for name in ("linear", "hidden")
            )
            return cls(tuple(about["labels"]), vocabulary, sentences, linear, hidden, arrays["last"])


def _dense(asked: np.ndarray, nearness: np.ndarray) -> np.ndarray:
    return np.concatenate([VECTOR_WEIGHT * asked, NEAR_WEIGHT * nearness], axis=1)


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    moved = scores - scores.max()
    found: np.ndarray = moved - np.log(np.exp(moved).sum())
    return found


def _together(dense: np.ndarray, rows: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> Any:
    """All views of all sentences in one sparse matrix; scikit-learn and scipy are needed only while training."""
    import scipy.sparse as sparse

    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    weights = np.concatenate([weights for _, weights in rows])
    counted = sparse.csr_matrix((weights, places, ends), shape=(len(rows), width), dtype=np.float32)
    return sparse.hstack([sparse.csr_matrix(dense.astype(np.float32)), counted]).tocsr()


def _regression(whole: Any, numbers: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features, labels) and bias."""
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(C=SOFTNESS, max_iter=REFINED, tol=1e-3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is stopped early on purpose: more rounds changed nothing
        learner.fit(whole, numbers, sample_weight=times)
    weights, bias = learner.coef_.T, learner.intercept_
    if weights.shape[1] == 1:  # of two labels scikit-learn keeps only the second one's weights
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return weights, bias


def _network(whole: Any, numbers: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights and bias of the hidden layer, and the last layer with its bias as one more row."""
    from sklearn.neural_network import MLPClassifier

    repeated = np.repeat(np.arange(len(numbers)), np.round(times).astype(int))
    learner = MLPClassifier(
        (HIDDEN,),
        alpha=1e-3,
        max_iter=ROUNDS,
        batch_size=min(BATCH, len(numbers)),
        learning_rate_init=2e-3,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is stopped early on purpose
        learner.fit(whole[repeated], numbers[repeated])
    last = np.vstack([learner.coefs_[1], learner.intercepts_[1]])
    if last.shape[1] == 1:
        last = np.hstack([-last / 2, last / 2])
    return learner.coefs_[0], learner.intercepts_[0], last.astype(np.float32)
