"""The fifth of the cards' `ask` lines that no training and no index has seen, asked of search and of the product.

The running product knows every line, so an index without them (and without what is nearly one of them) is built here;
topics come from the trained model, whose training leaves them out, and the card from the very decision that answers
workers. Only Rasa's graph and the conversation around it are not in this road. Where a card of another topic answers a
line as well (tests/questions/also.yml), that topic serves too.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import yaml

from actions.pick import ALTERNATIVES, OOS, POOL, weigh
from bot.dialogue.components import careful
from bot.dialogue.components.topic_model import CARDS_SHOWN, SHOWN, TopicModel, Understood, topic_of
from commands.evaluate.measures import Answered
from commands.evaluate.questions import Question
from commands.training_data import is_held_out
from hotline.policy.entries import entries_of, law_names
from kit.settings import ROOT
from knowledge.base import Base
from knowledge.encoder import Encoder, Vectors
from knowledge.lint_asks import alike, trigrams
from knowledge.search import Entry, Hit, Index
from knowledge.telling import as_asked

Line = tuple[str, str]  # card, line
ALSO = ROOT / "tests" / "questions" / "also.yml"


def held_out(base: Base) -> list[Line]:
    return [
        (card.id, line)
        for card in base.versions.values()
        if card.status == "published" and card.region == "CN"
        for number, line in enumerate(card.ask)
        if is_held_out(card.id, number)
    ]


def also() -> dict[Line, tuple[str, ...]]:
    """Cards of other topics that answer a line as well, by two readers who did not know what the product says."""
    stored: dict[str, dict[str, list[str]]] = yaml.safe_load(ALSO.read_text(encoding="utf-8"))
    return {(card, line): tuple(others) for card, lines in stored.items() for line, others in lines.items()}


def near(lines: set[str], held: Sequence[Line]) -> set[str]:
    """Those lines that are nearly one of the held-out ones."""
    grams = [trigrams(line) for _, line in held]
    having = defaultdict(set)
    for place, gram in enumerate(grams):
        for part in gram:
            having[part].add(place)
    found = set()
    for line in lines:
        own = trigrams(line)
        others = {place for part in own for place in having.get(part, ())}
        if any(alike(own, grams[place]) for place in others):
            found.add(line)
    return found


def without(entries: Sequence[Entry], held: Sequence[Line]) -> list[Entry]:
    out = set(held)
    near_ones = near({line for entry in entries for line in entry.lines if (entry.id, line) not in out}, held)
    return [
        replace(entry, lines=tuple(one for one in entry.lines if (entry.id, one) not in out and one not in near_ones))
        for entry in entries
    ]


def index_without(base: Base, held: Sequence[Line], encoder: Encoder | None) -> Index:
    """National cards only: the questions name no place."""
    entries = without([entry for entry in entries_of(base) if entry.region == "CN"], held)
    return Index.of(entries, encoder=encoder, laws=law_names(base))


def ask_held_out(base: Base, model: TopicModel, reader: careful.Reads, encoder: Encoder, on: date) -> list[Answered]:
    held = held_out(base)
    index = index_without(base, held, encoder)
    vectors = encoder.encode_query([as_asked(line) for _, line in held])
    answered, served = [], also()
    for number, ((card, line), vector) in enumerate(zip(held, vectors, strict=True), 1):
        topic = topic_of(card)
        others = tuple(sorted({topic_of(other) for other in served.get((card, line), ())}))
        started = time.perf_counter()
        answer = _answer(index, careful.understand(model, reader, line, vector), line, vector, on)
        question = Question(f"held-{number:04}", line, topic, (topic, *others), (card,))
        answered.append(Answered(question, answer, time.perf_counter() - started))
    return answered


def _answer(index: Index, understood: Understood, line: str, vector: Vectors, on: date) -> dict[str, object]:
    """As /api/ask answers, less the text."""
    likely, cards = dict(understood.topics[:SHOWN]), dict(understood.cards[:CARDS_SHOWN])
    first = max(likely, key=lambda name: likely[name])
    found = _cards(index, line, vector, on)
    if first != OOS and all(hit.entry.topic != first for hit in found):
        found += index.search(line, vector, topic=first, on=on, k=ALTERNATIVES)
    picked = weigh(likely, found, line, cards)
    return {
        "topic": picked.topic,
        "confidence": likely.get(picked.topic, 0.0),
        "kind": picked.kind,
        "card": picked.card_id,
        "cards": [{"id": hit.card, "score": hit.score} for hit in picked.hits[:5]],
    }


def _cards(index: Index, line: str, vector: Vectors, on: date) -> list[Hit]:
    return [hit for hit in index.search(line, vector, on=on, k=POOL) if hit.kind == "card"]
