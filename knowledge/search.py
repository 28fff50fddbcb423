"""Finds cards and passages by meaning and by words, and says why.

Three things are scored for every line (title, `ask` lines, what was heard, short answer, passage). The mean of an
entry's best two lines speaks for it: one line that happens to be near counts less than two that are.

* meaning: cosine of sentence vectors. Vectors of one language and field all lie close together, so the middle of a
  fixed list of questions (data/words/centre.txt) is taken off first; it is fixed so that every process agrees.
* words: BM25 over cut words plus half-weighted character pairs (which survive a typo), as a share of what a line with
  every word of the question would get.
* law: 劳动合同法87条 finds what cites that article, before everything else. So does a line said word for word.

With a vector the score is 0.60 meaning + 0.40 words; without one it is the word score. All scores lie in 0..1.
On 184 cards with two lines of each left out, the right card came first / among three: words 0.38 / 0.60, meaning by the
best line 0.35 / 0.58, by three lines with the middle taken off 0.51 / 0.71, fused 0.50 / 0.73.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Postings, Vocabulary, build
from knowledge.citations import Cited, LawNames
from knowledge.encoder import Encoder, Vectors, normalise
from knowledge.ranker import BestLines, CardCentres, unit
from knowledge.regions import is_inside
from knowledge.words import DATA, Cutter, default_cutter

LOW, HIGH = 0.10, 0.90  # centred cosines: unrelated cards, and a card whose lines say the same
MEANING, WORDS = 0.60, 0.40
LINE_WORDS, CARD_WORDS = 0.3, 0.7
CARD_FULL = 2.0  # a word of many lines scores up to four times its weight: half of that is full
CARD_K1, CARD_B = 3.0, 0.3  # a word said in many lines of a card counts for more than one said once
PAIR_FACTOR = 0.5
SAME_LINE, EXACT_ARTICLE, ARTICLE_ONLY, LAW_ONLY = 0.98, 1.0, 0.75, 0.5
ASIDE = 0.01  # by how much a card that has the very line stands before all that have only its words
_NO_DATE = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: a card or a passage of a document."""

    id: str
    kind: str  # card | passage
    topic: str
    region: str
    title: str
    lines: tuple[str, ...]
    cites: tuple[tuple[str, str], ...] = ()  # (law id, article)
    start: date | None = None
    until: date | None = None
    body: tuple[str, ...] = ()  # sentences of the answer: they count for the card as a whole, not as lines
    cues: tuple[str, ...] = ()  # words of its special case
    learned: bool = False  # has the topic model learned it?

    def may_be_meant(self, text: str) -> bool:
        """Does a plainly spelled text speak of the entry's special case, if it has one (docs/decisions/0047)?"""
        return not self.cues or any(cue in text for cue in self.cues)


@dataclass(frozen=True)
class Hit:
    """An entry that was found, its scores in 0..1 and the reason in words an editor understands."""

    card: str
    score: float
    vector_score: float | None
    word_score: float
    why: str
    entry: Entry

    @property
    def kind(self) -> str:
        return self.entry.kind


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry with its numbers, kept over rebuilds so that only what changed is cut and encoded again."""

    entry: Entry
    tokens: tuple[NDArray[np.int32], ...]
    vectors: Vectors | None
    whole: NDArray[np.int32]  # the words of all lines, twice, and of the body
    body: Vectors | None  # the middle of the body's sentences


class Index:
    """Immutable once built; `updated` gives the next one, which shares all rows that did not change."""

    def __init__(
        self,
        rows: Sequence[_Row],
        vocabulary: Vocabulary,
        laws: LawNames,
        cutter: Cutter,
        centre: NDArray[np.float32] | None = None,
    ) -> None:
        self._vocabulary, self._laws, self._cutter, self._centre = vocabulary, laws, cutter, centre
        rows = sorted(rows, key=lambda row: _order(row.entry))
        self._matrix = _stacked(rows)
        self._rows = _with_views(rows, self._matrix)
        counts = [len(row.tokens) for row in rows]
        self._best = BestLines(counts)
        many = sum(1 for count in counts if count != 1)
        self._centres = None
        if self._matrix is not None and many:
            bodies = np.stack([_body(row, self._matrix.shape[1]) for row in rows[:many]])
            self._centres = CardCentres(self._matrix, counts[:many], bodies)
        self._wholes = build([row.whole for row in rows[:many]], len(vocabulary), CARD_K1, CARD_B) if many else None
        self._postings: Postings = build([line for row in rows for line in row.tokens], len(vocabulary))
        self._starts = np.array([row.entry.start.toordinal() if row.entry.start else 0 for row in rows])
        self._untils = np.array([row.entry.until.toordinal() if row.entry.until else _NO_DATE for row in rows])
        self._topics = np.array([row.entry.topic for row in rows], dtype=object)
        self._places = sorted({(row.entry.kind, row.entry.region) for row in rows})
        numbers = {place: number for number, place in enumerate(self._places)}
        self._place_numbers = np.array([numbers[row.entry.kind, row.entry.region] for row in rows], dtype=np.int64)
        self._citing: dict[tuple[str, str], list[tuple[int, float]]] = {}
        self._said: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for order, cite in enumerate(row.entry.cites):
                aside = min(0.02 * order + 0.01 * len(row.entry.cites), 0.2)  # one reference among many says less
                self._citing.setdefault(cite, []).append((place, aside))
            if row.entry.kind == "card":
                for line in row.entry.lines:
                    self._said.setdefault(normalise(line), []).append(place)

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        *,
        encoder: Encoder | None = None,
        laws: LawNames | None = None,
        cutter: Cutter | None = None,
    ) -> Index:
        """Cut and encode everything. Without an encoder only words are searched."""
        first = cls((), Vocabulary(), laws or LawNames({}), cutter or default_cutter())
        return first.updated(entries, encoder=encoder)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(row.entry for row in self._rows)

    def updated(
        self, changed: Iterable[Entry], removed: Iterable[str] = (), *, encoder: Encoder | None = None
    ) -> Index:
        """The next index: entries with the same id and region are replaced, `removed` ids leave."""
        new = {(entry.id, entry.region): entry for entry in changed}
        gone = set(removed)
        kept = [row for row in self._rows if row.entry.id not in gone and (row.entry.id, row.entry.region) not in new]
        centre = self._centre
        if centre is None and encoder is not None:
            centre = middle(encoder)
        rows = kept + self._prepared(sorted(new.values(), key=_order), encoder, centre)
        return Index(rows, self._vocabulary, self._laws, self._cutter, centre)

    def _prepared(
        self, entries: Sequence[Entry], encoder: Encoder | None, centre: NDArray[np.float32] | None
    ) -> list[_Row]:
        vectors = _encoded(entries, encoder, centre) if encoder is not None and entries else None
        rows, at = [], 0
        for entry in entries:
            tokens = tuple(self._vocabulary.learn(self._tokens(line, entry.kind)) for line in entry.lines)
            own = vectors[at : at + len(entry.lines)] if vectors is not None else None
            rows.append(_Row(entry, tokens, own, self._whole(entry), _middle_of(entry.body, encoder, centre)))
            at += len(entry.lines)
        return rows

    def _whole(self, entry: Entry) -> NDArray[np.int32]:
        """The words of a card as one text. A passage is one text already."""
        if len(entry.lines) == 1:
            return np.zeros(0, dtype=np.int32)
        words = [word for line in entry.lines for word in self._cutter.words(line)] * 2
        return self._vocabulary.learn(words + [word for line in entry.body for word in self._cutter.words(line)])

    def _tokens(self, line: str, kind: str) -> list[str]:
        """Pairs of characters would make the postings of long passages three times as large; they serve short lines."""
        words = self._cutter.words(line)
        return words if kind == "passage" else words + self._cutter.pairs(line)

    def search(
        self,
        text: str,
        vector: NDArray[np.float32] | None = None,
        *,
        topic: str | None = None,
        region: str | None = None,
        on: date,
        k: int = 5,
    ) -> list[Hit]:
        """The best k, best first. Without a region only what holds for the whole country is found among cards."""
        if not self._rows:
            return []
        words, said = self._word_scores(text)
        meaning = self._vector_scores(vector)
        score = words if meaning is None else MEANING * meaning + WORDS * words
        same = self._said.get(normalise(text), ())
        if same:
            score = np.minimum(score, SAME_LINE - ASIDE)
        cited = self._laws.find(text)
        lifted = self._lift(score, cited) if cited else {}
        for place in same:
            score[place] = max(float(score[place]), SAME_LINE)
            lifted.setdefault(place, "一字不差")
        usable = (self._starts <= on.toordinal()) & (self._untils >= on.toordinal())
        if topic is not None:
            usable &= self._topics == topic
        usable &= self._region_mask(region)
        hits: list[Hit] = []
        for place in self._nearest(np.where(usable, score, np.float32(-1)), k):
            why = self._why(place, said, meaning, lifted)
            vector_score = None if meaning is None else round(float(meaning[place]), 4)
            entry = self._rows[place].entry
            hits.append(
                Hit(entry.id, round(float(score[place]), 4), vector_score, round(float(words[place]), 4), why, entry)
            )
        return hits

    def _word_scores(self, text: str) -> tuple[NDArray[np.float32], list[str]]:
        said = list(dict.fromkeys(self._cutter.words(text)))
        tokens = self._vocabulary.look_up(said)
        pairs = self._vocabulary.look_up(self._cutter.pairs(text))
        factors = [1.0] * len(tokens) + [PAIR_FACTOR] * len(pairs)
        lines = self._postings.scores(tokens + pairs, factors)
        ceiling = self._postings.ceiling(tokens + pairs, factors)
        unknown = max(len(said) - len(tokens), 0)
        ceiling += unknown * 2.0  # words that no line has must not make a poor match look full
        best = np.clip(self._best.mean(lines) / max(ceiling, 1e-6), 0.0, 1.0)
        if self._wholes is not None:
            whole = self._wholes.scores(tokens)
            most = self._wholes.ceiling(tokens) + unknown * 2.0
            many = len(whole)
            best[:many] = LINE_WORDS * best[:many] + CARD_WORDS * np.clip(whole / max(CARD_FULL * most, 1e-6), 0.0, 1.0)
        return best.astype(np.float32), said

    def _vector_scores(self, vector: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        if vector is None or self._matrix is None:
            return None
        asked = centred(np.asarray(vector, dtype=np.float32).reshape(1, -1), self._centre)
        best = self._best.mean(self._matrix @ asked[0])
        if self._centres is not None:
            best = self._centres.likeness(asked[0], best)
        spread: NDArray[np.float32] = np.clip((best - LOW) / (HIGH - LOW), 0.0, 1.0).astype(np.float32)
        return spread

    def _lift(self, score: NDArray[np.float32], cited: Sequence[Cited]) -> dict[int, str]:
        """Raise what cites the law or article that the question names; most where it is the first of few references."""
        lifted: dict[int, str] = {}
        for one in cited:
            for (law, article), places in self._citing.items():
                floor = _floor(one, law, article)
                if floor is None:
                    continue
                for place, aside in places:
                    raised = floor * 0.9 - aside + 0.1 * float(score[place])
                    if raised > score[place]:
                        score[place] = raised
                        lifted[place] = f"引用{self._laws.short(law)}第{article}条"
        return lifted

    def _region_mask(self, region: str | None) -> NDArray[np.bool_]:
        """Where entries hold; asked once a distinct region, not once an entry."""
        allowed = np.array([[_holds(kind, own, region) for kind, own in self._places]], dtype=bool)
        mask: NDArray[np.bool_] = allowed[0][self._place_numbers]
        return mask

    def _nearest(self, score: NDArray[np.float32], k: int) -> list[int]:
        """The best k entries above zero; of one id only the version nearest to the region."""
        wanted = min(len(score), 8 * k + 32)
        some = np.argpartition(-score, wanted - 1)[:wanted]
        chosen: dict[str, int] = {}
        for place in map(int, some[np.lexsort((some, -score[some]))]):
            entry = self._rows[place].entry
            if score[place] <= 0:
                break
            held = chosen.get(entry.id)
            if held is None or len(entry.region) > len(self._rows[held].entry.region):
                chosen[entry.id] = place
        return sorted(chosen.values(), key=lambda place: (-float(score[place]), place))[:k]

    def _why(
        self, place: int, said: Sequence[str], meaning: NDArray[np.float32] | None, lifted: Mapping[int, str]
    ) -> str:
        entry = self._rows[place].entry
        reasons = [lifted[place]] if place in lifted else []
        shared = [word for word in said if any(word in line for line in entry.lines)]
        if shared:
            reasons.append("同词：" + "、".join(shared[:6]))
        if meaning is not None and meaning[place] > 0:
            reasons.append(f"意思相近 {meaning[place]:.2f}")
        return "；".join(reasons) or "字面相近"


def middle(encoder: Encoder) -> NDArray[np.float32]:
    """The mean of a fixed list of workers' questions."""
    lines = (DATA / "centre.txt").read_text(encoding="utf-8").split()
    mean: NDArray[np.float32] = encoder.encode_query(lines).mean(axis=0)
    return mean


def centred(vectors: Vectors, centre: NDArray[np.float32] | None) -> Vectors:
    """Unit vectors as seen from the middle."""
    moved = vectors if centre is None else vectors - centre
    return unit(moved)


def _stacked(rows: Sequence[_Row]) -> Vectors | None:
    parts = [row.vectors for row in rows if row.vectors is not None]
    if not parts or len(parts) != len(rows):
        return None
    whole = parts[0].base
    if whole is not None and all(part.base is whole for part in parts) and len(whole) == sum(map(len, parts)):
        return whole  # all new and in order: no copy
    return np.concatenate(parts)


def _with_views(rows: Sequence[_Row], matrix: Vectors | None) -> tuple[_Row, ...]:
    """Rows whose vectors lie in the matrix, so that nothing is held twice."""
    if matrix is None:
        return tuple(rows)
    ends = np.cumsum([len(row.tokens) for row in rows])
    return tuple(
        replace(row, vectors=matrix[end - len(row.tokens) : end]) for row, end in zip(rows, ends.tolist(), strict=True)
    )


def _middle_of(body: Sequence[str], encoder: Encoder | None, centre: NDArray[np.float32] | None) -> Vectors | None:
    if not body or encoder is None:
        return None
    found: Vectors = centred(encoder.encode_query(body), centre).mean(axis=0)
    return found


def _body(row: _Row, width: int) -> Vectors:
    return np.zeros(width, dtype=np.float32) if row.body is None else row.body


def _order(entry: Entry) -> tuple[bool, str, str]:
    """Entries of one line last (see BestLines), otherwise by id, so that every process has the same order."""
    return (len(entry.lines) == 1, entry.id, entry.region)


def _encoded(entries: Sequence[Entry], encoder: Encoder, centre: NDArray[np.float32] | None) -> Vectors:
    """Questions as questions and passages as passages, in parts: 100,000 passages are held once and not three times."""
    lines = [(line, entry.kind == "card") for entry in entries for line in entry.lines]
    found: Vectors | None = None
    for is_card, encode in ((True, encoder.encode_query), (False, encoder.encode_passage)):
        places = [at for at, (_, card) in enumerate(lines) if card is is_card]
        for start in range(0, len(places), 4096):
            part = places[start : start + 4096]
            rows = centred(encode([lines[at][0] for at in part]), centre)
            if found is None:
                found = np.zeros((len(lines), rows.shape[1]), dtype=np.float32)
            found[part] = rows
    assert found is not None
    return found


def _floor(asked: Cited, law: str, article: str) -> float | None:
    if asked.law is not None and asked.law != law:
        return None
    if asked.article is None:
        return LAW_ONLY if asked.law == law else None
    if asked.article != article:
        return None
    return EXACT_ARTICLE if asked.law else ARTICLE_ONLY


def _holds(kind: str, own: str, region: str | None) -> bool:
    if region is None:
        return kind != "card" or own == "CN"
    return is_inside(region, own) or (kind != "card" and is_inside(own, region))
