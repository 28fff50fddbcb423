"""What lines of one card differ in says nothing about the card: it is divided out."""

import numpy as np
import pytest

from knowledge.ranker import MOST_LINES, CardCentres, unit

WIDTH = 8


def lines(cards: int, each: int, seed: int = 1) -> tuple[np.ndarray, list[int], np.ndarray]:
    """Cards lie apart in the first half of the space; every line strays widely in the second half."""
    random = np.random.default_rng(seed)
    middles = np.hstack([random.standard_normal((cards, 4)), np.zeros((cards, 4))]) * 0.5
    strays = np.hstack([np.zeros((cards * each, 4)), random.standard_normal((cards * each, 4)) * 2])
    return (
        unit((np.repeat(middles, each, axis=0) + strays).astype(np.float32)),
        [each] * cards,
        unit(middles.astype(np.float32)),
    )


def test_a_stray_line_is_nearest_to_its_own_card() -> None:
    rows, counts, _ = lines(20, 12)
    centres = CardCentres(rows, counts, np.zeros((20, WIDTH), dtype=np.float32))
    found = [int(np.argmax(centres.likeness(row, np.zeros(20, dtype=np.float32)))) for row in rows[::5]]
    truth = [at // 12 for at in range(0, len(rows), 5)]
    raw = np.add.reduceat(rows, np.arange(0, 240, 12), axis=0)
    plain = [int(np.argmax(unit(raw) @ row)) for row in rows[::5]]
    assert np.mean(np.equal(found, truth)) > np.mean(np.equal(plain, truth))


@pytest.mark.parametrize("cards", [3, 2 * MOST_LINES // 12])
def test_few_and_very_many_entries_are_ranked_the_same_each_time(cards: int) -> None:
    rows, counts, bodies = lines(cards, 12)
    pairs = [CardCentres(rows, counts, bodies) for _ in range(2)]
    best = np.zeros(cards + 1, dtype=np.float32)  # one more entry, of a single line
    scores = [one.likeness(rows[0], best) for one in pairs]
    assert len(scores[0]) == cards + 1 and np.array_equal(scores[0], scores[1])
    assert np.isfinite(scores[0]).all()
