"""The written network against the same sums by hand, on a small one with made-up weights."""

import numpy as np
import pytest

from knowledge.gemma.graph import written
from knowledge.gemma.shape import LONGEST
from knowledge.onnx_session import session
from tests.knowledge.gemma.small import Small, by_hand

NEAR = 0.03  # what matrices of 8 bits may change of a chance


def told(small: Small, words: np.ndarray) -> np.ndarray:
    network = session(written(small, small.learned))  # type: ignore[arg-type]
    (found,) = network.run(None, {"words": words[None].astype(np.float32), "places": np.arange(len(words))})
    return np.exp(found[0, 0])


@pytest.mark.parametrize("length", [3, 20, LONGEST])
def test_the_network_does_the_sums_of_gemma(length: int) -> None:
    small = Small()
    words = np.random.default_rng(length).standard_normal((length, small.width)).astype(np.float32)

    found = told(small, words)

    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert found == pytest.approx(by_hand(small, small.learned, words), abs=NEAR)


def test_what_was_learned_is_in_it() -> None:
    small = Small()
    words = np.random.default_rng(1).standard_normal((9, small.width)).astype(np.float32)
    before = {name: part for name, part in small.learned.items() if not name.endswith((".up", ".down"))}

    assert abs(by_hand(small, before, words) - by_hand(small, small.learned, words)).max() > 2 * NEAR
    assert told(small, words) == pytest.approx(by_hand(small, small.learned, words), abs=NEAR)
