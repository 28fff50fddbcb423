"""The network written down for onnxruntime: the words of one sentence in, the logarithm of each target's chance out.

In every layer the package's matrix and the narrow ones that learned beside it become one matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from knowledge.gemma.shape import LONGEST, base_of
from knowledge.gemma.weights import Floats, Weights
from knowledge.onnx_graph import Graph

NOWHERE = -1e9
Learned = Mapping[str, NDArray[Any]]  # what scripts/adapt_reader wrote


def written(weights: Weights, learned: Learned) -> bytes:
    graph = Graph()
    later = np.triu(np.full((LONGEST, LONGEST), NOWHERE, dtype=np.float32), 1)
    rows = graph.add("Gather", graph.constant("later", later), "places", axis=0)
    later_here = graph.add("Gather", rows, "places", axis=1)
    seen = "words"
    for number in range(weights.layers):
        seen = _Layer(graph, weights, learned, number).written(seen, later_here)
    seen = _norm(graph, seen, weights.tensor("output_norm.weight"), "output_norm", weights.epsilon)
    words = helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", weights.width])
    places = helper.make_tensor_value_info("places", TensorProto.INT64, ["tokens"])
    chances = helper.make_tensor_value_info("chances", TensorProto.FLOAT, [1, 1, len(learned["targets"])])
    return graph.written("gemma", [words, places], chances, _told(graph, seen, learned))


class _Layer:
    def __init__(self, graph: Graph, weights: Weights, learned: Learned, number: int) -> None:
        self._graph, self._weights, self._learned, self._number = graph, weights, learned, number

    def written(self, seen: str, later: str) -> str:
        graph = self._graph
        told = self._linear(self._attend(self._norm(seen, "attn_norm"), later), "attn_output")
        seen = graph.add("Add", seen, self._norm(told, "post_attention_norm"))
        inner = self._linear(self._norm(seen, "ffn_norm"), "ffn_gate", "ffn_up")
        gate, up = graph.add("Split", inner, outputs=2, axis=-1, num_outputs=2)
        told = self._linear(graph.add("Mul", _gelu(graph, gate), up), "ffn_down")
        return str(graph.add("Add", seen, self._norm(told, "post_ffw_norm")))

    def _attend(self, seen: str, later: str) -> str:
        """Query, key and value in one matrix, because a token is then rounded once; all heads share key and value."""
        graph, heads, head = self._graph, self._weights.heads, self._weights.head
        sizes = graph.constant("sizes", np.array([heads * head, head, head], dtype=np.int64))
        parts = graph.add("Split", self._linear(seen, "attn_q", "attn_k", "attn_v"), sizes, outputs=3, axis=-1)
        asked = graph.add("Reshape", parts[0], graph.shape(0, 0, heads, head))
        key, value = (graph.add("Reshape", part, graph.shape(0, 0, 1, head)) for part in parts[1:])
        turned = (self._turned(self._norm(part, name)) for part, name in ((asked, "attn_q_norm"), (key, "attn_k_norm")))
        asked, key = (
            graph.add("Transpose", part, perm=perm)
            for part, perm in zip(turned, ((0, 2, 1, 3), (0, 2, 3, 1)), strict=True)
        )
        near = graph.add("Mul", graph.add("MatMul", asked, key), graph.number(head**-0.5))
        share = graph.add("Softmax", graph.add("Add", near, later), axis=-1)
        told = graph.add("MatMul", share, graph.add("Transpose", value, perm=[0, 2, 1, 3]))
        return str(
            graph.add("Reshape", graph.add("Transpose", told, perm=[0, 2, 1, 3]), graph.shape(0, 0, heads * head))
        )

    def _turned(self, seen: str) -> str:
        """Every pair of numbers turned by its place in the sentence."""
        graph, base = self._graph, base_of(self._number)
        angle = np.arange(LONGEST)[:, None, None] * base ** (-np.arange(0, self._weights.head, 2) / self._weights.head)
        cos, sin = (
            graph.add("Gather", graph.constant(f"{name}_{base:g}", told(angle).astype(np.float32)), "places", axis=0)
            for name, told in (("cos", np.cos), ("sin", np.sin))
        )
        one, other = graph.add("Split", seen, outputs=2, axis=-1, num_outputs=2)
        left = graph.add("Sub", graph.add("Mul", one, cos), graph.add("Mul", other, sin))
        right = graph.add("Add", graph.add("Mul", other, cos), graph.add("Mul", one, sin))
        return str(graph.add("Concat", left, right, axis=-1))

    def _linear(self, seen: str, *names: str) -> str:
        """Matrices that read the same are one, their outputs side by side."""
        matrix = np.concatenate([self._matrix(name) for name in names])
        return self._graph.linear(seen, matrix, f"{self._number}.{names[0]}")

    def _matrix(self, name: str) -> Floats:
        whole = self._weights.of_layer(self._number, name)
        up, down = (self._learned.get(f"{self._number}.{name}.{part}") for part in ("up", "down"))
        return whole if up is None or down is None else whole + up.astype(np.float32) @ down.astype(np.float32)

    def _norm(self, seen: str, name: str) -> str:
        scale = self._weights.of_layer(self._number, name)
        return _norm(self._graph, seen, scale, f"{self._number}.{name}", self._weights.epsilon)


def _norm(graph: Graph, seen: str, scale: Floats, name: str, epsilon: float) -> str:
    squares = graph.add("Mul", seen, seen)
    mean = graph.add("ReduceMean", squares, graph.shape(-1), keepdims=1)
    size = graph.add("Sqrt", graph.add("Add", mean, graph.number(epsilon)))
    return str(graph.add("Mul", graph.add("Div", seen, size), graph.constant(name, scale)))


def _gelu(graph: Graph, seen: str) -> str:
    cube = graph.add("Mul", graph.add("Mul", seen, seen), seen)
    bent = graph.add(
        "Mul", graph.add("Add", seen, graph.add("Mul", cube, graph.number(0.044715))), graph.number(np.sqrt(2 / np.pi))
    )
    return str(
        graph.add(
            "Mul",
            graph.add("Mul", seen, graph.add("Add", graph.add("Tanh", bent), graph.number(1.0))),
            graph.number(0.5),
        )
    )


def _told(graph: Graph, seen: str, learned: Learned) -> str:
    """What the last token has seen and the mean of all, side by side, times the targets."""
    last = graph.add("Gather", seen, graph.constant("last", np.array([-1], dtype=np.int64)), axis=1)
    mean = graph.add("ReduceMean", seen, graph.shape(1), keepdims=1)
    both = graph.add("Concat", last, mean, axis=-1)
    head = graph.constant("head", learned["head"].astype(np.float32).T)
    scores = graph.add("Add", graph.add("MatMul", both, head), graph.constant("head_bias", learned["head_bias"]))
    return str(graph.add("LogSoftmax", scores, axis=-1))
