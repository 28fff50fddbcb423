"""The encoder as a network that can learn: the engine's layers with its 4-bit weights, rounded in every step.

What is learned must survive in 4 bits, so each forward pass uses the rounded weights while the gradient goes to the
unrounded ones (straight through). Scales stay as they are: only steps between -8 and 7 are learned. Sums run in
bfloat16, which is ten times as fast on a processor that has it and no coarser than the engine's own 8-bit sums.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from knowledge.e5.weights import Weights

COARSE = torch.bfloat16
NOWHERE = -1e9


class Rounded(torch.autograd.Function):
    """Weights on the engine's grid; the gradient passes as if nothing had been rounded."""

    @staticmethod
    def forward(_: Any, weight: Tensor, scale: Tensor) -> Tensor:
        return (weight / scale).round_().clamp_(-8, 7).mul_(scale).to(COARSE)

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.float(), None


class FourBit(nn.Module):
    """A linear layer whose weights lie on the engine's grid."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        scale, steps = weights.blocks(f"{name}.w")
        bias = torch.tensor(weights.floats(f"{name}.b"))
        self.shape = (len(bias), -1)
        self.register_buffer("scale", torch.tensor(np.where(scale == 0, 1, scale))[:, None])
        self.register_buffer("first", torch.tensor(steps))
        self.weight = nn.Parameter(torch.tensor(steps) * self.scale)
        self.bias = nn.Parameter(bias)

    def forward(self, seen: Tensor) -> Tensor:
        return F.linear(seen, Rounded.apply(self.weight, self.scale).view(self.shape), self.bias.to(COARSE))

    def moved(self) -> np.ndarray:
        """By how many steps each weight differs from the package's."""
        steps = (self.weight / self.scale).round().clamp(-8, 7)
        return (steps - self.first).detach().numpy().astype(np.int8)


class Layer(nn.Module):
    def __init__(self, weights: Weights, number: int) -> None:
        super().__init__()
        self.heads = weights.heads
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            self.add_module(name, FourBit(weights, f"l{number}.{name}"))
        for name in ("aln", "oln"):
            norm = nn.LayerNorm(weights.width, eps=weights.epsilon)
            norm.weight.data = torch.tensor(weights.floats(f"l{number}.{name}.w"))
            norm.bias.data = torch.tensor(weights.floats(f"l{number}.{name}.b"))
            self.add_module(name, norm)

    def forward(self, seen: Tensor, outside: Tensor) -> Tensor:
        seen = _norm(self.aln, seen + self.ao(self._attend(seen, outside)))
        return _norm(self.oln, seen + self.fo(F.gelu(self.fi(seen))))

    def _attend(self, seen: Tensor, outside: Tensor) -> Tensor:
        """By hand: for sentences of twenty tokens it is twice as fast as torch's own."""
        many, length, width = seen.shape
        q, k, v = (layer(seen).view(many, length, self.heads, -1).transpose(1, 2) for layer in (self.q, self.k, self.v))
        near = q @ k.transpose(-1, -2) / math.sqrt(width // self.heads)
        return (torch.softmax(near + outside, dim=-1) @ v).transpose(1, 2).reshape(many, length, width)

    def changed(self, number: int) -> dict[str, np.ndarray]:
        """What knowledge/adapted.py writes over the package's layer."""
        found = {}
        for name, part in self.named_children():
            is_norm = isinstance(part, nn.LayerNorm)
            found[f"l{number}.{name}.w"] = part.weight.detach().numpy() if is_norm else part.moved()
            found[f"l{number}.{name}.b"] = part.bias.detach().numpy()
        return found


class Network(nn.Module):
    """Layers below `first` stay as they are: what they make of a sentence is computed once."""

    def __init__(self, weights: Weights, first: int) -> None:
        super().__init__()
        scale, self._words = weights.blocks("emb.word")
        self._scale = scale.reshape(-1, weights.width // 32)
        self._words = self._words.reshape(-1, weights.width)
        place, kind = weights.floats("emb.pos"), weights.floats("emb.type")
        self._place = torch.tensor(place.reshape(-1, weights.width) + kind[: weights.width])
        self._edge = (torch.tensor(weights.floats("emb.ln.w")), torch.tensor(weights.floats("emb.ln.b")))
        self._epsilon = weights.epsilon
        self.first = first
        self.layers = nn.ModuleList(Layer(weights, number) for number in range(weights.layers))
        self.layers[:first].requires_grad_(False)

    def below(self, tokens: np.ndarray, lengths: Tensor) -> Tensor:
        words = self._words[tokens] * np.repeat(self._scale[tokens], 32, axis=-1)
        seen = torch.tensor(words) + self._place[: tokens.shape[1]]
        seen = F.layer_norm(seen, seen.shape[-1:], *self._edge, self._epsilon)
        return self._run(self.layers[: self.first], seen, lengths)

    def above(self, seen: Tensor, lengths: Tensor) -> Tensor:
        """From what the fixed layers made to the sentence's vector, the mean of its tokens."""
        seen = self._run(self.layers[self.first :], seen, lengths).float()
        return F.normalize((seen * _inside(seen, lengths)[:, :, None]).sum(dim=1), dim=-1)

    def _run(self, layers: nn.ModuleList, seen: Tensor, lengths: Tensor) -> Tensor:
        seen = seen.to(COARSE)
        outside = torch.where(_inside(seen, lengths), 0.0, NOWHERE).to(COARSE)[:, None, None, :]
        for layer in layers:
            seen = layer(seen, outside)
        return seen

    def changed(self) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for number in range(self.first, len(self.layers)):
            found.update(self.layers[number].changed(number))
        return found


def _norm(norm: nn.LayerNorm, seen: Tensor) -> Tensor:
    return F.layer_norm(seen, norm.normalized_shape, norm.weight.to(COARSE), norm.bias.to(COARSE), norm.eps)


def _inside(seen: Tensor, lengths: Tensor) -> Tensor:
    return torch.arange(seen.shape[1])[None] < lengths[:, None]
