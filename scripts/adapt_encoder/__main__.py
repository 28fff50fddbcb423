"""Adapts the encoder's upper layers to our cards and topics; writes knowledge/weights/adapted.npz.

Run in an environment of its own (docs/decisions/0043), with sentences.json from `scripts.adapt_encoder.sentences`:

    python -m scripts.adapt_encoder PACKAGE/e5-small-q4.bin sentences.json

A sentence is drawn to the direction of its card among all cards, to the other sentences of its card among those of all
cards and what is not our business, and to its topic among all topics, and held near where it was. Each time it is read
some of its tokens are left out, as no worker says a thing twice in the same words. One thread and a fixed seed: the
same inputs give the same layers.
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

from knowledge.adapted import ADAPTED, checksum
from knowledge.e5.tokens import Tokenizer
from knowledge.e5.weights import Weights
from scripts.adapt_encoder.network import Network

FIRST = 4  # the first layer that learns; those below know the language and not our trade
ROUNDS = 4
BATCH = 256
PACE, PACE_ADDED, PACE_GOALS = 1e-3, 9e-4, 3e-3  # of weights; of biases and norms; of the cards' and topics' directions
SLOWER = 0.9  # how much slower each layer learns than the one above it
LEFT_OUT = 0.1  # of the tokens of a sentence, anew each time
SHORTEST, PREFIX = 8, 4  # a sentence of fewer tokens stays whole; so do the mark of a question and the last token
SHARPNESS = 24.0
SOFT = 0.1  # of a card's probability that other cards share: lines are not always of one card only
ALIKE = 0.3  # how much it counts to lie near the other sentences of the card
STAY = 0.3  # how much it costs to leave the first place
FAR = -1e9
OUTSIDE = "oos"
WARM_UP = 30
SEED = 0


@dataclass(frozen=True)
class Sentences:
    tokens: list[list[int]]
    lengths: np.ndarray
    card: Tensor  # -1 where the sentence has none
    topic: Tensor
    outside: Tensor  # is it not our business?
    worth: Tensor
    cards: int
    topics: int


class Goals(nn.Module):
    """A direction for every card, and one for every topic, from the places where their sentences were."""

    def __init__(self, sentences: Sentences, seen: Tensor) -> None:
        super().__init__()
        of_card = sentences.card >= 0
        cards = torch.zeros(sentences.cards, seen.shape[1])
        cards.index_add_(0, sentences.card[of_card], seen[of_card] * sentences.worth[of_card, None])
        topics = torch.zeros(sentences.topics, seen.shape[1]).index_add_(0, sentences.topic, seen)
        self.cards = nn.Parameter(F.normalize(cards, dim=-1))
        self.topics = nn.Parameter(F.normalize(topics, dim=-1) * SHARPNESS / 2)
        self.often = nn.Parameter(torch.zeros(sentences.topics))

    def miss(self, seen: Tensor, card: Tensor, topic: Tensor, worth: Tensor) -> Tensor:
        of_card = card >= 0
        near = SHARPNESS * seen[of_card] @ F.normalize(self.cards, dim=-1).T
        cards = F.cross_entropy(near, card[of_card], reduction="none", label_smoothing=SOFT) * worth[of_card]
        topics = F.cross_entropy(seen @ self.topics.T + self.often, topic, reduction="none", label_smoothing=SOFT / 2)
        return (cards.sum() + (topics * worth).sum()) / len(card)


class Others:
    """Where the sentences of cards were when they were last read: a question is found by the lines that lie near it.

    What is not our business stands among them: no card's line may lie near it (docs/decisions/0048).
    """

    def __init__(self, sentences: Sentences, seen: Tensor) -> None:
        self._card, self._worth, self._seen = sentences.card, sentences.worth, seen.clone()
        self._all = torch.nonzero((sentences.card >= 0) | sentences.outside)[:, 0]

    def miss(self, seen: Tensor, at: Tensor) -> Tensor:
        """How unlikely the sentences of its own card are among all, for each sentence that has one."""
        of_card = self._card[at] >= 0
        asked = at[of_card]
        near = SHARPNESS * seen[of_card] @ self._seen[self._all].T
        itself = self._all[None] == asked[:, None]
        same = (self._card[self._all][None] == self._card[asked][:, None]) & ~itself
        every = torch.logsumexp(near.masked_fill(itself, FAR), dim=1)
        own = torch.logsumexp(near.masked_fill(~same, FAR), dim=1)
        self._seen[at] = seen.detach()
        return ((every - own) * self._worth[asked]).sum() / len(at)


def read(path: Path, cut: Tokenizer) -> tuple[Sentences, list[list[int]]]:
    """The sentences in numbers, and the tokens of the list that the middle is made of."""
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = found["sentences"]
    cards = sorted({row["card"] for row in rows} - {""})
    topics = sorted({row["topic"] for row in rows})
    tokens = [cut(f"query: {row['text']}") for row in rows]
    sentences = Sentences(
        tokens,
        np.array([len(row) for row in tokens]),
        torch.tensor([cards.index(row["card"]) if row["card"] else -1 for row in rows]),
        torch.tensor([topics.index(row["topic"]) for row in rows]),
        torch.tensor([row["topic"] == OUTSIDE for row in rows]),
        torch.tensor([float(row["worth"]) for row in rows]),
        len(cards),
        len(topics),
    )
    return sentences, [cut(f"query: {line}") for line in found["centre"]]


def below(network: Network, tokens: list[list[int]]) -> list[Tensor]:
    """What the fixed layers make of every sentence."""
    found: list[Tensor] = [torch.empty(0)] * len(tokens)
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            lengths = torch.tensor([len(tokens[place]) for place in part])
            padded = np.ones((len(part), int(lengths.max())), dtype=np.int64)
            for row, place in enumerate(part):
                padded[row, : len(tokens[place])] = tokens[place]
            seen = network.below(padded, lengths)
            for row, place in enumerate(part):
                found[place] = seen[row, : lengths[row]].clone()
            print(f"  {start + len(part)} of {len(order)} sentences through the fixed layers", flush=True)
    return found


def fewer(seen: Tensor, chance: np.random.Generator) -> Tensor:
    """What the fixed layers made of a sentence, less some of its tokens."""
    if len(seen) < SHORTEST:
        return seen
    kept = chance.random(len(seen)) > LEFT_OUT
    kept[:PREFIX] = kept[-1] = True
    return seen[torch.tensor(np.flatnonzero(kept))]


def above(network: Network, seen: list[Tensor]) -> Tensor:
    lengths = torch.tensor([len(one) for one in seen])
    return network.above(nn.utils.rnn.pad_sequence(seen, batch_first=True), lengths)


def everything(network: Network, seen: list[Tensor]) -> Tensor:
    order = sorted(range(len(seen)), key=lambda place: len(seen[place]))
    with torch.no_grad():
        parts = [above(network, [seen[p] for p in order[s : s + BATCH]]) for s in range(0, len(order), BATCH)]
    found = torch.empty(len(seen), parts[0].shape[1])
    found[order] = torch.cat(parts)
    return found


def batches(lengths: np.ndarray, chance: np.random.Generator) -> Iterator[np.ndarray]:
    """Sentences of like length together, in another order every round."""
    order = chance.permutation(len(lengths))
    cut = [order[start : start + 8 * BATCH] for start in range(0, len(order), 8 * BATCH)]
    alike = [part[np.argsort(lengths[part], kind="stable")] for part in cut]
    found = [part[start : start + BATCH] for part in alike for start in range(0, len(part) - BATCH + 1, BATCH)]
    for place in chance.permutation(len(found)):
        yield found[place]


def pace(step: int, steps: int) -> float:
    """Up at the start, then down along a cosine."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.03, 0.5 * (1 + float(np.cos(np.pi * min(1.0, step / steps)))))


def paces(network: Network, goals: Goals) -> list[dict[str, object]]:
    """The learning rates: lower layers change less."""
    groups: list[dict[str, object]] = [{"params": list(goals.parameters()), "lr": PACE_GOALS}]
    for number in range(network.first, len(network.layers)):
        slower = SLOWER ** (len(network.layers) - 1 - number)
        parts = list(network.layers[number].parameters())
        groups.append({"params": [part for part in parts if part.dim() > 1], "lr": PACE * slower})
        groups.append({"params": [part for part in parts if part.dim() == 1], "lr": PACE_ADDED * slower})
    return groups


def learn(network: Network, sentences: Sentences, seen: list[Tensor], middle: Tensor) -> None:
    def directions(vectors: Tensor) -> Tensor:
        return F.normalize(vectors - middle, dim=-1)

    stood = directions(everything(network, seen))
    goals = Goals(sentences, stood)
    others = Others(sentences, stood)
    learning = [part for part in network.parameters() if part.requires_grad]
    optimizer = torch.optim.AdamW(paces(network, goals), betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    steps = ROUNDS * (len(seen) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, steps))
    chance, hiding = np.random.default_rng(SEED), np.random.default_rng(SEED)
    started, step = time.monotonic(), 0
    for _ in range(ROUNDS):
        for part in batches(sentences.lengths, chance):
            now = directions(above(network, [fewer(seen[place], hiding) for place in part]))
            at = torch.tensor(part)
            miss = goals.miss(now, sentences.card[at], sentences.topic[at], sentences.worth[at])
            miss = miss + ALIKE * others.miss(now, at)
            left = (1 - (now * stood[at]).sum(dim=-1)).mean()
            optimizer.zero_grad()
            (miss + STAY * left).backward()
            nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 10 == 0:
                spent = time.monotonic() - started
                print(
                    f"  {step} of {steps}: miss {miss.item():.2f}, moved {left.item():.3f}, {spent:.0f} s", flush=True
                )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("weights", type=Path)
    asked.add_argument("sentences", type=Path)
    asked.add_argument("--out", type=Path, default=ADAPTED)
    given = asked.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    weights = Weights(given.weights.read_bytes())
    sentences, centre = read(given.sentences, Tokenizer(weights.whole))
    network = Network(weights, FIRST)
    seen = below(network, sentences.tokens)
    middle = everything(network, below(network, centre)).mean(dim=0)
    learn(network, sentences, seen, middle)
    changed = network.changed()
    whole = np.frombuffer(weights.whole, dtype=np.uint8)
    base = checksum(whole, [weights.tensors[name] for name in sorted(changed)])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(given.out, base=np.array(base), **changed)
    print(f"wrote {given.out}: {given.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
