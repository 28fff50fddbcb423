"""The reader as it is shipped: built once, asked by several, refused when it is not what the adapter was made from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kit.settings import settings
from knowledge.gemma import built
from knowledge.gemma.engine import NoReader, Reader

ASKED = {
    "老板拖欠我三个月工资怎么办": "wages",
    "在工地摔断了腿算不算工伤": "injury",
    "怀孕了公司要开除我": "women",
    "帮我写一首关于春天的诗": "oos",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    return built.build(settings().models)


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return Reader(folder)


def topics(reader: Reader, text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for target, chance in zip(reader.targets, reader.read(text), strict=True):
        name = target.partition(".")[0]
        found[name] = found.get(name, 0.0) + float(chance)
    return found


@pytest.mark.parametrize("text", ASKED)
def test_it_knows_what_a_plain_question_is_about(reader: Reader, text: str) -> None:
    found = topics(reader, text)
    assert max(found, key=lambda name: found[name]) == ASKED[text]
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "a" * 9000, "工" * 9000, "\u202e" * 50])
def test_anything_is_read(reader: Reader, text: str) -> None:
    assert reader.read(text).sum() == pytest.approx(1, abs=1e-3)


def test_spelling_of_letters_does_not_matter(reader: Reader) -> None:
    assert np.array_equal(reader.read("ＡＢＣ  公司 不发工资"), reader.read("abc 公司 不发工资"))


def test_several_may_ask_at_once(reader: Reader) -> None:
    alone = {text: reader.read(text) for text in ASKED}
    with ThreadPoolExecutor(4) as pool:
        for text, row in zip(list(ASKED) * 4, pool.map(reader.read, list(ASKED) * 4), strict=True):
            assert np.array_equal(row, alone[text])


def test_it_is_built_once(folder: Path) -> None:
    before = (folder / built.NETWORK).stat().st_mtime_ns
    assert built.build(folder.parent) == folder
    assert (folder / built.NETWORK).stat().st_mtime_ns == before


def test_a_missing_reader_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoReader, match=r"\./gongyou train"):
        Reader(tmp_path / "reader-none")


def test_another_gemma_is_refused_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = tmp_path / "reader.npz"
    np.savez(adapter, base=np.array("another"), targets=np.array(["wages"]))
    monkeypatch.setattr(built, "ADAPTER", adapter)
    monkeypatch.setattr(built, "identity", lambda: "another")

    with pytest.raises(built.WrongReader, match="scripts/adapt_reader"):
        built.build(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []
