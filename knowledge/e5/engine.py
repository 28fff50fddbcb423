"""Runs the network. Several threads may ask at once; each sentence is worked out by one of them alone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from knowledge import adapted
from knowledge.e5 import graph
from knowledge.e5.tokens import Tokenizer
from knowledge.e5.weights import Floats, Weights, steps
from knowledge.onnx_session import session

LONGEST_TEXT = 4000  # characters; more than the places below ever hold
PLACES = 512  # tokens that the network has places for
TOGETHER = 1024  # tokens in one run: enough to be quick, little memory


class Engine:
    def __init__(self) -> None:
        weights = Weights(adapted.weights())
        self._cut = Tokenizer(weights.whole)
        self._words = weights.packed("emb.word").reshape(-1, weights.width // 32)
        self._place = weights.floats("emb.pos").reshape(-1, weights.width) + weights.floats("emb.type")[: weights.width]
        self._session = session(graph.written(weights))

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text."""
        cut = [self._tokens(text) for text in texts]
        found = np.empty((len(cut), self._place.shape[1]), dtype=np.float32)
        runs = list(_runs(cut))
        if len(runs) == 1:
            found[runs[0]] = self._run([cut[place] for place in runs[0]])
            return found
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            made = pool.map(lambda run: self._run([cut[place] for place in run]), runs)
            for run, vectors in zip(runs, made, strict=True):
                found[run] = vectors
        return found

    def _tokens(self, text: str) -> list[int]:
        cut = self._cut(text[:LONGEST_TEXT])
        return cut if len(cut) <= PLACES else [*cut[: PLACES - 1], cut[-1]]

    def _run(self, tokens: list[list[int]]) -> Floats:
        scale, moved = steps(self._words[np.array(tokens)])
        words = (moved * scale[..., None]).reshape(len(tokens), len(tokens[0]), -1)
        (seen,) = self._session.run(None, {"words": words + self._place[: words.shape[1]]})
        middle = seen.mean(axis=1)
        found: Floats = middle / np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-12)
        return found


def _runs(cut: Sequence[Sequence[int]]) -> Iterator[NDArray[np.intp]]:
    """Places of texts that have the same number of tokens, so that nothing is filled up."""
    alike: dict[int, list[int]] = defaultdict(list)
    for place, tokens in enumerate(cut):
        alike[len(tokens)].append(place)
    for length, places in alike.items():
        many = max(1, TOGETHER // length)
        for start in range(0, len(places), many):
            yield np.array(places[start : start + many])
