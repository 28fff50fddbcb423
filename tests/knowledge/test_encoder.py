"""Vectors: the real model ranks meanings, and the file of vectors gives back what went in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from knowledge.encoder import E5, CachedEncoder, Vectors, normalise


class Counting:
    """Counts what it was asked and gives a vector that depends on the text alone."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [np.random.default_rng(abs(hash(normalise(text)))).standard_normal(384) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32).reshape(len(texts), 384)

    encode_passage = encode_query


def test_e5_puts_like_meanings_together() -> None:
    rows = E5().encode_query(["boss has not paid my wages", "老板拖欠工资", "怀孕被调岗", "三个月没发钱了"])
    assert rows.shape == (4, 384) and rows.dtype == np.float32
    assert rows[0] @ rows[1] > rows[0] @ rows[2]  # English finds Chinese
    assert rows[3] @ rows[1] > rows[3] @ rows[2]  # other words, same meaning
    assert E5().encode_passage([]).shape == (0, 384)


def test_a_cached_line_is_encoded_once(tmp_path: Path) -> None:
    inner = Counting()
    first = CachedEncoder(inner, tmp_path).encode_query(["欠薪", "加班", "欠薪 "])
    again = CachedEncoder(inner, tmp_path).encode_query(["加班", "欠薪"])
    assert inner.asked == ["欠薪", "加班"] or sorted(set(map(str.strip, inner.asked))) == ["加班", "欠薪"]
    assert np.array_equal(again[1], first[0]) and np.array_equal(first[0], first[2])
    assert np.allclose(np.linalg.norm(again, axis=1), 1, atol=2e-3)


def test_questions_and_passages_have_their_own_vectors(tmp_path: Path) -> None:
    inner = Counting()
    cached = CachedEncoder(inner, tmp_path)
    cached.encode_query(["欠薪"])
    cached.encode_passage(["欠薪"])
    assert len(inner.asked) == 2


def test_several_writers_share_the_file(tmp_path: Path) -> None:
    lines = [f"第{number}句" for number in range(300)]

    def fill(_: int) -> Vectors:
        return CachedEncoder(Counting(), tmp_path).encode_query(lines)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fill, range(4)))
    assert all(np.array_equal(results[0], other) for other in results)
