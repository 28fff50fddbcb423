"""The weights of Gemma from the GGUF file of their package, read with the package of those who made the format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from gguf import GGUFReader, TokenType
from gguf.quants import dequantize
from numpy.typing import NDArray

from knowledge.gemma.tokens import Tokenizer

Floats = NDArray[np.float32]
WORDS = "token_embd.weight"
READ = {TokenType.NORMAL, TokenType.USER_DEFINED, TokenType.BYTE}  # kinds of pieces that a text is cut into


class Weights:
    def __init__(self, path: Path) -> None:
        self._file = GGUFReader(path)
        self._tensors = {tensor.name: tensor for tensor in self._file.tensors}
        self.layers = self._told("block_count")
        self.width = self._told("embedding_length")
        self.inner = self._told("feed_forward_length")
        self.heads = self._told("attention.head_count")
        self.head = self._told("attention.key_length")  # numbers a head; all heads share one key and one value
        self.epsilon = float(self._told("attention.layer_norm_rms_epsilon"))

    def _told(self, name: str) -> int:
        return self._file.fields[f"gemma3.{name}"].contents()  # type: ignore[no-any-return]

    def tensor(self, name: str) -> Floats:
        """One row an output, as numpy has it."""
        found = self._tensors[name]
        return dequantize(found.data, found.tensor_type).astype(np.float32)

    def of_layer(self, number: int, name: str) -> Floats:
        return self.tensor(f"blk.{number}.{name}.weight")

    @cached_property
    def pieces(self) -> list[str]:
        """The pieces of the vocabulary in order, "" for those that no text is cut into."""
        kinds: Sequence[int] = self._file.fields["tokenizer.ggml.token_type"].contents()
        words: Sequence[str] = self._file.fields["tokenizer.ggml.tokens"].contents()
        return [word if kind in READ else "" for word, kind in zip(words, kinds, strict=True)]

    @cached_property
    def scores(self) -> list[float]:
        return list(self._file.fields["tokenizer.ggml.scores"].contents())

    def tokenizer(self) -> Tokenizer:
        first, last = (int(self._file.fields[f"tokenizer.ggml.{name}_token_id"].contents()) for name in ("bos", "eos"))
        return Tokenizer(self.pieces, self.scores, first, last)
