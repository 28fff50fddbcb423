"""A Gemma of two narrow layers with made-up weights, and its sums worked out by hand."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from knowledge.gemma.shape import MATRICES, base_of
from knowledge.gemma.weights import Floats

TARGETS = ("wages.arrears", "hours", "oos")
FIRST = 1  # the first layer that has learned


class Small:
    layers, width, inner, heads, head, epsilon = 2, 64, 96, 2, 32, 1e-6

    def __init__(self) -> None:
        self._chance = np.random.default_rng(0)
        self._made: dict[str, Floats] = {"output_norm.weight": self._scale(self.width)}
        sizes = {
            "attn_q": (self.heads * self.head, self.width),
            "attn_k": (self.head, self.width),
            "attn_v": (self.head, self.width),
            "attn_output": (self.width, self.heads * self.head),
            "ffn_gate": (self.inner, self.width),
            "ffn_up": (self.inner, self.width),
            "ffn_down": (self.width, self.inner),
        }
        scales = {"attn_q_norm": self.head, "attn_k_norm": self.head}
        for number in range(self.layers):
            for name in MATRICES:
                self._made[f"{number}.{name}"] = self._matrix(*sizes[name])
            for name in ("attn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
                self._made[f"{number}.{name}"] = self._scale(scales.get(name, self.width))
        self.learned: dict[str, NDArray[np.float32]] = {
            "targets": np.array(TARGETS),
            "head": self._matrix(len(TARGETS), 2 * self.width),
            "head_bias": np.array([0.1, -0.1, 0.0], dtype=np.float32),
        }
        for name in MATRICES:
            outputs, inputs = sizes[name]
            self.learned[f"{FIRST}.{name}.up"] = self._matrix(outputs, 4) * 2
            self.learned[f"{FIRST}.{name}.down"] = self._matrix(4, inputs)

    def _matrix(self, outputs: int, inputs: int) -> Floats:
        return (self._chance.standard_normal((outputs, inputs)) / np.sqrt(inputs)).astype(np.float32)

    def _scale(self, width: int) -> Floats:
        return (1 + 0.2 * self._chance.standard_normal(width)).astype(np.float32)

    def tensor(self, name: str) -> Floats:
        return self._made[name]

    def of_layer(self, number: int, name: str) -> Floats:
        return self._made[f"{number}.{name}"]


def by_hand(small: Small, learned: Mapping[str, NDArray[np.float32]], seen: Floats) -> Floats:
    """The chance of every target, in plain numpy and whole numbers nowhere."""
    for number in range(small.layers):
        seen = _layer(small, learned, seen, number)
    seen = _norm(seen, small.tensor("output_norm.weight"), small.epsilon)
    scores = learned["head"] @ np.concatenate([seen[-1], seen.mean(axis=0)]) + learned["head_bias"]
    found: Floats = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    return found


def _layer(small: Small, learned: Mapping[str, NDArray[np.float32]], seen: Floats, number: int) -> Floats:
    def times(row: Floats, name: str) -> Floats:
        matrix = small.of_layer(number, name)
        if f"{number}.{name}.up" in learned:
            matrix = matrix + learned[f"{number}.{name}.up"] @ learned[f"{number}.{name}.down"]
        return row @ matrix.T

    def norm(row: Floats, name: str) -> Floats:
        return _norm(row, small.of_layer(number, name), small.epsilon)

    read = norm(seen, "attn_norm")
    key = _turned(norm(times(read, "attn_k"), "attn_k_norm"), number)
    asked = times(read, "attn_q").reshape(len(seen), small.heads, small.head)
    told = []
    for head in range(small.heads):
        near = _turned(norm(asked[:, head], "attn_q_norm"), number) @ key.T / np.sqrt(small.head)
        share = np.exp(np.where(np.tril(np.ones_like(near)) > 0, near, -np.inf))
        told.append(share / share.sum(axis=1, keepdims=True) @ times(read, "attn_v"))
    seen = seen + norm(times(np.concatenate(told, axis=1), "attn_output"), "post_attention_norm")
    read = norm(seen, "ffn_norm")
    gate = times(read, "ffn_gate")
    bent = 0.5 * gate * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
    return seen + norm(times(bent * times(read, "ffn_up"), "ffn_down"), "post_ffw_norm")


def _norm(row: Floats, scale: Floats, epsilon: float) -> Floats:
    return row / np.sqrt((row**2).mean(axis=-1, keepdims=True) + epsilon) * scale


def _turned(row: Floats, number: int) -> Floats:
    half = row.shape[1] // 2
    pairs = row[:, :half] + 1j * row[:, half:]
    turned = pairs * np.exp(1j * np.arange(len(row))[:, None] * base_of(number) ** (-np.arange(half) / half))
    return np.concatenate([turned.real, turned.imag], axis=1)
