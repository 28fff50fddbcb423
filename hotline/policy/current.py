"""The policy base that this process serves: built from the rows in force, looked at once a second, swapped as one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.policy.entries import entries_of, law_names, passages_of
from hotline.policy.files import Loaded, load_texts
from hotline.policy.records import bodies
from hotline.policy.tables import ChangeRow, RecordRow
from kit import clock
from kit.db import Database
from knowledge import shapes
from knowledge.base import Base
from knowledge.encoder import Encoder
from knowledge.loader import shipped
from knowledge.search import Entry, Index
from knowledge.strict import parse_yaml
from knowledge.words import default_cutter

LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Knowledge:
    """The base and its two indexes: cards, and passages of documents. They always belong together."""

    base: Base
    index: Index
    passages: Index


@dataclass(frozen=True)
class Counter:
    """Differs after everything that workers may be told differently. The count is there because on PostgreSQL a
    lower number may be committed after a higher one."""

    last: int = 0
    count: int = 0


def counter(session: Session) -> Counter:
    last, count = session.execute(select(func.max(ChangeRow.id), func.count())).one()
    return Counter(last or 0, count)


def build_base(session: Session) -> Base:
    """The Base of the rows in force; the shipped files where nothing was imported yet."""
    return _load(bodies(session)).base


def _load(held: Mapping[str, str]) -> Loaded:
    return load_texts(held) if held else Loaded(shipped(), default_cutter())


class Current:
    """One a process. `knowledge()` costs nothing between looks; a change is served at the next look after it."""

    def __init__(self, database: Database, encoder: Encoder | None = None, look_every: float = LOOK_EVERY) -> None:
        self._database, self._encoder, self._look_every = database, encoder, look_every
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._counter = Counter()
        self._loaded: Loaded | None = None
        self._knowledge: Knowledge | None = None

    def base(self) -> Base:
        return self.knowledge().base

    def knowledge(self) -> Knowledge:
        """What is in force now."""
        held = self._knowledge
        if held is not None and clock.monotonic() - self._looked < self._look_every:
            return held
        if held is not None and not self._lock.acquire(blocking=False):
            return held  # another thread is building; the old one serves until it is done
        if held is None:
            self._lock.acquire()
        try:
            return self._look()
        finally:
            self._lock.release()

    def serves(self) -> int | None:
        """The last change that this process answers from, looked at anew; None while nobody has asked it anything."""
        if self._knowledge is None:
            return None
        self.knowledge()
        return self._counter.last

    def _look(self) -> Knowledge:
        with self._database.reading() as session:
            now = counter(session)
            if self._knowledge is None or now != self._counter:
                self._knowledge = self._rebuild(session)
                self._counter = now
        self._looked = clock.monotonic()
        return self._knowledge

    def _rebuild(self, session: Session) -> Knowledge:
        last, held = self._loaded, self._knowledge
        cards = self._changed_cards(session)
        if last is not None and cards is not None:
            loaded = replace(last, base=_with_cards(last.base, cards))
        else:
            loaded = _load(bodies(session))
        names, entries = law_names(loaded.base), entries_of(loaded.base)
        if held is not None and last is not None and _finds_alike(last, loaded):
            index = _moved(held.index, entries, self._encoder)
        else:
            index = Index.of(entries, encoder=self._encoder, laws=names, cutter=loaded.cutter)
        if held is not None and cards is not None:
            passages = held.passages
        else:
            passages = Index.of(passages_of(session), encoder=self._encoder, laws=names, cutter=loaded.cutter)
        self._loaded = loaded
        return Knowledge(loaded.base, index, passages)

    def _changed_cards(self, session: Session) -> dict[str, str] | None:
        """Path -> text of the cards that changed since the last look; None when something else changed too."""
        if self._loaded is None or self._counter.last == 0:
            return None
        changed = session.scalars(select(ChangeRow.record_id).where(ChangeRow.id > self._counter.last)).all()
        if any(record is None for record in changed) or len(changed) != counter(session).count - self._counter.count:
            return None
        rows = session.execute(select(RecordRow.path, RecordRow.kind).where(RecordRow.id.in_(changed))).all()
        if any(kind != "card" for _, kind in rows):
            return None
        held = bodies(session)
        if any(path not in held for path, _ in rows):
            return None  # one was retired
        return {path: held[path] for path, _ in rows}


def _finds_alike(last: Loaded, loaded: Loaded) -> bool:
    """Lines are cut by the same words and laws have the same names, so rows that did not change can stay."""
    return last.cutter is loaded.cutter and last.base.laws == loaded.base.laws


def _with_cards(base: Base, changed: Mapping[str, str]) -> Base:
    """The base with some cards read again: a hundred times faster than reading everything."""
    versions = dict(base.versions)
    for path, text in changed.items():
        shown = f"data/{path}"
        card = shapes.card(parse_yaml(text, shown), shown, text)
        versions[card.id, card.region] = card
    return replace(base, versions=versions)


def _moved(index: Index, wanted: list[Entry], encoder: Encoder | None) -> Index:
    """The next index: only entries that differ are cut and encoded."""
    held = {(entry.id, entry.region): entry for entry in index.entries}
    new = {(entry.id, entry.region): entry for entry in wanted}
    changed = [entry for key, entry in new.items() if held.get(key) != entry]
    gone = {key[0] for key in held if key not in new}
    again = [entry for key, entry in new.items() if key[0] in gone and entry not in changed]
    return index.updated([*changed, *again], gone, encoder=encoder)
