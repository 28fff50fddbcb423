"""A network with one hidden layer that learns from sentences of which each has few of very many features.

Adam (Kingma and Ba, 2015), but what a batch has not is not touched: a batch of 256 sentences has one in eight of
the features, and moving the other rows by nothing took seven eighths of the training (docs/decisions/0049). scipy is
needed only here, while training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

ROUNDS = 8
BATCH = 256
PACE, SLOWEST = 2e-3, 0.02  # the first learning rate, and the share of it that is left in the end
KEPT, KEPT_SQUARES = 0.9, 0.999
SMALL = 1e-3  # how much large weights cost
TINY = 1e-8
SEED = 0


class Weights:
    """A matrix and what Adam remembers of its gradients."""

    def __init__(self, chance: np.random.Generator, shape: tuple[int, ...], ends: int) -> None:
        edge = np.sqrt(6 / ends)
        self.now = chance.uniform(-edge, edge, shape).astype(np.float32)
        self._mean = np.zeros(shape, dtype=np.float32)
        self._square = np.zeros(shape, dtype=np.float32)

    def step(self, gradient: np.ndarray, pace: float, count: int, rows: Any = slice(None)) -> None:
        """One step down, of some rows or of all."""
        mean = KEPT * self._mean[rows] + (1 - KEPT) * gradient
        square = KEPT_SQUARES * self._square[rows] + (1 - KEPT_SQUARES) * gradient * gradient
        self._mean[rows], self._square[rows] = mean, square
        pace *= float(np.sqrt(1 - KEPT_SQUARES**count) / (1 - KEPT**count))
        self.now[rows] -= pace * mean / (np.sqrt(square) + TINY)


@dataclass(frozen=True)
class Batch:
    """Some sentences: the dense views, the runs that they have, and which those are among all."""

    dense: np.ndarray
    runs: Any  # sparse: (sentences, runs of these sentences)
    places: np.ndarray
    wanted: np.ndarray  # (sentences, labels), one in each row

    @classmethod
    def of(cls, dense: np.ndarray, runs: Any, wanted: np.ndarray) -> Batch:
        import scipy.sparse as sparse

        places, renumbered = np.unique(runs.indices, return_inverse=True)
        shape = (runs.shape[0], len(places))
        own = sparse.csr_matrix((runs.data, renumbered.astype(np.int32).ravel(), runs.indptr), shape=shape)
        return cls(dense, own, places, wanted)


class Network:
    def __init__(self, dense: int, runs: int, hidden: int, labels: int) -> None:
        chance = np.random.default_rng(SEED)
        into = dense + runs + hidden
        self.dense = Weights(chance, (dense, hidden), into)
        self.runs = Weights(chance, (runs, hidden), into)
        self.bias = Weights(chance, (hidden,), into)
        self.last = Weights(chance, (hidden, labels), hidden + labels)
        self.last_bias = Weights(chance, (labels,), hidden + labels)
        self._steps = 0

    def learn(self, batch: Batch, pace: float) -> None:
        """Forward, and back by the slope of the cross-entropy."""
        self._steps += 1
        many, rows = len(batch.dense), self.runs.now[batch.places]
        hidden = batch.dense @ self.dense.now + batch.runs @ rows + self.bias.now
        lit = np.maximum(hidden, 0)
        miss = (softmax(lit @ self.last.now + self.last_bias.now) - batch.wanted) / many
        below = (miss @ self.last.now.T) * (hidden > 0)
        cost = SMALL / many
        self.last.step(lit.T @ miss + cost * self.last.now, pace, self._steps)
        self.last_bias.step(miss.sum(axis=0), pace, self._steps)
        self.dense.step(batch.dense.T @ below + cost * self.dense.now, pace, self._steps)
        self.bias.step(below.sum(axis=0), pace, self._steps)
        self.runs.step(batch.runs.T @ below + cost * rows, pace, self._steps, batch.places)


def softmax(scores: np.ndarray) -> np.ndarray:
    moved = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = moved / moved.sum(axis=1, keepdims=True)
    return found


def train(dense: np.ndarray, runs: Any, wanted: np.ndarray, times: np.ndarray, hidden: int) -> Network:
    """`runs` is sparse; `wanted` numbers each sentence's label, `times` says how often it is read in a round."""
    labels = int(wanted.max()) + 1
    network = Network(dense.shape[1], runs.shape[1], hidden, labels)
    chance = np.random.default_rng(SEED)
    every = np.repeat(np.arange(len(wanted)), times)
    steps = ROUNDS * -(-len(every) // BATCH)
    one = np.eye(labels, dtype=np.float32)
    for count in range(ROUNDS):
        order = chance.permutation(every)
        for place in range(0, len(order), BATCH):
            at = order[place : place + BATCH]
            done = (count * len(order) + place) / (steps * BATCH)
            pace = PACE * max(SLOWEST, 0.5 * (1 + float(np.cos(np.pi * done))))
            network.learn(Batch.of(dense[at], runs[at], one[wanted[at]]), pace)
    return network
