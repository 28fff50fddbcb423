"""Gemma as a network that can learn: beside every matrix of the upper layers, which stays, stands a narrow one.

A sentence's vector is what the last token has seen and the mean of all tokens, side by side.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from knowledge.gemma.shape import MATRICES, base_of
from knowledge.gemma.weights import WORDS, Weights

COARSE = (
    torch.float32
)  # bfloat16 is four times as fast where the processor multiplies it, and a quarter as fast elsewhere
RANK = 16  # columns of the narrow matrices
STRENGTH = 2.0
NOWHERE = -1e9


class Linear(nn.Module):
    """The package's matrix, fixed, and what is learned beside it: down to a few numbers and up again."""

    def __init__(self, matrix: np.ndarray, *, learns: bool) -> None:
        super().__init__()
        self.register_buffer("matrix", torch.tensor(matrix).to(COARSE))
        self.down = self.up = None
        if learns:
            self.down = nn.Parameter(torch.randn(RANK, matrix.shape[1]) / matrix.shape[1] ** 0.5)
            self.up = nn.Parameter(torch.zeros(matrix.shape[0], RANK))

    def forward(self, seen: Tensor) -> Tensor:
        found = F.linear(seen, self.matrix)
        if self.down is None or self.up is None:
            return found
        return found + STRENGTH * F.linear(F.linear(seen, self.down.to(COARSE)), self.up.to(COARSE))


class Norm(nn.Module):
    def __init__(self, scale: np.ndarray, epsilon: float) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(scale))
        self.epsilon = epsilon

    def forward(self, seen: Tensor) -> Tensor:
        fine = seen.float()
        return (fine * torch.rsqrt(fine.square().mean(-1, keepdim=True) + self.epsilon) * self.scale).to(COARSE)


class Layer(nn.Module):
    def __init__(self, weights: Weights, number: int, *, learns: bool) -> None:
        super().__init__()
        self.heads, self.head, self.base = weights.heads, weights.head, base_of(number)
        for name in MATRICES:
            self.add_module(name, Linear(weights.of_layer(number, name), learns=learns))
        norms = ("attn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
        for name in norms:
            self.add_module(name, Norm(weights.of_layer(number, name), weights.epsilon))

    def forward(self, seen: Tensor) -> Tensor:
        seen = seen + self.post_attention_norm(self.attn_output(self._attend(self.attn_norm(seen))))
        inner = self.ffn_norm(seen)
        inner = F.gelu(self.ffn_gate(inner), approximate="tanh") * self.ffn_up(inner)
        return seen + self.post_ffw_norm(self.ffn_down(inner))

    def _attend(self, seen: Tensor) -> Tensor:
        many, length, _ = seen.shape
        asked = self.attn_q(seen).view(many, length, self.heads, self.head)
        key = self.attn_k(seen).view(many, length, 1, self.head)
        value = self.attn_v(seen).view(many, length, 1, self.head).transpose(1, 2)
        turn = _turns(length, self.head, self.base)
        asked, key = (_turned(part, turn).transpose(1, 2) for part in (self.attn_q_norm(asked), self.attn_k_norm(key)))
        near = asked @ key.transpose(-1, -2) / self.head**0.5
        later = torch.full((length, length), NOWHERE, dtype=COARSE).triu(1)
        told = torch.softmax(near + later, dim=-1) @ value
        return told.transpose(1, 2).reshape(many, length, self.heads * self.head)


class Network(nn.Module):
    """Layers below `first` are fixed: what they make of a sentence is computed once."""

    def __init__(self, weights: Weights, first: int) -> None:
        super().__init__()
        self._words = torch.tensor(weights.tensor(WORDS)).to(COARSE)
        self._width = weights.width
        self.first = first
        self.layers = nn.ModuleList(Layer(weights, n, learns=n >= first) for n in range(weights.layers))
        self.output_norm = Norm(weights.tensor("output_norm.weight"), weights.epsilon)

    def below(self, tokens: Tensor) -> Tensor:
        seen = self._words[tokens] * torch.tensor(self._width**0.5, dtype=COARSE)
        for layer in self.layers[: self.first]:
            seen = layer(seen)
        return seen

    def above(self, seen: Tensor, lengths: Tensor) -> Tensor:
        for layer in self.layers[self.first :]:
            seen = layer(seen)
        seen = self.output_norm(seen).float()
        inside = (torch.arange(seen.shape[1])[None] < lengths[:, None])[:, :, None]
        last = seen[torch.arange(len(seen)), lengths - 1]
        return torch.cat([last, (seen * inside).sum(dim=1) / lengths[:, None]], dim=-1)

    def learned(self) -> dict[str, np.ndarray]:
        """The narrow matrices, as knowledge.gemma.built adds them to the package's."""
        found: dict[str, np.ndarray] = {}
        for number in range(self.first, len(self.layers)):
            for name in MATRICES:
                part = getattr(self.layers[number], name)
                found[f"{number}.{name}.down"] = part.down.detach().numpy().astype(np.float16)
                found[f"{number}.{name}.up"] = (STRENGTH * part.up.detach()).numpy().astype(np.float16)
        return found


def _turns(length: int, width: int, base: float) -> tuple[Tensor, Tensor]:
    slow = base ** (-torch.arange(0, width, 2).float() / width)
    angle = torch.arange(length).float()[:, None] * slow[None]
    return torch.cos(angle)[None, :, None].to(COARSE), torch.sin(angle)[None, :, None].to(COARSE)


def _turned(seen: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Every pair of numbers turned by its place in the sentence."""
    one, other = seen.chunk(2, dim=-1)
    cos, sin = turn
    return torch.cat([one * cos - other * sin, other * cos + one * sin], dim=-1)
