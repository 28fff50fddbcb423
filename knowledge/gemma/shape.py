"""What the network looks like and its file does not say."""

from __future__ import annotations

MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
FAR_EVERY = 6  # each sixth layer tells places far apart from each other, the others those nearby
NEARBY, FAR = 1e4, 1e6
LONGEST = 64  # tokens that are read of a sentence: what nearly all have, and a tenth of a second at most


def base_of(number: int) -> float:
    """How slowly a layer's places turn."""
    return FAR if number % FAR_EVERY == FAR_EVERY - 1 else NEARBY
