"""Teaches Gemma our cards and topics; writes knowledge/weights/reader.npz.

Run in an environment of its own (docs/decisions/0095), with sentences.json from `scripts.adapt_encoder.sentences`:

    python -m scripts.adapt_reader PATH.gguf sentences.json

A sentence is taught its target, a card or else a topic, among all targets, and its topic as the sum of its targets: the
same two things as the quick model of a turn (0049). A fixed seed: the same inputs give the same weights on one machine.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from knowledge.gemma.built import ADAPTER, checksum
from knowledge.gemma.tokens import Tokenizer
from knowledge.gemma.weights import Weights
from scripts.adapt_reader.network import Network

FIRST = 8  # the first layer that learns
ROUNDS = 2
BATCH = 64
TOGETHER = 256  # sentences at once where nothing is learned
PACE, PACE_HEAD = 8e-4, 1e-3  # of the narrow matrices; of the head
WARM_UP = 40
SOFT = 0.05  # of a target's probability that others share: lines are not always of one card only
SHOWN = 10  # steps between two lines of progress
TINY = 1e-6
SAMPLE = 512  # sentences whose vectors tell how far apart their numbers lie
SEED = 0


class Head(nn.Module):
    """The targets' scores from a sentence's vector. Its numbers, some a hundred times others, become alike."""

    def __init__(self, sample: Tensor, targets: int) -> None:
        super().__init__()
        self.register_buffer("middle", sample.mean(dim=0))
        self.register_buffer("size", sample.std(dim=0) + TINY)
        self.scores = nn.Linear(sample.shape[1], targets)
        nn.init.zeros_(self.scores.weight)

    def forward(self, vectors: Tensor) -> Tensor:
        return self.scores((vectors - self.middle) / self.size)

    def learned(self) -> dict[str, np.ndarray]:
        """One matrix for the numbers as they are."""
        matrix = self.scores.weight.detach() / self.size
        return {"head": matrix.numpy(), "head_bias": (self.scores.bias.detach() - matrix @ self.middle).numpy()}


@dataclass(frozen=True)
class Sentences:
    tokens: list[list[int]]
    target: Tensor
    topic: Tensor
    worth: Tensor
    targets: list[str]
    topics: list[str]

    @property
    def topic_of_target(self) -> Tensor:
        return torch.tensor([self.topics.index(target.partition(".")[0]) for target in self.targets])


def read(path: Path, cut: Tokenizer) -> Sentences:
    rows = json.loads(path.read_text(encoding="utf-8"))["sentences"]
    aimed = [row["card"] or row["topic"] for row in rows]
    targets, topics = sorted(set(aimed)), sorted({row["topic"] for row in rows})
    return Sentences(
        [cut(row["text"]) for row in rows],
        torch.tensor([targets.index(one) for one in aimed]),
        torch.tensor([topics.index(row["topic"]) for row in rows]),
        torch.tensor([float(row["worth"]) for row in rows]),
        targets,
        topics,
    )


def below(network: Network, tokens: list[list[int]]) -> list[Tensor]:
    """What the fixed layers make of every sentence."""
    found: list[Tensor] = [torch.empty(0)] * len(tokens)
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    with torch.no_grad():
        for start in range(0, len(order), TOGETHER):
            part = order[start : start + TOGETHER]
            longest = max(len(tokens[place]) for place in part)
            padded = torch.zeros(len(part), longest, dtype=torch.long)
            for row, place in enumerate(part):
                padded[row, : len(tokens[place])] = torch.tensor(tokens[place])
            seen = network.below(padded)
            for row, place in enumerate(part):
                found[place] = seen[row, : len(tokens[place])].clone()
            print(f"  {start + len(part)} of {len(order)} sentences through the fixed layers", flush=True)
    return found


def above(network: Network, seen: list[Tensor]) -> Tensor:
    lengths = torch.tensor([len(one) for one in seen])
    with torch.no_grad():
        return network.above(nn.utils.rnn.pad_sequence(seen, batch_first=True), lengths)


def batches(lengths: np.ndarray, chance: np.random.Generator) -> Iterator[np.ndarray]:
    """Sentences of like length together, in another order every round."""
    order = chance.permutation(len(lengths))
    cut = [order[start : start + 16 * BATCH] for start in range(0, len(order), 16 * BATCH)]
    alike = [part[np.argsort(lengths[part], kind="stable")] for part in cut]
    found = [part[start : start + BATCH] for part in alike for start in range(0, len(part), BATCH)]
    for place in chance.permutation(len(found)):
        yield found[place]


def pace(step: int, steps: int) -> float:
    """Up at the start, then down along a cosine."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.02, 0.5 * (1 + float(np.cos(np.pi * min(1.0, step / steps)))))


def learn(network: Network, head: Head, sentences: Sentences, seen: list[Tensor]) -> None:
    narrow = [part for part in network.parameters() if part.requires_grad]
    groups = [{"params": narrow, "lr": PACE}, {"params": list(head.parameters()), "lr": PACE_HEAD}]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    lengths = np.array([len(one) for one in seen])
    steps = ROUNDS * -(-len(seen) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, steps))
    chance, started, step, since = np.random.default_rng(SEED), time.monotonic(), 0, 0.0
    for _ in range(ROUNDS):
        for part in batches(lengths, chance):
            padded = nn.utils.rnn.pad_sequence([seen[place] for place in part], batch_first=True)
            scores = head(network.above(padded, torch.tensor(lengths[part])))
            miss = _miss(scores, sentences, torch.tensor(part))
            optimizer.zero_grad()
            miss.backward()
            nn.utils.clip_grad_norm_([*narrow, *head.parameters()], 1.0)
            optimizer.step()
            schedule.step()
            step, since = step + 1, since + miss.item()
            if step % SHOWN == 0:
                spent = time.monotonic() - started
                print(f"  {step} of {steps}: miss {since / SHOWN:.2f}, {spent:.0f} s", flush=True)
                since = 0.0


def _miss(scores: Tensor, sentences: Sentences, at: Tensor) -> Tensor:
    logs = F.log_softmax(scores, dim=-1)
    of_topic = torch.zeros(len(at), len(sentences.topics)).index_add(1, sentences.topic_of_target, logs.exp())
    card = F.cross_entropy(scores, sentences.target[at], reduction="none", label_smoothing=SOFT)
    topic = F.nll_loss((of_topic + 1e-9).log(), sentences.topic[at], reduction="none")
    return ((card + topic) * sentences.worth[at]).mean()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("weights", type=Path)
    asked.add_argument("sentences", type=Path)
    asked.add_argument("--out", type=Path, default=ADAPTER)
    given = asked.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)  # numbers next to nothing make a step ten times as long
    weights = Weights(given.weights)
    sentences = read(given.sentences, weights.tokenizer())
    network = Network(weights, FIRST)
    seen = below(network, sentences.tokens)
    head = Head(above(network, seen[:: len(seen) // SAMPLE]), len(sentences.targets))
    learn(network, head, sentences, seen)
    np.savez_compressed(
        given.out,
        base=np.array(checksum(given.weights)),
        targets=np.array(sentences.targets),
        **head.learned(),
        **network.learned(),
    )
    print(f"wrote {given.out}: {given.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
