"""A network written down for onnxruntime, its matrices in 8 bits.

Every row of a matrix has a scale of its own, and so has every token that meets it: one token with large numbers (the
first of a sentence is always one) then does not blur the others, and what a sentence becomes does not depend on those
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
OPSETS, FORMAT = 18, 8  # what onnxruntime 1.16 and later read
TOP, MIDDLE = 127, 128  # a number becomes -127..127, kept as 1..255
LEAST = 1e-6


class Graph:
    """Collects nodes and constants; every method answers with the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **given: Any) -> Any:
        made = [f"{kind}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), made, **given))
        return made[0] if outputs == 1 else made

    def number(self, value: float) -> str:
        return self.constant(f"number_{value:g}", np.array(value, dtype=np.float32))

    def shape(self, *sizes: int) -> str:
        return self.constant("shape_" + "_".join(map(str, sizes)), np.array(sizes, dtype=np.int64))

    def linear(self, seen: str, matrix: Floats, name: str) -> str:
        """The tokens times a matrix of one row an output."""
        largest = self.add("ReduceMax", self.add("Abs", seen), self.shape(-1), keepdims=1)
        scale = self.add("Mul", self.add("Max", largest, self.number(LEAST)), self.number(1 / TOP))
        moved = self.add("Add", self.add("Round", self.add("Div", seen, scale)), self.number(MIDDLE))
        coarse = self.add("Cast", moved, to=TensorProto.UINT8)
        scales = np.maximum(np.abs(matrix).max(axis=1), LEAST) / TOP
        rounded = np.rint(matrix / scales[:, None]).astype(np.int8)
        middle = self.constant("middle", np.array(MIDDLE, dtype=np.uint8))
        found = self.add("MatMulInteger", coarse, self.constant(f"{name}.w", rounded.T), middle)
        fine = self.add("Mul", self.add("Cast", found, to=TensorProto.FLOAT), self.constant(f"{name}.s", scales))
        return str(self.add("Mul", fine, scale))

    def written(
        self, name: str, inputs: Sequence[onnx.ValueInfoProto], output: onnx.ValueInfoProto, made: str
    ) -> bytes:
        """The whole network, with `made` as its output."""
        self.nodes.append(helper.make_node("Identity", [made], [output.name]))
        whole = helper.make_graph(self.nodes, name, list(inputs), [output], list(self.constants.values()))
        model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSETS)], ir_version=FORMAT)
        found: bytes = model.SerializeToString()
        return found
