"""Which topic a sentence belongs to: a softmax over three views of it, in numpy and without Rasa.

* its e5 vector, from which the mean of the training sentences is taken off (decision 0040);
* its runs of one to three characters, weighted by rarity: they hold the trade's words that e5 blurs;
* how near its nearest training sentences of each topic are, as the search sees nearness.

The weights are learned by logistic regression; a temperature learned on sentences that were left out makes the
probabilities mean what they say. What is stored are arrays and json, never pickled objects.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LONGEST_RUN = 3
NEAREST = 3
UNRELATED = 0.35  # the nearness of sentences that have only the language and the trade in common
SAME = 0.995  # two training sentences nearer than this are one sentence: it must not vouch for itself
NEAR_WEIGHT = 4.0
RUN_WEIGHT = 1.5
SOFTNESS = 1.0  # C of the logistic regression
WEIGHTS = {"oos": 3.0}  # one class for everything else in the world: its sentences are few for what they stand for
TEMPERATURES = tuple(0.5 * 1.07**step for step in range(30))


def runs(text: str) -> Iterator[str]:
    """Every run of one to three characters."""
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


@dataclass(frozen=True)
class Vocabulary:
    """The runs that at least two training sentences share, and how rare each is."""

    places: dict[str, int]
    rarity: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        counts = Counter(run for text in texts for run in set(runs(text)))
        kept = sorted(run for run, count in counts.items() if count > 1)
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
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)


@dataclass(frozen=True)
class TopicModel:
    labels: tuple[str, ...]
    vocabulary: Vocabulary
    sentences: Sentences
    dense_weights: np.ndarray  # (vector and nearness, labels)
    run_weights: np.ndarray  # (runs, labels)
    bias: np.ndarray
    temperature: float

    @classmethod
    def train(
        cls, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str], *, held_out: float = 0.2
    ) -> TopicModel:
        """Learn from plain texts; first without a part of them, to learn how sure the model may be."""
        if len(set(labels)) < 2:
            raise ValueError("nlu_data: a topic model needs sentences of at least two topics")
        draw = np.random.default_rng(0).random(len(texts))
        inside, outside = np.flatnonzero(draw >= held_out), np.flatnonzero(draw < held_out)
        temperature = 1.0
        if len(outside) >= 50 and {labels[place] for place in inside} == set(labels):
            first = cls._fitted([texts[i] for i in inside], vectors[inside], [labels[i] for i in inside], 1.0)
            scores = np.stack([first.scores(texts[i], vectors[i]) for i in outside])
            temperature = _best_temperature(scores, np.array([first.labels.index(labels[i]) for i in outside]))
        return cls._fitted(texts, vectors, labels, temperature)

    @classmethod
    def _fitted(
        cls, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str], temperature: float
    ) -> TopicModel:
        names = tuple(sorted(set(labels)))
        numbers = np.array([names.index(label) for label in labels])
        vocabulary = Vocabulary.of(texts)
        sentences = Sentences.of(vectors, numbers, len(names))
        asked = directions(vectors, sentences.centre)
        dense = np.concatenate([asked, NEAR_WEIGHT * sentences.nearness(asked, leave_out_same=True)], axis=1)
        rows = [vocabulary.row(text) for text in texts]
        counts_for = np.array([WEIGHTS.get(label, 1.0) for label in labels])
        weights, bias = _fit(dense, rows, len(vocabulary.places), numbers, counts_for)
        width = dense.shape[1]
        return cls(names, vocabulary, sentences, weights[:width], weights[width:], bias, temperature)

    def scores(self, text: str, vector: np.ndarray) -> np.ndarray:
        """One number a label, before the softmax."""
        asked = directions(vector.reshape(1, -1), self.sentences.centre)
        dense = np.concatenate([asked, NEAR_WEIGHT * self.sentences.nearness(asked)], axis=1)[0]
        places, weights = self.vocabulary.row(text)
        found: np.ndarray = dense @ self.dense_weights + weights @ self.run_weights[places] + self.bias
        return found

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        return softmax(self.scores(text, vector) / self.temperature)

    def ranking(self, text: str, vector: np.ndarray) -> list[tuple[str, float]]:
        """Every label with its probability, likeliest first."""
        found = self.probabilities(text, vector)
        return [(self.labels[place], float(found[place])) for place in np.argsort(-found, kind="stable")]

    def save(self, folder: Path) -> None:
        about = {"labels": self.labels, "temperature": self.temperature, "runs": list(self.vocabulary.places)}
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "arrays.npz",
            rarity=self.vocabulary.rarity,
            centre=self.sentences.centre,
            vectors=self.sentences.vectors.astype(np.float16),
            ends=self.sentences.ends,
            dense_weights=self.dense_weights,
            run_weights=self.run_weights,
            bias=self.bias,
        )

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            vocabulary = Vocabulary({run: place for place, run in enumerate(about["runs"])}, arrays["rarity"])
            sentences = Sentences(arrays["centre"], arrays["vectors"].astype(np.float32), arrays["ends"])
            weights = (arrays["dense_weights"], arrays["run_weights"], arrays["bias"])
            return cls(tuple(about["labels"]), vocabulary, sentences, *weights, about["temperature"])


def softmax(scores: np.ndarray) -> np.ndarray:
    raised: np.ndarray = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _best_temperature(scores: np.ndarray, right: np.ndarray) -> float:
    def loss(temperature: float) -> float:
        return -float(np.log(softmax(scores / temperature)[np.arange(len(right)), right] + 1e-9).mean())

    return min(TEMPERATURES, key=loss)


def _fit(
    dense: np.ndarray,
    rows: Sequence[tuple[np.ndarray, np.ndarray]],
    width: int,
    numbers: np.ndarray,
    counts_for: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features, labels) and bias; scikit-learn and scipy are needed only while training."""
    import scipy.sparse as sparse
    from sklearn.linear_model import LogisticRegression

    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    weights = np.concatenate([weights for _, weights in rows])
    counted = sparse.csr_matrix((weights, places, ends), shape=(len(rows), width), dtype=np.float32)
    whole: Any = sparse.hstack([sparse.csr_matrix(dense.astype(np.float32)), counted]).tocsr()
    learner = LogisticRegression(C=SOFTNESS, max_iter=150, tol=1e-3, random_state=0)
    learner.fit(whole, numbers, sample_weight=counts_for)
    learned, bias = learner.coef_.T, learner.intercept_
    if learned.shape[1] == 1:  # two labels: scikit-learn keeps only the second one's weights
        learned, bias = np.hstack([-learned / 2, learned / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return learned.astype(np.float32), bias.astype(np.float32)
